"""A trial is followed in epochs, and compared with others after equal training."""

from types import SimpleNamespace

import optuna
import pytest

from kerascls.experiments.search.trials import Goal, PruningCallback

KEY = "val_macro_f1"


@pytest.fixture
def optuna_trial():
    """Optuna's trial; keeps what it is told, and would prune at once."""
    reports = []
    return SimpleNamespace(
        reports=reports,
        report=lambda score, step: reports.append((score, step)),
        should_prune=lambda: True,
    )


@pytest.fixture
def pruning(optuna_trial):
    return PruningCallback(optuna_trial, Goal("macro_f1"), lambda line: None)


def round_of(score, epochs, steps):
    return {KEY: score, "epochs": epochs, "steps": steps}


def test_a_trial_is_compared_at_epochs_where_those_are_validated(pruning, optuna_trial):
    pruning.on_epoch_end(0, {KEY: 0.5})
    with pytest.raises(optuna.TrialPruned, match="in epoch 2"):
        pruning.on_epoch_end(1, {KEY: 0.4})
    assert optuna_trial.reports == [(0.5, 0), (0.4, 1)]
    assert (pruning.epochs, pruning.best_epoch, pruning.score) == (2, 1, 0.5)


def test_a_trial_has_parts_of_epochs_where_validation_is_within_them(pruning):
    pruning.on_epoch_end(0, round_of(0.3, 0.5, 30))
    pruning.on_epoch_end(1, round_of(0.6, 1, 60))
    with pytest.raises(optuna.TrialPruned, match=r"in epoch 1\.5"):
        pruning.on_epoch_end(2, round_of(0.4, 1.5, 90))
    assert (pruning.epochs, pruning.best_epoch) == (1.5, 1)


def test_no_trial_is_given_up_within_its_first_epoch(pruning):
    for number in range(4):
        pruning.on_epoch_end(number, round_of(0.1, (number + 1) / 4, 10 * (number + 1)))
    assert pruning.epochs == 1


def test_a_trial_is_compared_after_equal_numbers_of_steps(pruning, optuna_trial):
    # Its second round ends early, with its training.
    pruning.on_epoch_end(0, round_of(0.3, 0.5, 30))
    pruning.on_epoch_end(1, round_of(0.4, 0.75, 45))
    assert optuna_trial.reports == [(0.3, 30), (0.4, 45)]
