"""Finished runs become models, by their settings."""

import json
import shutil

import pytest
from leaderboard_cases import decisions, scored, truth
from safetensors.numpy import load_file

from kerascls.errors import SettingsError
from kerascls.experiments.comparison.runs import entry_of, grouped, notes_on, texts_of
from kerascls.settings.run_settings import RunSettings

TARGETS = truth(30)


@pytest.fixture
def made(tmp_path):
    """Writes a run directory."""

    def make(name, status="done", seed=42, settings=True, **options):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        rows = scored(TARGETS, decisions(TARGETS, 0.8, seed))
        rows.save(folder / "test.safetensors")
        if settings:
            own = RunSettings.from_options(seed=seed, **options).to_dict()
            facts = {"status": status, "settings": own, "seed": seed, "minutes": 2.0}
            (folder / "run.json").write_text(json.dumps(facts))
        return folder

    return make


def test_runs_that_differ_in_the_seed_alone_are_one_model(made):
    a = [made(f"a-{seed}", seed=seed, split_seed=1) for seed in (1, 2)]
    b = made("b", model="linear")
    assert grouped([a[0], b, a[1]]) == {"albert_small": a, "linear": [b]}


def test_models_of_one_preset_are_called_like_their_directories(made):
    few = [made(f"few-{seed}", seed=seed, epochs=2) for seed in (1, 2)]
    many = [made(f"many/seed-{seed}", seed=seed, epochs=9) for seed in (1, 2)]
    alone = made("alone", epochs=5)
    assert list(grouped([*few, *many, alone])) == ["few", "many", "alone"]


def test_directories_of_one_name_are_told_apart_by_their_paths(made):
    runs = [made("a/run", epochs=1), made("b/run", epochs=2)]
    assert list(grouped(runs)) == [str(run) for run in runs]


def test_scored_rows_without_a_run_are_a_model_of_their_own(made):
    runs = [made("one", settings=False), made("two", settings=False)]
    assert list(grouped(runs)) == ["one", "two"]
    entry = entry_of("one", runs[:1])
    assert entry.costs.minutes is None and entry.costs.parameters is None


def test_one_run_alone_and_one_named_twice_are_refused(made):
    run = made("a")
    for runs in ([run], [run, run]):
        with pytest.raises(SettingsError, match="two runs or more"):
            grouped(runs)


def test_a_run_that_has_not_ended_is_refused_with_the_way_to_go_on(made):
    done, begun = made("done"), made("begun", status="interrupted")
    with pytest.raises(SettingsError, match="'interrupted'. Train it anew"):
        grouped([done, begun])
    (begun / "state" / "step-1").mkdir(parents=True)
    with pytest.raises(SettingsError, match="Go on with it: kerascls fit --resume"):
        grouped([done, begun])


def test_costs_are_those_of_bundle_and_training(multilabel_run):
    entry = entry_of("tiny", [multilabel_run.out])
    weights = load_file(multilabel_run.out / "bundle" / "model.safetensors")
    assert entry.costs.parameters == sum(array.size for array in weights.values())
    files = (multilabel_run.out / "bundle").iterdir()
    assert entry.costs.bundle_bytes == sum(one.stat().st_size for one in files)
    facts = json.loads((multilabel_run.out / "run.json").read_text())
    assert facts["baseline"]  # whose time, and that of scoring, is no cost of the model
    assert 0 < entry.costs.minutes == facts["train_minutes"] < facts["minutes"]
    assert len(entry.rows[0]) == 6 and entry.rows[0].probabilities.size == 0


def test_of_runs_of_earlier_versions_all_their_minutes_are_told(made):
    assert entry_of("a", [made("a")]).costs.minutes == 2.0


def test_weights_that_cannot_be_read_have_no_number(made):
    run = made("a")
    (run / "bundle").mkdir()
    (run / "bundle" / "model.safetensors").write_bytes(b"x")
    assert entry_of("a", [run]).costs.parameters is None


def test_a_run_that_was_tuned_since_is_told_of(multilabel_run, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(multilabel_run.out, run)
    before = notes_on([entry_of("a", [run])])
    manifest = json.loads((run / "bundle" / "manifest.json").read_text())
    manifest["files"][manifest["decision"]]["sha256"] = "0"
    (run / "bundle" / "manifest.json").write_text(json.dumps(manifest))
    *same, note = notes_on([entry_of("a", [run])])
    assert same == before and "tuned since" in note


def test_notes_of_reports_are_told_once_with_the_models_they_are_about(made):
    entries = []
    for name, notes in (("a", ["x", "y"]), ("b", ["x"])):
        run = made(name)
        (run / "report.json").write_text(json.dumps({"notes": notes}))
        entries.append(entry_of(name, [run]))
    assert notes_on(iter(entries)) == ["x", "a: y"]


def test_a_directory_of_runs_is_no_run(made, tmp_path):
    runs = [made("board/a-1"), made("board/a-2")]
    with pytest.raises(SettingsError, match="of several: a-1, a-2"):
        grouped([tmp_path / "board", runs[0]])


def test_texts_of_a_run_are_those_that_it_was_scored_on(multilabel_run):
    texts = texts_of(multilabel_run.out)
    assert len(texts) == 6 and ("医院",) in list(texts)
