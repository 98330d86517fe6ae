"""Distances of distributions, against scipy and by their own rules."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.errors import NotFiniteError, SettingsError
from kerascls.evaluation.metrics.distributions import (
    LEAST,
    MEASURES,
    compared_means,
    distances,
    mass_rows,
    mean_intervals,
    row_distances,
    task_scores,
)
from kerascls.settings.training import DISTANCES, is_smaller_better

COUNTS = st.sampled_from([0, 0, 1, 2, 7, 1000]) | st.floats(0.001, 10)


@st.composite
def pairs(draw):
    """True and predicted distributions of some rows, zeros in both."""
    shape = draw(st.tuples(st.integers(1, 8), st.integers(1, 5)))
    both = []
    for _ in range(2):
        counts = draw(hnp.arrays(np.float64, shape, elements=COUNTS))
        counts[np.arange(shape[0]), draw(st.integers(0, shape[1] - 1))] += 1
        both.append(counts / counts.sum(axis=1, keepdims=True))
    return both


def test_each_distance_of_the_settings_has_a_measure():
    assert list(MEASURES) == list(DISTANCES)


@given(pairs())
def test_distances_are_those_of_scipy(both):
    distance = pytest.importorskip("scipy.spatial.distance")
    from scipy.special import rel_entr

    truth, predicted = both
    found = row_distances(truth, predicted)
    for row, (t, p) in enumerate(zip(truth, predicted, strict=True)):
        wanted = {
            "kl": rel_entr(t, np.maximum(p, LEAST)).sum(),
            "jensen_shannon": distance.jensenshannon(t, p) ** 2,
            "cosine": 1 - distance.cosine(t, p),
            "chebyshev": distance.chebyshev(t, p),
            "canberra": distance.canberra(t, p),
        }
        for name, value in wanted.items():
            assert found[name][row] == pytest.approx(max(value, 0), abs=1e-7), name


@given(pairs())
def test_equal_distributions_are_as_near_as_can_be(both):
    truth, _ = both
    nearest = {name: 0.0 if is_smaller_better(name) else 1.0 for name in MEASURES}
    assert distances(truth, truth) == pytest.approx(nearest, abs=1e-9)


@given(pairs())
def test_distances_stay_within_their_bounds(both):
    found, width = row_distances(*both), both[0].shape[1]
    bounds = {
        "kl": -log(LEAST),
        "jensen_shannon": log(2),
        "clark": width**0.5,
        "canberra": width,
    }
    for name, values in found.items():
        assert values.min() >= 0
        assert values.max() <= bounds.get(name, 1) + 1e-9, name


@given(pairs())
def test_the_order_of_labels_and_labels_nobody_has_change_nothing(both):
    found = distances(*both)
    turned = [np.pad(one[:, ::-1], [(0, 0), (0, 2)]) for one in both]
    again = distances(*turned)
    assert {n: v for n, v in again.items() if n != "top_1"} == pytest.approx(
        {n: v for n, v in found.items() if n != "top_1"}
    )


def test_a_label_that_training_lacked_costs_what_the_least_share_does():
    truth, predicted = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    found = distances(truth, predicted)
    assert found["kl"] == pytest.approx(-log(LEAST))
    assert found["jensen_shannon"] == pytest.approx(log(2))
    assert found["canberra"] == 2
    assert found["top_1"] == 0


def test_any_label_of_the_largest_share_is_the_top_one():
    truth = np.array([[0.4, 0.4, 0.2]] * 3)
    predicted = np.array([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]])
    assert row_distances(truth, predicted)["top_1"].tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("truth", "predicted", "told"),
    [
        ([[1.0, 0.0]], [[1.0]], "one shape"),
        ([[0.5, 0.4]], [[0.5, 0.5]], r"truth\[0\] with the sum 0.9"),
        ([[0.5, 0.5]], [[0.5, 0.5], [1, 1]], "one shape"),
        ([[0.5, 0.5]], [[1.5, -0.5]], "least share -0.5"),
    ],
)
def test_what_is_no_distribution_is_refused(truth, predicted, told):
    with pytest.raises(SettingsError, match=told):
        distances(np.array(truth), np.array(predicted))


def test_what_is_not_finite_is_refused():
    with pytest.raises(NotFiniteError, match="1 of 2 cells"):
        distances(np.array([[0.5, 0.5]]), np.array([[np.nan, 0.5]]))


def test_scores_of_a_distribution_are_of_labels_with_a_share_and_of_distances():
    truth = np.float32([[0.5, 0.5, 0], [0, 0, 1]])
    predicted = np.float32([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    chosen = Rule("cumulative", mass=0.8).apply(predicted)
    scores = task_scores(Task.DISTRIBUTION, truth, predicted, chosen, "abc")
    assert scores.support.tolist() == [1, 1, 1]
    assert scores.accuracy == 1
    assert scores.distances == distances(truth, predicted)
    plain = task_scores(Task.MULTILABEL, truth > 0, predicted, chosen, "abc")
    assert plain.distances is None


def test_means_are_compared_row_by_row():
    random = np.random.default_rng(0)
    hard = random.normal(0, 5, 300)  # in common, so it drops out
    a, b = {"kl": hard + random.normal(0, 0.1, 300)}, {"kl": hard - 1}
    one = compared_means(a, b)["kl"]
    assert one.low < one.difference < one.high
    assert -1.05 < one.low < one.high < -0.95
    assert one.difference == pytest.approx(one.b - one.a)
    assert one.p < 0.01
    same = compared_means(a, a)["kl"]
    assert (same.difference, same.low, same.high, same.p) == (0, 0, 0, 1)


def test_intervals_hold_the_mean():
    values = {"kl": np.random.default_rng(0).normal(3, 1, 400)}
    low, high = mean_intervals(values)["kl"]
    assert low < values["kl"].mean() < high
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.2)


@given(pairs())
def test_the_larger_the_mass_the_less_is_missed(both):
    rows = mass_rows(*both)
    assert [row.mass for row in rows][:2] == [0.5, 0.55]
    assert rows[-1].mass == 0.99
    for name in ("missed_mass", "missed_top", "expected_mass"):
        values = [getattr(row, name) for row in rows]
        assert values == sorted(values, reverse=True)
    for row in rows:
        assert row.expected_mass <= 1 - row.mass + 1e-6


def test_missed_mass_is_the_true_share_of_labels_not_given():
    truth = np.array([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8]])
    predicted = np.array([[0.7, 0.2, 0.1], [0.7, 0.2, 0.1]])
    first = mass_rows(truth, predicted)[0]
    assert (first.labels, first.missed_top) == (1, 0.5)
    assert first.missed_mass == pytest.approx((0.4 + 0.9) / 2)
    assert first.expected_mass == pytest.approx(0.3)
