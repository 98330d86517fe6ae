"""The progress bar: on terminals only, and gone when it is done."""

import io

import keras
import numpy as np
import pytest
from rich.console import Console

from kerascls.training.callbacks import progress as bars
from kerascls.training.callbacks.progress import EpochProgress


def tiny_training(progress, epochs=2):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.compile("sgd", "mse")
    x, y = np.zeros((24, 4)), np.zeros((24, 3))
    model.fit(x, y, batch_size=8, epochs=epochs, verbose=0, callbacks=[progress])


@pytest.fixture
def terminal():
    return Console(file=io.StringIO(), force_terminal=True, width=100)


def test_it_is_silent_where_there_is_no_terminal():
    stream = io.StringIO()
    tiny_training(EpochProgress(Console(file=stream), rows_per_epoch=24))
    assert stream.getvalue() == ""


def test_it_counts_batches_and_goes_away(terminal):
    tiny_training(EpochProgress(terminal, rows_per_epoch=24))
    text = terminal.file.getvalue()
    assert "epoch 2/2" in text
    assert "3/3" in text
    assert "texts/s" in text
    # The cursor is hidden and given back once per epoch.
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 2


def test_it_can_be_closed_after_an_interrupt(terminal):
    progress = EpochProgress(terminal)
    progress.set_params({"epochs": 1, "steps": None})
    progress.on_epoch_begin(0)
    progress.on_train_batch_end(0, {"loss": 1.0})
    progress.close()
    progress.close()
    progress.on_train_batch_end(1, {"loss": 1.0})
    assert terminal.file.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["epoch 1/2", "epoch 2/2"]),
        (
            {"validate_steps": 3},
            ["validation round 1/3", "validation round 2/3", "validation round 3/3"],
        ),
    ],
    ids=["epochs", "rounds"],
)
def test_a_round_between_validations_is_not_called_an_epoch(
    scripted_fit, multilabel_job, terminal, monkeypatch, options, expected
):
    titles, make = [], bars._progress_bar

    def noting(console):
        progress = make(console)
        add_task = progress.add_task

        def noted(title, **options):
            titles.append(title)
            return add_task(title, **options)

        progress.add_task = noted
        return progress

    monkeypatch.setattr(bars, "_progress_bar", noting)
    monkeypatch.setattr(multilabel_job.screen, "console", terminal)
    monkeypatch.setattr(multilabel_job.screen, "shows_bars", True)
    scripted_fit(0.1, 0.2, 0.3, epochs=2, batch_size=8, **options)
    assert titles == expected
