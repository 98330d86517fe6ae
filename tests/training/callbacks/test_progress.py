"""The progress bar: on terminals, gone when it is done; elsewhere lines."""

import io
import re
from itertools import count

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


def test_short_epochs_are_silent_where_there_is_no_terminal():
    stream = io.StringIO()
    tiny_training(EpochProgress(Console(file=stream), rows_per_epoch=24))
    assert stream.getvalue() == ""


def test_long_epochs_tell_now_and_then_how_far_they_are(monkeypatch):
    clock = count(0, 25)  # a batch takes 25 seconds or more
    monkeypatch.setattr(bars.time, "perf_counter", lambda: next(clock))
    stream = io.StringIO()
    progress = EpochProgress(Console(file=stream, width=40), rows_per_epoch=640)
    progress.set_params({"epochs": 3, "steps": 20})
    progress.on_epoch_begin(1)
    for batch in range(20):
        progress.on_train_batch_end(batch, {"loss": 0.5})
    lines = stream.getvalue().splitlines()
    assert 2 < len(lines) < 20
    assert re.fullmatch(
        r"epoch 2/3: batch \d+ of 20, loss 0.5000, \d texts/s, \d+ min left", lines[0]
    )
    left = [int(re.search(r"(\d+) min left", line)[1]) for line in lines]
    assert left == sorted(left, reverse=True)
    assert left[0] > left[-1]


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
        ({"batch_size": 16}, ["epoch 1/2", "epoch 2/2"]),
        (
            {"epochs": 1, "validate_steps": 3},
            ["validation round 1/2", "validation round 2/2"],
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
    monkeypatch.setattr(multilabel_job.screen, "quiet", False)
    scripted_fit(0.1, 0.2, **{"epochs": 2, "batch_size": 8} | options)
    assert titles == expected
