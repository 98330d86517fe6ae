"""A search from data to the best settings: which trials, on what, and what is left."""

import csv
import json
import sys

import pytest

from kerascls.errors import DataError, NotFiniteError, SettingsError
from kerascls.experiments.search.journal import Journal
from kerascls.settings.run_settings import RunSettings, setting_of
from kerascls.training.preparation import load_labelled_text

KEYS = [
    *("train.learning_rate", "train.batch_size", "train.warmup_share"),
    *("train.label_smoothing", "model.dropout", "model.pooling"),
]


def stages(result):
    return [str(trial.stage) for trial in result.trials]


def tried(settings):
    return {key: setting_of(settings, key) for key in KEYS}


# Which trials.


def test_three_quarters_are_proxies_and_the_rest_train_on_all_rows(found):
    assert stages(found.result) == ["proxy"] * 9 + ["full"] * 3


def test_each_stage_begins_with_the_values_of_the_preset(found):
    trials = found.result.trials
    for first in (trials[0], trials[9]):
        assert first.values["train.learning_rate"] == 5e-4
        assert first.values["train.batch_size"] == 32
        assert first.values["model.pooling"] == "mean"


def test_the_best_proxies_go_on_to_all_rows(found):
    trials = found.result.trials
    others = [one for one in trials[1:9] if one.outcome == "done"]
    best = sorted(others, key=lambda trial: -trial.score)[:2]
    assert [one.values for one in trials[10:]] == [one.values for one in best]


@pytest.mark.parametrize("options", [{"proxy_rows": 43}, {"proxy_rows": 0}])
def test_where_a_proxy_would_save_little_all_trials_have_all_rows(searched, options):
    assert stages(searched(trials=8, **options)) == ["full"] * 8


def test_few_trials_all_have_all_rows(searched):
    assert stages(searched(trials=3)) == ["full"] * 3


def test_what_was_stated_is_not_varied(searched, fits):
    searched(batch_size=7, dropout=0.25, trials=6)
    assert {settings.train.batch_size for settings in fits.calls} == {7}
    assert {settings.model.dropout for settings in fits.calls} == {0.25}
    assert len({settings.train.learning_rate for settings in fits.calls}) > 4


