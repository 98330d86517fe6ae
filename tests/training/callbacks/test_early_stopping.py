"""A training stops without a better score, or when its time is over."""

from itertools import count

import pytest
from tiny_jobs import check_equal

from kerascls.training.callbacks import early_stopping
from kerascls.training.callbacks.early_stopping import EarlyStopping
from kerascls.training.plan import Plan

PLAN = Plan(steps_per_epoch=10, epochs=9, validate_steps=4)


@pytest.fixture
def clock(monkeypatch):
    """What `time.monotonic` gives, to be set."""
    now = [1000.0]
    monkeypatch.setattr(early_stopping.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("step", "best_step", "exhausted"),
    [
        (27, 8, False),
        (28, 8, True),
        (40, None, False),  # no score yet: there is nothing to be old
        (89, 88, False),
        (90, 88, True),
        (90, None, True),
    ],
)
def test_patience_is_counted_in_epochs_and_the_plan_has_an_end(
    step, best_step, exhausted
):
    assert EarlyStopping(PLAN, 2).is_exhausted(step, best_step) == exhausted


def test_without_a_limit_the_time_is_never_over(clock):
    stopping = EarlyStopping(PLAN, 1)
    stopping.start()
    clock[0] += 1e9
    assert not stopping.is_overdue()


def test_the_time_of_earlier_processes_counts(clock):
    first, second = EarlyStopping(PLAN, 1, 2.0), EarlyStopping(PLAN, 1, 2.0)
    first.start()
    clock[0] += 100
    second.restore(first.state())
    second.start()
    assert second.seconds_before == 100
    clock[0] += 20
    assert not second.is_overdue()
    clock[0] += 1
    assert second.is_overdue()


def test_a_time_limit_ends_the_epoch_which_is_scored(scripted_fit, monkeypatch):
    seconds = count(step=30)
    monkeypatch.setattr(early_stopping.time, "monotonic", lambda: next(seconds))
    limits = {"max_minutes": 2.2, "save_minutes": 1e9}
    table, fitted = scripted_fit(0.5, 0.6, 0.7, **limits, batch_size=8)
    steps = int(fitted.model.optimizer.iterations)
    assert len(table.weights) == 1
    assert 1 <= steps < 4
    assert fitted.best_epoch == round(steps / 4, 3)
    check_equal(fitted.model.named_arrays(), table.weights[0])


def test_a_fit_stops_after_epochs_without_a_better_score(scripted_fit):
    options = {"epochs": 3, "batch_size": 8, "validate_steps": 2, "patience_epochs": 1}
    table, fitted = scripted_fit(0.1, 0.3, 0.2, 0.2, 0.9, **options)
    assert len(table.weights) == 4
    assert fitted.best_epoch == 1
