"""A graph of TensorFlow operations decides as `Decision` does."""

import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

TESTS = Path(__file__).parents[3]
sys.path[:0] = [str(TESTS / "decision"), str(TESTS / "decision" / "calibration")]
from test_calibration import EVERY, PLATT
from test_rule import rules

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.rule import Rule
from kerascls.serving.exporters.saved_model import decision as graph_decision

# Probabilities that TensorFlow takes for zero are left out; bounds may be as small.
PROBABILITIES = st.floats(0, 1, width=32, allow_subnormal=False)
TABLES = hnp.arrays(np.float32, (4, 3), elements=PROBABILITIES)
# A few values only, so that many are equal.
TIES = hnp.arrays(np.float32, (4, 3), elements=st.sampled_from([0, 0.25, 0.5]))


@given(rules(), st.one_of(TABLES, TIES))
def test_labels_equal_the_rules(rule, probabilities):
    found = graph_decision.chosen_labels(rule, tf.constant(probabilities))
    np.testing.assert_array_equal(found, rule.apply(probabilities))
    abstained = graph_decision.abstained(rule, tf.constant(probabilities))
    np.testing.assert_array_equal(abstained, rule.abstains(probabilities))


@pytest.mark.parametrize("bound", [1e-45, 1e-40, 1e-38])
def test_a_bound_next_to_zero_is_above_zero(bound):
    nothing = np.zeros((2, 3), np.float32)
    chosen = graph_decision.chosen_labels(Rule("threshold", bound), nothing)
    assert not np.any(chosen)
    rule = Rule("threshold", 0.5, abstain_below=bound)
    assert np.all(graph_decision.abstained(rule, nothing))


STEPS = (((-1.0, 0.5, 2.0), (0.25, 0.5, 1.0)), ((0.25,), (0.5,)))
CALIBRATIONS = [
    *EVERY,
    Calibration("isotonic", **PLATT, weights=(0.75, 1.0), steps=STEPS),
]
LOGITS = st.one_of(
    st.sampled_from([-1.0, 0.25, 0.5, 2.0]), st.floats(-60, 60, width=32)
)


@pytest.mark.parametrize(
    ("calibration", "task"),
    [
        *((one, Task.MULTILABEL) for one in CALIBRATIONS),
        *((one, Task.MULTICLASS) for one in EVERY[:3]),
        *((one, Task.DISTRIBUTION) for one in EVERY[:2]),
    ],
)
@settings(max_examples=20)
@given(logits=hnp.arrays(np.float32, (5, 2), elements=LOGITS))
def test_probabilities_equal_the_calibrations(calibration, task, logits):
    found = graph_decision.probabilities(calibration, tf.constant(logits), task)
    assert found.dtype == tf.float32
    expected = calibration.apply(logits, task)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-30)


def test_names_come_likeliest_first_and_are_filled_up():
    chosen = np.array([[True, False, True], [False, False, False], [True] * 3])
    probabilities = np.float32([[0.5, 0.9, 0.7], [0.1] * 3, [0.4, 0.5, 0.4]])
    names, counts = graph_decision.label_names(
        ["体育", "b", "c"], chosen, probabilities
    )
    decoded = [[name.decode() for name in row] for row in names.numpy()]
    assert decoded == [["c", "体育", ""], ["", "", ""], ["b", "体育", "c"]]
    assert counts.numpy().tolist() == [2, 0, 3]


def test_no_rows_have_no_labels():
    none = np.zeros((0, 3), np.float32)
    names, counts = graph_decision.label_names(["a", "b", "c"], none > 0, none)
    assert names.shape == (0, 0)
    assert counts.shape == (0,)
