"""Lines on what a training consists of."""

import pytest

from kerascls.settings.run_settings import RunSettings
from kerascls.training.job_notes import (
    LEAST_PATIENCE_STEPS,
    chosen_line,
    steps_notes,
)
from kerascls.training.plan import Plan

FILLED = {"epochs": 10, "batch_size": 16, "learning_rate": 1e-4, "max_tokens": 64}


def settings_of(**options):
    return RunSettings.from_options(**{"imbalance": "undersample"} | FILLED | options)


def test_windows_and_pooling_are_told_where_there_are_any():
    line = chosen_line(settings_of(), "albert_small")
    assert line.startswith("settings (where not stated, those of albert_small): ")
    assert "max_tokens 64, dropout" in line
    windows = {"max_windows": 3, "window_overlap": 8, "window_pooling": "mean"}
    line = chosen_line(settings_of(**windows, pooling="max"), "albert_small")
    assert "max_windows 3, window_overlap 8, window_pooling mean, pooling max, " in line


def test_an_epoch_of_few_steps_is_told_with_settings_for_as_many_as_without():
    settings = settings_of()
    (note,) = steps_notes(settings, num_rows=3000, drawn=5)
    assert "only 1 step in place of 188" in note
    assert "train.epochs=10 are 10 in all" in note
    assert "train.patience_epochs=3 ends training after 3 without" in note
    assert (
        "--epochs 1880 --set train.patience_epochs=564 --set train.validate_steps=188"
    ) in note
    cured = settings.with_options(epochs=1880, patience_epochs=564, validate_steps=188)
    assert steps_notes(cured, num_rows=3000, drawn=5) == []
    before, after = Plan(188, 10), Plan(1, 1880, 188)
    assert (after.num_steps, after.num_rounds) == (before.num_steps, before.num_rounds)


@pytest.mark.parametrize(
    ("num_rows", "drawn", "size", "patience"),
    [(3000, 5, 16, 3), (70, 20, 8, 3), (9000, 12, 512, 1), (400, 150, 4, 1)],
)
def test_what_is_advised_is_enough(num_rows, drawn, size, patience):
    settings = settings_of(batch_size=size, patience_epochs=patience)
    (note,) = steps_notes(settings, num_rows, drawn)
    words = note.replace(";", "").split()
    epochs = int(words[words.index("--epochs") + 1])
    patience = int(note.partition("--set train.patience_epochs=")[2].split()[0])
    cured = settings.with_options(epochs=epochs, patience_epochs=patience)
    assert steps_notes(cured, num_rows, drawn) == []
    assert epochs * -(-drawn // size) >= 10 * -(-num_rows // size)


@pytest.mark.parametrize(
    ("num_rows", "drawn"),
    [(3000, 3000), (3000, 1600), (100_000, 16 * LEAST_PATIENCE_STEPS), (40, 30)],
)
def test_other_epochs_are_not_told_of(num_rows, drawn):
    assert steps_notes(settings_of(), num_rows, drawn) == []
