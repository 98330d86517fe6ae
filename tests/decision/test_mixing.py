"""The weighted mean of probabilities, and the weights that make it best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import Task
from kerascls.decision.activations import sigmoid, softmax
from kerascls.decision.mixing import (
    LEAST,
    fit_weights,
    likelihoods,
    log_loss,
    logits_of,
    mix,
    select_greedily,
)

MULTICLASS, MULTILABEL = Task.MULTICLASS, Task.MULTILABEL
A = np.array([[0.8, 0.2], [0.4, 0.6]], np.float32)
B = np.array([[0.2, 0.8], [0.0, 1.0]], np.float32)
TRUE = np.array([[True, False], [False, True]])


def test_the_mean_of_hand_made_probabilities_is_the_one_computed_by_hand():
    expected = [[0.65, 0.35], [0.3, 0.7]]
    np.testing.assert_allclose(mix([A, B], [0.75, 0.25]), expected, atol=1e-7)


@pytest.mark.parametrize(
    ("task", "activation"), [(MULTICLASS, softmax), (MULTILABEL, sigmoid)]
)
def test_the_logits_of_a_mean_give_it_back(task, activation):
    mean = mix([A, B], [0.75, 0.25])
    np.testing.assert_allclose(activation(logits_of(mean, task)), mean, atol=1e-6)


@pytest.mark.parametrize("task", [MULTICLASS, MULTILABEL])
def test_certainty_has_finite_logits_in_the_same_order(task):
    logits = logits_of(np.array([[0.0, 1.0], [1e-6, 1 - 1e-6]]), task)
    assert np.isfinite(logits).all()
    assert logits[0, 0] < logits[1, 0] < logits[1, 1] <= logits[0, 1]


def test_likely_is_what_was_said_of_the_truth():
    of_rows = likelihoods(TRUE, [A, B], MULTICLASS)
    np.testing.assert_allclose(of_rows, [[0.8, 0.6], [0.2, 1.0]], atol=1e-6)
    of_labels = likelihoods(TRUE, [A], MULTILABEL)
    np.testing.assert_allclose(of_labels, [[0.8, 0.8, 0.6, 0.6]], atol=1e-6)
    assert likelihoods(~TRUE, [B], MULTICLASS).min() == LEAST


def test_rows_of_a_class_without_a_column_say_nothing():
    unknown = np.array([[True, False], [False, False]])
    assert likelihoods(unknown, [A], MULTICLASS).shape == (1, 1)
    assert log_loss(unknown, A, MULTICLASS) == pytest.approx(-np.log(0.8))
    assert np.isnan(log_loss(unknown[1:], A[1:], MULTICLASS))


def likely_rows() -> st.SearchStrategy[np.ndarray]:
    """Likelihoods of two to four classifiers, some of which are never sure."""
    number = st.floats(LEAST, 1)
    sizes = st.tuples(st.integers(2, 4), st.integers(1, 8))
    return sizes.flatmap(
        lambda size: st.lists(
            st.lists(number, min_size=size[1], max_size=size[1]),
            min_size=size[0],
            max_size=size[0],
        ).map(np.array)
    )


@given(likely_rows())
def test_no_other_weights_have_a_smaller_loss(likely):
    weights = fit_weights(likely)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    # Of a concave problem on the simplex: nothing is gained beyond the gradient.
    gain = likely @ (1 / (weights @ likely)) / likely.shape[1]
    mean = np.log(weights @ likely).mean()
    best_single = np.log(likely).mean(axis=1).max()
    equal = np.log(likely.mean(axis=0)).mean()
    assert mean >= max(best_single, equal) - 1e-4
    assert gain.max() <= 1.01


def test_the_weights_of_a_toy_problem_are_the_optimum():
    # One is right in 3 of 4 rows, the other in the fourth: a grid finds no better.
    likely = np.array([[0.9, 0.9, 0.9, 0.1], [0.1, 0.1, 0.1, 0.9]])
    weights = fit_weights(likely)
    grid = np.linspace(0, 1, 10_001)
    losses = np.log(grid[:, None] * likely[0] + (1 - grid[:, None]) * likely[1])
    best = grid[losses.mean(axis=1).argmax()]
    assert weights[0] == pytest.approx(best, abs=2e-4)
    assert 0.7 < best < 0.95


def test_who_only_adds_noise_gets_no_weight():
    rng = np.random.default_rng(0)
    good = rng.uniform(0.6, 1, 200)
    weights = fit_weights(np.array([good, good * 0.5]))
    assert weights[1] < 1e-6


def test_greedy_selection_takes_who_helps_as_often_as_it_helps():
    target = np.array([[0.75, 0.25]])
    said = [np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), np.array([[-9.0, 9.0]])]

    def near(mean):
        return (-float(np.abs(mean - target).sum()),)

    np.testing.assert_allclose(select_greedily(said, near), [0.75, 0.25, 0])


def test_greedy_selection_stops_at_the_best_mean_on_the_way():
    said = [np.array([[1.0]]), np.array([[0.0]])]
    weights = select_greedily(said, lambda mean: (float(mean[0, 0]),))
    np.testing.assert_array_equal(weights, [1, 0])
