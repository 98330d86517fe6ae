"""Differences of models over rows and seeds: what is called real, and how often."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaderboard_cases import decisions, truth

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.comparison import (
    compare_means,
    compare_models,
    holm,
)
from kerascls.evaluation.metrics.resampling import HEADLINE
from kerascls.evaluation.metrics.scores import score

TARGETS = truth(200)


def model(right, seeds=3, first=0):
    return [decisions(TARGETS, right, first + seed) for seed in range(seeds)]


def p_values_of_equals(seeds, spread, cases=150, rows=150):
    """P-values of two models of one kind; their quality varies with the seed."""
    found = []
    for case in range(cases):
        random = np.random.default_rng(case)
        targets, hard = truth(rows, case), random.normal(0, 0.2, rows)
        models = [
            [
                decisions(
                    targets,
                    0.8 + spread * random.normal(),
                    1000 * case + 10 * m + s,
                    hard,
                )
                for s in range(seeds)
            ]
            for m in range(2)
        ]
        [one] = compare_models(targets, models, score="accuracy", resamples=64)
        found.append(one.p)
    return np.array(found)


@pytest.mark.parametrize(("seeds", "spread"), [(1, 0.0), (3, 0.0), (3, 0.1)])
def test_equal_models_get_p_values_that_are_nearly_uniform(seeds, spread):
    p = p_values_of_equals(seeds, spread)
    assert 0.005 <= (p < 0.05).mean() <= 0.1
    assert 0.35 <= (p < 0.5).mean() <= 0.6


def test_a_model_that_is_better_is_found():
    [one] = compare_models(TARGETS, [model(0.6), model(0.9, first=50)])
    assert one.difference > 0.2 and one.p < 0.001
    assert one.low < one.difference < one.high and one.low > 0


def test_seeds_that_differ_much_leave_doubt_that_rows_alone_do_not():
    a = [decisions(TARGETS, right, n) for n, right in enumerate((0.5, 0.7, 0.9))]
    b = [decisions(TARGETS, right, 9 + n) for n, right in enumerate((0.6, 0.8, 0.95))]
    [seeds] = compare_models(TARGETS, [a, b])
    [alone] = compare_models(TARGETS, [a[:1], b[:1]])
    assert alone.p < 0.05 < seeds.p


def test_what_rows_add_to_the_differences_between_seeds_counts_once():
    seeds, right = 60, 0.8
    models = [model(right, seeds, first) for first in (0, 1000)]
    [one] = compare_models(TARGETS, models, score="accuracy", resamples=300)
    error = (one.high - one.low) / 2 / 1.96
    # All seeds are equally good: there is chance of rows alone.
    expected = 2 * right * (1 - right) / len(TARGETS) / seeds
    assert error**2 == pytest.approx(expected, rel=0.4)


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("name", HEADLINE)
def test_identical_models_never_differ(seeds, name):
    one = model(0.7, seeds)
    [found] = compare_models(TARGETS, [one, one[::-1]], score=name, resamples=50)
    assert found.difference == pytest.approx(0)
    assert (found.p, found.corrected_p) == (1, 1)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 3))
def test_the_order_of_models_changes_signs_alone(seed, seeds_a, seeds_b):
    random = np.random.default_rng(seed)
    targets = random.random((12, 3)) < 0.5
    a, b = (
        [random.random((12, 3)) < 0.5 for _ in range(n)] for n in (seeds_a, seeds_b)
    )
    [one] = compare_models(targets, [a, b], resamples=30)
    [other] = compare_models(targets, [b, a], resamples=30)
    assert other.difference == pytest.approx(-one.difference)
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
    assert other.p == pytest.approx(one.p)
    assert 0 <= one.p <= one.corrected_p <= 1


def test_the_difference_is_that_of_mean_scores():
    a, b = model(0.6), model(0.8, 2, 50)

    def mean(seeds):
        return np.mean([score(TARGETS, one, ("a", "b", "c")).macro.f1 for one in seeds])

    [one] = compare_models(TARGETS, [a, b], resamples=20)
    assert one.difference == pytest.approx(mean(b) - mean(a))


def test_three_rows_prove_nothing():
    rows = np.eye(3, dtype=bool)
    [one] = compare_models(rows, [[rows], [np.roll(rows, 1, axis=1)]])
    assert abs(one.difference) == 1
    assert one.p >= 0.25  # all three on one side


def test_all_pairs_are_tested_and_corrected_together():
    models = [model(right, first=20 * n) for n, right in enumerate((0.5, 0.7, 0.72))]
    found = compare_models(TARGETS, models, resamples=50)
    assert [(one.a, one.b) for one in found] == [*combinations(range(3), 2)]
    assert [one.corrected_p for one in found] == holm([one.p for one in found])


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        # p.adjust(p, "holm") of R and multipletests(p, method="holm") of statsmodels
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        ([0.0002, 0.5, 0.01, 0.9], [0.0008, 1.0, 0.03, 1.0]),
        ([0.2], [0.2]),
        ([], []),
    ],
)
def test_holm_is_that_of_known_examples(p, expected):
    assert holm(p) == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_keeps_the_order_and_only_raises(p):
    corrected = holm(p)
    assert all(after >= before for before, after in zip(p, corrected, strict=True))
    assert max(corrected, default=0) <= 1
    for (p_a, a), (p_b, b) in combinations(zip(p, corrected, strict=True), 2):
        assert (a <= b) if p_a < p_b else (a >= b) if p_a > p_b else a == b


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.01, 0.5))
def test_holm_rejects_what_stepping_down_rejects(p, level):
    kept = sorted(p)
    steps = [value * (len(p) - place) < level for place, value in enumerate(kept)]
    rejected = steps.index(False) if False in steps else len(p)
    assert sum(value < level for value in holm(p)) == rejected


@pytest.mark.parametrize(
    "options", [{"resamples": 1}, {"level": 1.0}, {"decisions": [[TARGETS], []]}]
)
def test_what_cannot_be_tested_is_refused(options):
    options = {"decisions": [[TARGETS], [TARGETS]]} | options
    with pytest.raises(SettingsError, match="two resamples, a level.*runs="):
        compare_models(TARGETS, **options)


def test_an_unknown_score_is_refused_with_those_there_are():
    with pytest.raises(SettingsError, match="macro_f1"):
        compare_models(TARGETS, [[TARGETS], [TARGETS]], score="f1")


def test_means_of_rows_are_compared_as_the_accuracy_is():
    models = [model(0.9), model(0.8, first=10)]
    right = [[(one == TARGETS).all(axis=1).astype(float) for one in m] for m in models]
    [by_decisions] = compare_models(TARGETS, models, score="accuracy", resamples=64)
    [by_means] = compare_means(right, resamples=64)
    for name in ("difference", "low", "high", "p"):
        wanted = getattr(by_decisions, name)
        assert getattr(by_means, name) == pytest.approx(wanted, rel=1e-3), name
