"""A trial is followed in epochs, and compared with others after equal training."""

from types import SimpleNamespace

import optuna
import pytest

from kerascls.experiments.search.trials import Goal, Watch

KEY = "val_macro_f1"


@pytest.fixture
def asked():
    """Optuna's trial; keeps what it is told, and would prune at once."""
    reports = []
    return SimpleNamespace(
        reports=reports,
        report=lambda score, step: reports.append((score, step)),
        should_prune=lambda: True,
    )


@pytest.fixture
def watch(asked):
    return Watch(asked, Goal("macro_f1"), lambda line: None)


def round_of(score, epochs, steps):
    return {KEY: score, "epochs": epochs, "steps": steps}


def test_a_trial_is_compared_at_epochs_where_those_are_validated(watch, asked):
    watch.on_epoch_end(0, {KEY: 0.5})
    with pytest.raises(optuna.TrialPruned, match="in epoch 2"):
        watch.on_epoch_end(1, {KEY: 0.4})
    assert asked.reports == [(0.5, 0), (0.4, 1)]
    assert (watch.epochs, watch.best_epoch, watch.score) == (2, 1, 0.5)


def test_a_trial_has_parts_of_epochs_where_validation_is_within_them(watch):
    watch.on_epoch_end(0, round_of(0.3, 0.5, 30))
    watch.on_epoch_end(1, round_of(0.6, 1, 60))
    with pytest.raises(optuna.TrialPruned, match=r"in epoch 1\.5"):
        watch.on_epoch_end(2, round_of(0.4, 1.5, 90))
    assert (watch.epochs, watch.best_epoch) == (1.5, 1)


def test_no_trial_is_given_up_within_its_first_epoch(watch):
    for number in range(4):
        watch.on_epoch_end(number, round_of(0.1, (number + 1) / 4, 10 * (number + 1)))
    assert watch.epochs == 1


def test_a_trial_is_compared_after_equal_numbers_of_steps(watch, asked):
    # Its second round ends early, with its training.
    watch.on_epoch_end(0, round_of(0.3, 0.5, 30))
    watch.on_epoch_end(1, round_of(0.4, 0.75, 45))
    assert asked.reports == [(0.3, 30), (0.4, 45)]
