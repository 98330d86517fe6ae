"""Weights of labels from what the stack misses."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.experiments.combining.boosting import (
    LARGEST_STEP,
    label_errors,
    next_weights,
)

LABELS = ("a", "b", "c")


def after(errors, support=(10, 10, 10), task=Task.MULTICLASS, **weights):
    return next_weights(weights, LABELS, np.array(errors), np.array(support), task)


def test_the_error_of_a_label_is_the_share_of_its_rows_that_miss_it():
    targets = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]], bool)
    chosen = np.array([[1, 1, 1], [0, 1, 0], [0, 1, 1]], bool)
    errors = label_errors(targets, chosen)
    np.testing.assert_array_equal(errors, [0.5, 0, np.nan])


def test_the_step_is_half_of_that_of_samme():
    found = after([0.6, 0.0, 0.0])
    step = (log(0.8 / 0.2) + log(2)) / 2
    assert found["a"] / found["b"] == pytest.approx(exp(step * 0.6), rel=1e-3)
    assert found["b"] == found["c"]


def test_weights_of_earlier_rounds_are_multiplied_and_weigh_the_error():
    found = after([0.6, 0.0, 0.0], a=2.0)
    error = 2 * 0.6 / 4
    step = (log((1 - error) / error) + log(2)) / 2
    assert found["a"] / found["b"] == pytest.approx(2 * exp(step * 0.6), rel=1e-3)


def test_a_label_without_rows_has_the_mean_error():
    found = after([0.4, 0.2, np.nan], support=(10, 10, 0))
    assert found["b"] < found["c"] < found["a"]


def test_nothing_to_correct_ends_it():
    assert after([0.0, 0.0, 0.0]) is None
    assert after([1.0, 1.0, 1.0]) is None
    assert after([0.6, 0.6, 0.6], task=Task.MULTILABEL) is None  # worse than chance
    assert after([0.6, 0.6, 0.6]) is not None  # of three classes it is not


@given(
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.lists(st.integers(1, 50), min_size=3, max_size=3),
    st.sampled_from(LABEL_TASKS),
)
def test_weights_have_a_mean_of_one_and_rise_with_the_error(errors, support, task):
    found = after(errors, support, task)
    if found is None:
        return
    weights = np.array(list(found.values()))
    assert weights @ support / sum(support) == pytest.approx(1, abs=1e-3)
    order = np.argsort(errors)
    assert (np.diff(weights[order]) >= -1e-3).all()
    assert weights.max() / weights.min() <= exp(LARGEST_STEP) * 1.01
