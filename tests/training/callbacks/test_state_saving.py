"""States are written when they are due, and a later process ends where one would."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from safetensors import SafetensorError
from tiny_jobs import WINDOWS, KillAt, Killed, check_equal, job_on

from kerascls.errors import SettingsError
from kerascls.settings.training import TrainSettings
from kerascls.training.callbacks import state_saving
from kerascls.training.callbacks.state_saving import StateSaving
from kerascls.training.state import read_state

slow = pytest.mark.slow


@pytest.fixture
def model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


@pytest.fixture
def saving(tmp_path):
    """Returns a function that makes one, in the same place each time."""

    def make(**options):
        places = tmp_path / "state", tmp_path / "history.csv"
        return StateSaving(*places, TrainSettings(**options))

    return make


def test_a_state_is_due_after_some_minutes(saving, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(state_saving.time, "monotonic", lambda: now[0])
    one = saving(save_minutes=2.0)
    one.start()
    now[0] = 120.0
    assert not one.is_due(10**6)
    now[0] = 121.0
    assert one.is_due(1)


def test_a_state_is_due_after_some_steps_since_the_last(saving, model):
    one = saving(save_steps=3)
    one.start()
    assert [step for step in range(6) if one.is_due(step)] == [3, 4, 5]
    one.save(model, 4, {}, {})
    assert [step for step in range(9) if one.is_due(step)] == [7, 8]


def test_the_history_is_cut_to_what_it_was(saving, model, tmp_path):
    history_csv = tmp_path / "history.csv"
    history_csv.write_text("epoch\n1\n")
    saving().save(model, 3, {"best/00000": np.ones(2)}, {"best_step": 2})
    with open(history_csv, "a") as file:
        file.write("2,half a row")
    state = saving().restore(model)
    assert history_csv.read_text() == "epoch\n1\n"
    assert (state.step, state.facts["best_step"]) == (3, 2)
    assert state.arrays["best/00000"].tolist() == [1, 1]


def test_without_a_state_the_history_is_forgotten(saving, model, tmp_path):
    (tmp_path / "history.csv").write_text("epoch\n1\n")
    assert saving().restore(model) is None
    assert not (tmp_path / "history.csv").exists()


def test_a_history_that_became_shorter_is_refused(saving, model, tmp_path):
    history_csv = tmp_path / "history.csv"
    history_csv.write_text("epoch\n1\n")
    saving().save(model, 3, {}, {})
    history_csv.write_text("epoch")
    with pytest.raises(SettingsError, match=r"8 bytes.*of 5 bytes"):
        saving().restore(model)
    assert history_csv.read_text() == "epoch"


def test_a_state_has_the_facts_that_other_versions_read(
    eagerly, multilabel_job, tmp_path
):
    with eagerly():
        multilabel_job.fit(tmp_path, epochs=1, save_steps=1)
    facts = read_state(tmp_path / "state").facts
    assert set(facts) == {
        *("seconds", "history_bytes", "made_with"),
        *("best_step", "best_epoch", "best_goal", "best_scores"),
    }
    assert (facts["best_step"], facts["best_epoch"]) == (4, 1)


@pytest.mark.parametrize(
    ("steps", "options"),
    [
        ((7,), {"save_steps": 3, "ema_momentum": 0.9, "validate_steps": 3}),
        ((4,), {"save_steps": 1, **WINDOWS}),
        pytest.param(
            (8, 3),
            {"save_steps": 2, "accumulate_steps": 2, "r_drop": 0.5},
            marks=slow,
        ),
        pytest.param((5,), {"save_steps": 2, "precision": "float16"}, marks=slow),
        pytest.param((3, 2), {"save_steps": 1, "freeze_encoder": True}, marks=slow),
        pytest.param(
            (5,),
            {"save_steps": 2, "imbalance": "balanced_batches", "augment_below": 12},
            marks=slow,
        ),
        pytest.param(
            (14,),
            {"save_steps": 1, "epochs": 20, "patience_epochs": 2},
            marks=slow,
        ),
    ],
    ids=[
        "average, rounds",
        "windows",
        "parts, R-Drop",
        "half",
        "frozen",
        "drawn rows",
        "patience",
    ],
)
def test_a_killed_fit_goes_on_to_the_same_end(
    eagerly, multilabel_job, tmp_path, steps, options
):
    with eagerly():
        check_goes_on(multilabel_job, tmp_path, steps, options)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["roberta", "distilbert", "modernbert"])
def test_a_killed_fit_of_another_family_goes_on_to_the_same_end(
    eagerly, multilabel_files, tmp_path, family
):
    job = job_on(multilabel_files, family)
    assert job.start.config.family == family
    with eagerly():
        check_goes_on(job, tmp_path, (5,), {"save_steps": 1})


@pytest.mark.slow
def test_a_killed_fit_of_poolings_in_order_goes_on_to_the_same_end(
    eagerly, multilabel_job, tmp_path
):
    poolings = {**WINDOWS, "pooling": "cnn", "window_pooling": "lstm"}
    with eagerly():
        check_goes_on(multilabel_job, tmp_path, (5,), {**poolings, "save_steps": 1})


@pytest.mark.slow
def test_other_families_go_on_to_the_same_end_on_jax():
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", __file__]
        + ["-m", "slow", "-k", "of_another_family"],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-3000:]
    assert "3 passed" in result.stdout


def check_goes_on(job, folder, steps, options):
    """Checks that fits killed after some steps, and the last, end as one fit does."""
    whole, cut = folder / "whole", folder / "cut"
    expected = job.fit(whole, **options)
    for step in steps:
        with pytest.raises(Killed):
            job.fit(cut, step != steps[0], [KillAt(step)], **options)
        # What a process writes between its last state and its death.
        with open(cut / "history.csv", "a") as file:
            file.write("9,half a row")
    found = job.fit(cut, True, **options)
    assert (cut / "history.csv").read_bytes() == (whole / "history.csv").read_bytes()
    assert found.best_epoch == expected.best_epoch
    check_equal(found.model.named_arrays(), expected.model.named_arrays())
    np.testing.assert_array_equal(found.valid_logits, expected.valid_logits)
    assert found.seconds_before > 0


def test_a_state_that_cannot_be_written_is_said_and_training_goes_on(
    eagerly, multilabel_job, tmp_path, monkeypatch, said
):
    def fail(*_):
        raise SafetensorError("No space left on device")

    monkeypatch.setattr(state_saving, "write_state", fail)
    with eagerly():
        fitted = multilabel_job.fit(tmp_path, epochs=1, save_steps=2)
    assert fitted.best_epoch == 1
    assert any("NO STATE WRITTEN" in line and "No space" in line for line in said)


def test_a_fit_that_was_done_when_it_was_killed_only_takes_up_its_end(
    eagerly, multilabel_job, tmp_path
):
    with eagerly():
        expected = multilabel_job.fit(tmp_path, save_steps=1)
        found = multilabel_job.fit(tmp_path, True, [KillAt(1)], save_steps=1)
    check_equal(found.model.named_arrays(), expected.model.named_arrays())
