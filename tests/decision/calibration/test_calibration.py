import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.errors import BundleError, NotFiniteError, SettingsError

FLOAT32 = st.floats(-(2.0**127), 2.0**127, width=32)
PLATT = {"slopes": (0.5, 20.0), "intercepts": (1.0, -3.0)}
STEPS = (((-1.0, 1.0), (0.25, 0.75)), ((), ()))
FALLING = (((-1.0, 1.0), (0.75, 0.25)), ((), ()))
EVERY = [
    Calibration(),
    Calibration("temperature", temperature=2.5),
    Calibration("temperature", temperature=0.05),
    Calibration("platt", **PLATT),
    Calibration("isotonic", **PLATT, weights=(0.5, 0.0), steps=STEPS),
]
every = pytest.mark.parametrize("calibration", EVERY, ids=lambda one: one.kind)


@every
@given(hnp.arrays(np.float32, (6, 2), elements=FLOAT32))
def test_any_logits_become_probabilities_in_the_same_order(calibration, logits):
    result = calibration.apply(logits, Task.MULTILABEL)
    assert result.dtype == np.float32
    assert ((result >= 0) & (result <= 1)).all()
    order = np.argsort(logits, axis=0)
    assert (np.diff(np.take_along_axis(result, order, axis=0), axis=0) >= 0).all()


@pytest.mark.parametrize("calibration", EVERY[:3], ids=lambda one: one.kind)
@given(hnp.arrays(np.float32, (3, 4), elements=FLOAT32))
def test_multiclass_rows_sum_to_one_and_keep_their_likeliest(calibration, logits):
    result = calibration.apply(logits, Task.MULTICLASS)
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-6)
    likeliest = np.take_along_axis(result, logits.argmax(1)[:, None], axis=1)
    assert (likeliest[:, 0] == result.max(axis=1)).all()


def test_a_platt_calibration_is_a_line_through_the_logits():
    result = EVERY[3].apply(np.float32([[2, 0.1]]), Task.MULTILABEL)
    expected = 1 / (1 + np.exp([[-2, 1]]))
    np.testing.assert_allclose(result, expected, rtol=1e-5)


def test_isotonic_steps_are_mixed_with_the_line():
    result = EVERY[4].apply(np.float32([[0, 0.1], [9, 0.1]]), Task.MULTILABEL)
    line = 1 / (1 + np.exp(-np.array([1, 5.5])))
    np.testing.assert_allclose(result[:, 0], (line + [0.5, 0.75]) / 2, rtol=1e-5)
    np.testing.assert_allclose(result[:, 1], 1 / (1 + np.exp(1)), rtol=1e-5)


def test_rows_are_corrected_alike_in_one_chunk_or_several(monkeypatch):
    logits = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    whole = EVERY[4].apply(logits, Task.MULTILABEL)
    monkeypatch.setattr("kerascls.decision.calibration.calibration._CHUNK", 6)
    assert (EVERY[4].apply(logits, Task.MULTILABEL) == whole).all()


@every
def test_a_calibration_survives_json(calibration):
    stored = json.loads(json.dumps(calibration.to_dict()))
    assert None not in stored.values()
    assert Calibration.from_dict(stored) == calibration


@every
def test_a_logit_that_is_no_number_is_an_error(calibration):
    with pytest.raises(NotFiniteError, match="the first is row 1"):
        calibration.apply(np.float32([[0, 0], [0, np.nan]]), Task.MULTILABEL)


@pytest.mark.parametrize(
    ("columns", "task"), [(3, Task.MULTILABEL), (2, Task.MULTICLASS)]
)
def test_calibrations_of_labels_are_for_these_labels(columns, task):
    with pytest.raises(SettingsError, match=f"{columns} columns"):
        EVERY[3].apply(np.zeros((1, columns)), task)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("none", {"temperature": 1.0}),
        ("temperature", {}),
        ("temperature", {"temperature": 0.0}),
        ("temperature", {"temperature": np.inf}),
        ("platt", {"slopes": (1.0,), "intercepts": (0.0, 0.0)}),
        ("platt", {"slopes": (-1.0,), "intercepts": (0.0,)}),
        ("platt", {"slopes": (1.0,), "intercepts": (np.nan,)}),
        ("isotonic", {**PLATT, "weights": (0.5, 0.5), "steps": STEPS}),
        ("isotonic", {**PLATT, "weights": (1.5, 0), "steps": STEPS}),
        ("isotonic", {**PLATT, "weights": (1, 0), "steps": FALLING}),
        ("beta", {}),
    ],
)
def test_a_calibration_without_meaning_is_an_error(kind, values):
    with pytest.raises(SettingsError, match=r"Received: "):
        Calibration(kind, **values)
    with pytest.raises(BundleError, match="was damaged"):
        Calibration.from_dict({"kind": kind, **values})


@pytest.mark.parametrize("values", [{"x": 1}, {"kind": "platt", "slopes": None}])
def test_stored_values_that_are_none_of_ours_are_damage(values):
    with pytest.raises(BundleError, match="keys="):
        Calibration.from_dict(values)
