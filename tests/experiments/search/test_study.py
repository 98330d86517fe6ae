"""A search under way: its stages, their settings, what it writes after each trial."""

import pytest

from kerascls.experiments.search.proxy_data import Stage
from kerascls.experiments.search.study import Study
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training.job import prepare


@pytest.fixture
def study(fits, news, tmp_path):
    """A search on a file, that has not tried anything."""
    stated = RunSettings.from_options(train=news, from_scratch=True, epochs=5)
    job = prepare(stated, Screen(quiet=True), cache=False)
    return Study.begin(job, stated, tmp_path / "out", 20, overwrite=False)


def rates(study, stage):
    trials = study.journal.trials()
    return [one.values["train.learning_rate"] for one in trials if one.stage is stage]


def test_a_proxy_trains_on_a_sample_for_half_the_epochs_rounded_up(study):
    values = {"train.learning_rate": 1e-4}
    proxy = study.settings_of(Stage.PROXY, values)
    full = study.settings_of(Stage.FULL, values)
    assert (proxy.train.epochs, full.train.epochs) == (3, 5)
    assert proxy.data.train[0].name == "proxy-train.jsonl"
    assert full.data.train[0].name == "full-train.jsonl"
    assert proxy.train.learning_rate == full.train.learning_rate == 1e-4
    assert proxy.data.test == () == full.data.test


def test_stages_are_counted_apart(study):
    study.try_next(Stage.PROXY, 3)
    study.try_next(Stage.PROXY, 3)
    study.try_next(Stage.FULL, 3)
    assert (study.count(Stage.PROXY), study.count(Stage.FULL)) == (2, 1)
    assert [trial.number for trial in study.journal.trials()] == [1, 2, 3]


def test_on_all_rows_the_presets_values_come_first_and_then_the_best_proxies(study):
    for _ in range(4):
        study.try_next(Stage.PROXY, 7)
    for _ in range(3):
        study.try_next(Stage.FULL, 7)
    proxies = [one for one in study.journal.trials() if one.stage is Stage.PROXY]
    preset, *others = sorted(proxies, key=lambda trial: trial.number)
    others = [trial for trial in others if trial.outcome == "done"]
    best = sorted([preset, *others], key=lambda trial: -trial.score)
    wanted = [preset, *(trial for trial in best if trial is not preset)]
    expected = [trial.values["train.learning_rate"] for trial in wanted]
    assert rates(study, Stage.FULL)[: len(expected)] == expected[:3]


def test_a_trial_that_fails_is_not_recorded_and_comes_again(study, fits):
    fits.before = lambda number: 1 / 0
    with pytest.raises(ZeroDivisionError):
        study.try_next(Stage.FULL, 1)
    assert study.count(Stage.FULL) == 0
    fits.before = lambda number: None
    study.try_next(Stage.FULL, 1)
    assert fits.calls[0] == fits.calls[1]


def test_before_any_trial_on_all_rows_there_is_a_table_and_no_best(study):
    study.try_next(Stage.PROXY, 1)
    result = study.write()
    assert (result.best, result.settings, result.config) == (None, None, None)
    assert len(result.table.read_text("utf-8-sig").splitlines()) == 2
    assert not (study.folder(1) / "bundle").exists()


def test_the_weights_of_the_best_alone_stay(study, fits):
    fits.score = lambda settings, epoch: len(fits.calls) / 10
    for _ in range(3):
        study.try_next(Stage.FULL, 3)
    kept = [(study.folder(number) / "bundle").exists() for number in (1, 2, 3)]
    assert kept == [False, False, True]
    assert study.write().bundle == study.folder(3) / "bundle"
