"""What all losses for skewed labels keep: formulas, gradients, rows that only pad."""

import json
import os
import subprocess
import sys

import keras
import loss_cases
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from keras import ops
from loss_cases import (
    CASES,
    COUNTS,
    EQUAL,
    LOGITS,
    SURE,
    TARGETS,
    differences,
    formula,
    loss_of,
    value_and_gradient,
)

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.errors import SettingsError
from kerascls.models.heads import first_bias
from kerascls.settings.imbalance import METHODS
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.losses.focal import FocalLoss

every_case = pytest.mark.parametrize(("name", "task"), CASES)
# Other values than the defaults, of what each follows.
OTHERS = {
    "class_weight": {"weight_power": 0.5, "max_weight": 3.0},
    "pos_weight": {"weight_power": 0.5, "max_weight": 3.0},
    "class_balanced": {"class_balanced_beta": 0.9},
    "focal": {"focal_gamma": 0.5},
    "asymmetric": {"gamma_negative": 0.5, "gamma_positive": 3.0},
    "distribution_balanced": {"map_mu": 0.3, "bias_kappa": 0.5, "focal_gamma": 0.5},
    "logit_adjustment": {"logit_tau": 0.5},
    "ldam": {"ldam_margin": 1.0},
}


@pytest.mark.parametrize("logits", [LOGITS, SURE], ids=["usual", "sure"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("others", [False, True])
@every_case
def test_value_and_gradient_are_those_of_the_formula(
    name, task, others, smoothing, logits
):
    parameters = OTHERS.get(name, {}) if others else {}
    total = formula(name, task, TARGETS[task], smoothing, **parameters)
    loss = loss_of(name, task, label_smoothing=smoothing, **parameters)
    value, gradient = value_and_gradient(loss, TARGETS[task], logits)
    np.testing.assert_allclose(value, total(logits), rtol=1e-5)
    by_steps = differences(total, logits)
    np.testing.assert_allclose(gradient, by_steps, rtol=1e-4, atol=1e-6)


@every_case
@settings(max_examples=10, deadline=None)
@given(
    logits=arrays.arrays(np.float32, (4, 4), elements=st.floats(-80, 80, width=32)),
    positives=arrays.arrays(np.int64, 4, elements=st.integers(0, 100)),
)
def test_any_logits_and_counts_give_finite_gradients(name, task, logits, positives):
    counts = LabelCounts(100, positives)
    loss = loss_of(name, task, counts)
    value, gradient = value_and_gradient(loss, TARGETS[task], logits)
    assert np.isfinite(value)
    assert value >= 0
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@every_case
def test_half_logits_are_summed_in_float32(name, task, dtype):
    loss = loss_of(name, task)
    half = ops.cast(SURE, dtype)
    found = loss(TARGETS[task], half)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    expected = loss(TARGETS[task], ops.convert_to_numpy(ops.cast(half, "float32")))
    np.testing.assert_allclose(float(found), float(expected), rtol=1e-6)


def test_losses_are_float32_whatever_the_global_policy():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        loss = loss_of("focal", Task.MULTILABEL)(TARGETS[Task.MULTILABEL], LOGITS)
    finally:
        keras.config.set_dtype_policy(before)
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"


@every_case
def test_rows_that_only_pad_change_nothing(name, task):
    loss, weights = loss_of(name, task), np.full(4, 1 / 4, np.float32)
    padded = loss(
        np.pad(TARGETS[task], ((0, 3), (0, 0))),
        np.concatenate([LOGITS, np.full((3, 4), 9, np.float32)]),
        sample_weight=np.pad(weights, (0, 3)),
    )
    expected = loss(TARGETS[task], LOGITS, weights)
    np.testing.assert_allclose(float(padded), float(expected), rtol=1e-6)


@every_case
def test_the_losses_of_parts_sum_to_that_of_the_whole(name, task):
    loss, weights = loss_of(name, task), np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    whole = loss(TARGETS[task], LOGITS, weights)
    rows = (slice(0, 1), slice(1, 4))
    parts = [loss(TARGETS[task][row], LOGITS[row], weights[row]) for row in rows]
    np.testing.assert_allclose(float(sum(parts)), float(whole), rtol=1e-6)


NOTHING = {
    "class_balanced": {"class_balanced_beta": 0.0},
    "focal": {"focal_gamma": 0.0},
    "asymmetric": {"gamma_negative": 0, "gamma_positive": 0, "negative_margin": 0},
    "distribution_balanced": {
        **{"map_alpha": 0.5, "map_beta": 1e-30, "negative_scale": 1},
        **{"bias_kappa": 0, "focal_gamma": 0},
    },
    "logit_adjustment": {"logit_tau": 0},
    "ldam": {"ldam_margin": 0},
}


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize(
    ("name", "task"),
    [(name, task) for name, task in CASES if name in {"none", *NOTHING}],
)
def test_a_parameter_that_does_nothing_leaves_cross_entropy(name, task, smoothing):
    loss = loss_of(name, task, label_smoothing=smoothing, **NOTHING.get(name, {}))
    expected = loss_for(task, smoothing)(TARGETS[task], LOGITS)
    found = loss(TARGETS[task], LOGITS)
    np.testing.assert_allclose(float(found), float(expected), rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "task"),
    [
        *(("class_weight", task) for task in LABEL_TASKS),
        *(("class_balanced", task) for task in LABEL_TASKS),
        *(("logit_adjustment", task) for task in LABEL_TASKS),
        ("pos_weight", Task.MULTILABEL),
    ],
)
def test_equal_counts_leave_cross_entropy(name, task):
    found = loss_of(name, task, EQUAL[task])(TARGETS[task], LOGITS)
    expected = loss_for(task)(TARGETS[task], LOGITS)
    np.testing.assert_allclose(float(found), float(expected), rtol=1e-5)


def rows_of(task, counts) -> np.ndarray:
    """Returns targets of rows of which so many have each label."""
    if task is Task.MULTICLASS:
        return np.repeat(np.eye(4, dtype=np.float32), counts.positives, axis=0)
    places = np.arange(counts.num_rows)[:, None]
    return (places < counts.positives).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "task", "parameters"),
    [
        *(("class_weight", task, {}) for task in LABEL_TASKS),
        *(("class_balanced", task, {}) for task in LABEL_TASKS),
        ("pos_weight", Task.MULTILABEL, {}),
        ("focal", Task.MULTILABEL, {"focal_alpha": 0.25, "focal_gamma": 0}),
    ],
)
def test_the_mean_weight_over_training_rows_is_one(name, task, parameters):
    targets = rows_of(task, COUNTS[task])
    logits = np.zeros(targets.shape, np.float32)  # all lose the same
    weighted = float(loss_of(name, task, **parameters)(targets, logits))
    assert weighted == pytest.approx(float(loss_for(task)(targets, logits)), rel=1e-5)


