"""Weighted scores are what `score` says of rows repeated as often as they weigh."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metrics_cases import decisions

from kerascls.evaluation.metrics import resampling
from kerascls.evaluation.metrics.resampling import (
    HEADLINE,
    resampled_weights,
    weighted_scores,
)
from kerascls.evaluation.metrics.scores import score


@pytest.mark.parametrize("resamples", [1, 64, 65, 130])
def test_every_resample_draws_as_many_rows_as_there_are(resamples):
    blocks = list(resampled_weights(7, resamples, seed=1))
    weights = np.concatenate(blocks)
    assert weights.shape == (resamples, 7) and weights.dtype == np.float32
    assert (weights.sum(axis=1) == 7).all()
    assert max(map(len, blocks)) <= 64


def test_the_seed_alone_decides_what_is_drawn():
    first, again, other = (
        np.concatenate(list(resampled_weights(50, 3, seed))) for seed in (4, 4, 5)
    )
    assert (first == again).all() and (first != other).any()


def test_rows_are_drawn_alike():
    weights = np.concatenate(list(resampled_weights(10, 4000, seed=0)))
    # Counts are Binomial(10, 1/10): variance 0.9, so the error of a mean is 0.015.
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.08)
    np.testing.assert_allclose(weights.var(axis=0), 0.9, atol=0.12)


@given(decisions(3), st.integers(0, 9))
@settings(max_examples=60)
def test_scores_are_those_of_the_repeated_rows(arrays, seed):
    targets, *chosen = arrays
    blocks = list(resampled_weights(len(targets), 3, seed))
    labels = [str(column) for column in range(targets.shape[1])]
    for decision, found in zip(
        chosen, weighted_scores(targets, chosen, blocks), strict=True
    ):
        for row, weights in enumerate(np.concatenate(blocks)):
            times = weights.astype(int)
            drawn = (np.repeat(cells, times, axis=0) for cells in (targets, decision))
            expected = score(*drawn, labels)
            averages = (expected.micro.f1, expected.macro.f1, expected.weighted.f1)
            np.testing.assert_allclose(
                found.scores[row],
                [expected.accuracy, *averages, *expected.f1],
                atol=1e-12,
            )
            assert found.present[row, : len(HEADLINE)].all()
            np.testing.assert_array_equal(
                found.present[row, len(HEADLINE) :], expected.present
            )


def test_a_missing_class_has_no_value():
    targets = np.array([[True, False]])
    (found,) = weighted_scores(targets, [targets], [np.ones((1, 1), np.float32)])
    np.testing.assert_array_equal(found.values[0], [1, 1, 1, 1, 1, np.nan])


def test_blocks_of_rows_add_up(monkeypatch):
    random = np.random.default_rng(0)
    targets, chosen = random.random((2, 100, 3)) < 0.4
    weights = list(resampled_weights(100, 5, seed=2))
    (whole,) = weighted_scores(targets, [chosen], weights)
    monkeypatch.setattr(resampling, "_CELLS_AT_ONCE", 21)  # 7 rows
    (blocks,) = weighted_scores(targets, [chosen], weights)
    np.testing.assert_array_equal(whole.scores, blocks.scores)
