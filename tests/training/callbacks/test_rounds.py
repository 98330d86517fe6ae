"""Training in rounds: the best one counts, and everybody is told what it is."""

import signal

import keras
import pytest
from tiny_jobs import check_equal

from kerascls.training.plan import Plan
from kerascls.training.state import read_state


def test_the_best_epoch_is_kept_and_training_stops_without_a_better_one(scripted_fit):
    table, fitted = scripted_fit(0.1, 0.5, 0.5, 0.4, 0.9, patience_epochs=2)
    assert len(table.weights) == 4
    assert (fitted.best_epoch, fitted.interrupted) == (2, False)
    check_equal(fitted.model.named_arrays(), table.weights[1])


def test_the_best_epoch_is_kept_when_all_epochs_are_done(scripted_fit):
    table, fitted = scripted_fit(0.0, 0.7, 0.2)
    assert fitted.best_epoch == 2
    check_equal(fitted.model.named_arrays(), table.weights[1])


def test_validation_may_come_every_few_steps(scripted_fit):
    scores = (0.1, 0.3, 0.2, 0.2, 0.2)
    options = {"epochs": 2, "batch_size": 8, "validate_steps": 2}
    table, fitted = scripted_fit(*scores, **options, patience_epochs=3)
    assert len(table.weights) == 4  # 2 epochs of 4 steps
    assert fitted.best_epoch == 1
    check_equal(fitted.model.named_arrays(), table.weights[1])


class Told(keras.callbacks.Callback):
    """Keeps what a callback behind ours is told at the end of Keras's epochs."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append((epoch, logs.get("epochs"), logs.get("steps")))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"epochs": 1, "batch_size": 16}, [(0, None, None)]),
        ({"validate_steps": 3}, [(0, 0.75, 3), (1, 1.5, 6), (2, 2, 8)]),
        (
            {"validate_steps": 3, "accumulate_steps": 2, "epochs": 1},
            [(0, 0.75, 3), (1, 1, 4)],
        ),
    ],
    ids=["epochs", "rounds", "rounds of steps in parts"],
)
@pytest.mark.slow
def test_callbacks_find_the_epochs_and_steps_of_a_round_in_logs(
    scripted_fit, options, expected
):
    told = Told()
    options = {"epochs": 2, "batch_size": 8, "callbacks": [told]} | options
    scripted_fit(0.1, 0.2, 0.3, **options)
    assert told.ends == expected


class Counted(keras.callbacks.Callback):
    steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1


def test_a_training_ends_after_the_most_steps_within_an_epoch(scripted_fit):
    counted = Counted()
    options = {"epochs": 3, "batch_size": 8, "max_steps": 6, "callbacks": [counted]}
    table, _ = scripted_fit(0.1, 0.2, **options)
    assert counted.steps == 6
    assert table.best_epoch_ == 1.5


def test_the_better_of_two_rounds_with_close_numbers_is_kept(scripted_fit, monkeypatch):
    monkeypatch.setattr(Plan, "epoch", lambda self, step: 1)
    options = {"batch_size": 8, "validate_steps": 3, "epochs": 1}
    table, fitted = scripted_fit(0.9, 0.1, **options)
    check_equal(fitted.model.named_arrays(), table.weights[0])


@pytest.mark.slow
def test_a_signal_leaves_a_state_after_the_step_it_came_in(
    eagerly, multilabel_job, tmp_path, request
):
    class Signal(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if int(self.model.optimizer.iterations) == 5:
                signal.raise_signal(signal.SIGTERM)

    # As the command line does.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGTERM, before))
    with eagerly():
        expected = multilabel_job.fit(tmp_path / "whole")
        cut = multilabel_job.fit(tmp_path / "cut", callbacks=[Signal()])
        assert cut.interrupted
        assert read_state(tmp_path / "cut" / "state").step == 6
        found = multilabel_job.fit(tmp_path / "cut", True)
    check_equal(found.model.named_arrays(), expected.model.named_arrays())