# Without a margin, which has a corner.
OTHER_FOCUS = {"gamma_negative": 0, "gamma_positive": 3, "negative_margin": 0}


@pytest.mark.parametrize(
    ("name", "task", "parameters"),
    [
        *(("class_weight", task, {"weight_power": 0.5}) for task in LABEL_TASKS),
        *(("class_balanced", task, {}) for task in LABEL_TASKS),
        *(("logit_adjustment", task, {"logit_tau": 0.5}) for task in LABEL_TASKS),
        ("pos_weight", Task.MULTILABEL, {}),
        ("focal", Task.MULTILABEL, {"focal_alpha": 0.25, "focal_gamma": 0}),
        ("focal", Task.MULTILABEL, {}),
        ("focal", Task.MULTILABEL, {"focal_alpha": 0.75}),
        ("asymmetric", Task.MULTILABEL, {}),
        ("asymmetric", Task.MULTILABEL, {"label_smoothing": 0.1}),
        ("asymmetric", Task.MULTILABEL, OTHER_FOCUS),
        ("ldam", Task.MULTILABEL, {}),
        ("ldam", Task.MULTILABEL, {"label_smoothing": 0.1}),
    ],
)
def test_a_head_starts_where_the_loss_is_smallest(name, task, parameters):
    counts = LabelCounts(10_000, np.array([7000, 2500, 450, 50]))
    targets, loss = rows_of(task, counts), loss_of(name, task, counts, **parameters)
    start = loss.start(counts.positives / counts.num_rows)
    assert ((start > 0) & (start < 1)).all()
    bias = first_bias(start, task is Task.MULTILABEL).astype(np.float32)
    _, gradient = value_and_gradient(loss, targets, np.tile(bias, (len(targets), 1)))
    # At the shares of the labels themselves it is more.
    assert np.abs(gradient.mean(axis=0)).max() < 3e-4


@pytest.mark.parametrize("name", ["focal", "asymmetric", "ldam"])
def test_the_more_frequent_a_label_the_likelier_it_starts(name):
    shares = np.array([1e-6, 1e-3, 0.5, 1 - 1e-6])
    counts = LabelCounts(10**6, (shares * 10**6).astype(np.int64))
    start = loss_of(name, Task.MULTILABEL, counts).start(shares)
    assert (np.diff(start) > 0).all()
    assert ((start > 0) & (start < 1)).all()


@pytest.mark.parametrize(
    ("name", "task"),
    [
        *((name, Task.MULTICLASS) for name in ("focal", "asymmetric", "ldam")),
        *((name, Task.MULTILABEL) for name in ("zlpr", "distribution_balanced")),
    ],
)
def test_other_losses_start_at_the_shares_of_the_labels(name, task):
    shares = np.full(4, 0.3)
    np.testing.assert_array_equal(loss_of(name, task).start(shares), shares)


@every_case
def test_keras_saves_and_loads_it_with_a_compiled_model(name, task):
    loss = loss_of(name, task, label_smoothing=0.1)
    stored = json.loads(json.dumps(keras.saving.serialize_keras_object(loss)))
    again = keras.saving.deserialize_keras_object(stored)
    assert type(again) is type(loss)
    expected = float(loss(TARGETS[task], LOGITS))
    assert float(again(TARGETS[task], LOGITS)) == expected


def test_each_method_has_a_formula_here():
    plain = loss_cases.unweighted
    losses = {name for name, row in METHODS.items() if "plain_loss" not in row.loss}
    formulas = loss_cases.FORMULAS.items()
    assert losses == {name for name, function in formulas if function is not plain}


@pytest.mark.slow
def test_two_backends_compute_the_same():
    other = {"tensorflow": "jax", "jax": "tensorflow"}[keras.backend.backend()]
    told = subprocess.run(
        [sys.executable, loss_cases.__file__],
        env=os.environ | {"KERAS_BACKEND": other},
        capture_output=True,
        check=True,
        text=True,
    )
    backend, found = json.loads(told.stdout.splitlines()[-1])
    assert backend == other
    for case, (value, gradient) in loss_cases.all_gradients().items():
        np.testing.assert_allclose(found[case][0], value, rtol=1e-5, err_msg=case)
        np.testing.assert_allclose(found[case][1], gradient, atol=1e-6, err_msg=case)


def test_losses_of_labels_that_are_true_or_not_are_none_of_shares():
    with pytest.raises(SettingsError, match="Take `loss_for`"):
        FocalLoss(Task.DISTRIBUTION)