def test_the_seed_decides_what_is_tried(searched, tmp_path):
    first, same, other = (
        searched(out=tmp_path / name, seed=seed, trials=3).trials
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert [one.values for one in first] == [one.values for one in same]
    assert [one.values for one in first] != [one.values for one in other]


# On what.


def test_no_trial_sees_the_test_part(found, news):
    parts = load_labelled_text(RunSettings.from_options(train=news).data, 42).parts
    texts = {name: {text for (text,) in part.texts} for name, part in parts.items()}
    written = "".join(
        path.read_text("utf-8") for path in (found.out / "data").iterdir()
    )
    seen = {json.loads(line)["text"] for line in written.splitlines()}
    assert len(texts["test"]) == 18
    assert seen == texts["train"] | texts["valid"]
    assert {settings.data.test for settings in found.calls} == {()}


def test_a_proxy_has_fewer_rows_and_epochs(found):
    proxy, full = found.calls[0], found.calls[-1]
    files = (proxy.data.train, full.data.train, proxy.data.valid, full.data.valid)
    rows = [len(path.read_text("utf-8").splitlines()) for (path,) in files]
    assert rows == [20, 84, 18, 18]
    assert (proxy.train.epochs, full.train.epochs) == (2, 4)


# How a trial ends.


def test_a_trial_without_prospect_is_given_up(searched, fits):
    def score(settings, epoch):
        return 0.9 if len(fits.calls) <= 4 else 0.1

    fits.score = score
    trials = searched(proxy_rows=0, trials=8).trials
    assert [one.outcome for one in trials] == ["done"] * 4 + ["pruned"] * 4
    assert {one.epochs for one in trials[4:]} == {2}
    assert {one.score for one in trials[4:]} == {0.1}


def test_a_trial_that_diverges_is_none_to_choose(searched, fits):
    def diverge(number):
        if number == 1:
            raise NotFiniteError("NaN in 3 of 3 rows.")

    fits.before = diverge
    result = searched(trials=3)
    assert result.trials[0].outcome == "diverged"
    assert result.trials[0].score is None
    assert len(result.trials) == 3
    assert result.best.number > 1


def test_where_no_trial_comes_to_its_end_there_is_no_best(searched, fits):
    fits.score = lambda settings, epoch: float("nan")
    result = searched(trials=2)
    assert [one.outcome for one in result.trials] == ["diverged"] * 2
    assert (result.best, result.config, result.settings) == (None, None, None)


def test_an_error_of_a_training_ends_the_search(searched, fits):
    fits.before = lambda number: 1 / 0
    with pytest.raises(ZeroDivisionError):
        searched()


# What is left.


def test_the_best_score_on_all_rows_wins(found):
    scores = [one.score for one in found.result.trials[9:] if one.outcome == "done"]
    assert found.result.best.score == max(scores)
    assert found.result.best.stage == "full"


def test_a_loss_is_better_when_it_is_smaller(searched, fits):
    fits.score = lambda settings, epoch: settings.train.learning_rate
    result = searched(best_by="loss", trials=6)
    done = [one.score for one in result.trials if one.outcome == "done"]
    assert result.best.score == min(done)


def test_the_table_has_a_row_per_trial(found):
    assert found.result.table.read_bytes().startswith(b"\xef\xbb\xbf")
    with open(found.result.table, encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    facts = ["trial", "stage", "outcome", "val_macro_f1", "best_epoch", "epochs"]
    assert header == [*facts, "minutes", *KEYS]
    assert [row[0] for row in rows] == [str(n) for n in range(1, 13)]
    assert float(rows[0][3]) == found.result.trials[0].score


def test_the_best_settings_are_a_file_for_fit(found, news):
    settings = RunSettings.read(found.result.config)
    assert tried(settings) == found.result.best.values
    assert (settings.data.train, settings.train.epochs) == ((news,), 4)
    assert settings.model.from_scratch
    assert settings == found.result.settings


def test_only_the_best_keeps_its_weights(found):
    folders = list((found.out / "trials").iterdir())
    kept = [folder / "bundle" for folder in folders if (folder / "bundle").exists()]
    assert (len(folders), kept) == (12, [found.result.bundle])
    assert found.result.bundle.parent.name == f"{found.result.best.number:03}"


@pytest.mark.parametrize(
    "line",
    [
        "train.learning_rate: 0.000167 to 0.0015, logarithmic",
        "the test part (18 rows) is left aside",
        "trial 12 of 12 (full): learning_rate",
        "the preset's values: macro_f1",
        "best.toml",
    ],
)
def test_people_are_told(found, line):
    assert line in (found.out / "log.txt").read_text("utf-8")


def test_the_result_can_be_written_as_json(found):
    facts = json.loads(json.dumps(found.result.to_dict()))
    assert facts["best"]["stage"] == "full"
    assert len(facts["trials"]) == 12


# How a search goes on.


def interrupt_at(fits, number):
    def interrupt(now):
        if now == number:
            raise KeyboardInterrupt

    fits.before = interrupt


@pytest.mark.parametrize(
    ("number", "killed"), [(1, False), (5, True), (9, False), (10, True), (12, True)]
)
def test_after_an_interrupt_it_does_what_it_would_have_done(
    found, searched, fits, monkeypatch, number, killed
):
    interrupt_at(fits, number)
    with monkeypatch.context() as patch:
        if killed:  # nothing is written any more
            patch.setattr(Journal, "forget", lambda *arguments: None)
        with pytest.raises(KeyboardInterrupt, match="same command again"):
            searched()
    fits.before = lambda number: None
    again = [(one.number, one.values, one.score) for one in searched().trials]
    assert again == [(one.number, one.values, one.score) for one in found.result.trials]
    assert len(fits.calls) == 13
    assert fits.calls[number - 1] == fits.calls[number]


def test_an_interrupt_leaves_the_table_so_far(searched, fits, tmp_path):
    interrupt_at(fits, 3)
    with pytest.raises(KeyboardInterrupt):
        searched()
    assert len((tmp_path / "out" / "trials.csv").read_text("utf-8").splitlines()) == 3


def test_more_trials_go_on_with_the_same_search(searched, fits):
    first = searched(trials=2).trials
    more = searched(trials=3).trials
    assert (more[:2], len(more), len(fits.calls)) == (first, 3, 3)


def test_a_finished_search_trains_nothing_and_gives_its_result(found, searched, fits):
    assert searched(out=found.out) == found.result
    assert fits.calls == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 5}, r"train\.epochs was 4, not 5"),
        ({"proxy_rows": 10}, r"search\.proxy_rows was 20, not 10"),
        ({"batch_size": 64}, r"train\.batch_size was 32, not 64"),
    ],
)
def test_another_search_there_is_an_error_that_says_what_differs(
    found, searched, change, message
):
    with pytest.raises(SettingsError, match=f"{message}.*--overwrite"):
        searched(out=found.out, **change)


def test_other_data_are_another_search(found, searched, news, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text(news.read_text("utf-8") + "新车,汽车\n", "utf-8")
    with pytest.raises(SettingsError, match=r"files\.train was"):
        searched(out=found.out, train=more)


def test_overwrite_replaces_another_search(searched, tmp_path):
    searched(trials=2)
    (tmp_path / "out" / "notes.txt").touch()
    result = searched(epochs=2, trials=1, overwrite=True)
    assert len(result.trials) == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("best.toml", "data", "log.txt", "notes.txt", "search.json"),
        *("study.journal", "trials", "trials.csv"),
    ]


# What is refused before anything is read.


@pytest.fixture
def unread(monkeypatch):
    monkeypatch.setattr("kerascls.training.job.load_labelled_text", None)


def test_a_place_with_other_files_is_an_error(searched, unread, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").touch()
    with pytest.raises(SettingsError, match="holds other files"):
        searched()
    with pytest.raises(SettingsError, match="a file"):
        searched(out=tmp_path / "out" / "thesis.txt")


def test_a_missing_package_is_an_error_that_says_how_to_get_it(
    searched, unread, monkeypatch
):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SettingsError, match=r'pip install "kerascls\[search\]"'):
        searched()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"objective": "nonsense"}, SettingsError, "objective='nonsense'"),
        ({"best_by": "f1:nolabel"}, DataError, "label='nolabel'"),
        ({"threshold": 0.5}, SettingsError, r"threshold=0\.5"),
    ],
    ids=lambda value: next(iter(value), "") if isinstance(value, dict) else "",
)
def test_what_no_trial_could_do_is_refused_before_anything_is_written(
    searched, fits, tmp_path, options, error, message
):
    with pytest.raises(error, match=message):
        searched(**options)
    assert fits.calls == []
    assert not (tmp_path / "out").exists()


def test_bad_data_leave_no_directory(searched, tmp_path):
    with pytest.raises(DataError):
        searched(train=tmp_path / "nowhere.csv")
    assert not (tmp_path / "out").exists()
