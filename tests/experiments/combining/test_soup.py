"""`soup`: a mean of weights where it does no worse, else the best run."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file

import kerascls
from kerascls.errors import SettingsError
from kerascls.experiments.combining.averaging import average
from kerascls.experiments.combining.candidates import open_candidates
from kerascls.inference.bundle import WEIGHTS, open_bundle
from kerascls.inference.predictor import Predictor

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(multilabel_run, second_run):
    return [multilabel_run.out, second_run.out]


@pytest.fixture(scope="module")
def made(runs, tmp_path_factory):
    """A soup of two, whatever the validation part says."""
    from kerascls.experiments.combining import soup as module

    def mean(kitchen):
        return kitchen.cook([0, 1])

    out = tmp_path_factory.mktemp("soup") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(module.MIXTURES, "greedy", mean)
        return kerascls.soup(runs, out=out, quiet=True)


def test_the_bundle_has_the_mean_of_the_weights(made, runs):
    stored = load_file(made.bundle / WEIGHTS)
    mean = average([open_bundle(run) for run in runs])
    for name, array in stored.items():
        np.testing.assert_array_equal(array, mean[name])
    assert open_bundle(made.out).runtime == "keras"
    assert not open_bundle(made.out).members


def test_what_it_was_judged_by_is_what_it_predicts(made, runs):
    found = kerascls.tune(made.out)  # fits to the logits that it kept
    assert found.decision == open_bundle(made.out).decision
    candidates = open_candidates(runs, [])
    from kerascls.experiments.combining.held_out import part_of_run

    texts = part_of_run(candidates[0], "valid").texts
    from kerascls.evaluation.scored_rows import VALID_ROWS_FILE, ScoredRows

    kept = ScoredRows.load(made.out / VALID_ROWS_FILE)
    logits = Predictor.load(made.out).text_logits(texts)
    np.testing.assert_allclose(logits, kept.logits, atol=1e-5)


def test_runs_shares_and_report_are_told(made, runs):
    assert [one.weight for one in made.members] == [0.5, 0.5]
    facts = json.loads((made.out / "run.json").read_text("utf-8"))
    assert (facts["kind"], facts["status"]) == ("soup", "done")
    assert made.report.best_member.name in {str(run) for run in runs}
    with pytest.raises(SettingsError, match="`kerascls soup` and --overwrite"):
        kerascls.fit(out=made.out, resume=True)


def test_where_no_mean_helps_the_best_run_is_written_and_that_is_said(
    runs, tmp_path, monkeypatch
):
    from kerascls.experiments.combining import soup as module

    monkeypatch.setitem(module.MIXTURES, "greedy", lambda kitchen: kitchen.best_single)
    found = kerascls.soup(runs, out=tmp_path / "out", quiet=True)
    assert any("no mean of weights does as well" in one for one in found.notes)
    (best,) = (one.name for one in found.members if one.weight)
    ours, theirs = (
        load_file(open_bundle(one).path / WEIGHTS) for one in (found.out, best)
    )
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name])
    assert found.report.best_member is None


def test_a_file_may_take_the_place_of_the_validation_part(runs, tmp_path, write_csv):
    rows = [
        ("队员 足球", "体育"),
        ("汽车 新", "汽车"),
        ("海上 军事", r"\[red]军事[/red]"),
    ]
    file = write_csv(tmp_path / "new.csv", ("text", "labels"), rows)
    found = kerascls.soup(
        runs, out=tmp_path / "out", valid=file, test=file, select="uniform", quiet=True
    )
    assert found.report.source == "new.csv"


def test_linear_models_are_left_to_ensembles(multilabel_linear_run, runs, tmp_path):
    with pytest.raises(SettingsError, match="a linear model.*kerascls ensemble"):
        kerascls.soup([*runs, multilabel_linear_run.out], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("options", [{"select": "best"}, {"best_by": "f3"}])
def test_what_has_no_meaning_is_refused(options):
    with pytest.raises(SettingsError, match=f"{next(iter(options))}="):
        kerascls.soup(["nowhere", "never"], **options)
    with pytest.raises(SettingsError, match="language='fr'"):
        kerascls.soup(["nowhere", "never"], language="fr")
