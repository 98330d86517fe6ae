"""Rows that are chosen differ, are chosen once, and are the same for the same seed."""

import numpy as np
import pytest

from kerascls.auditing.annotation.diversity import (
    CANDIDATES,
    DIVERSITIES,
    MOST_CANDIDATES,
    Candidates,
    choose,
    num_candidates,
)
from kerascls.auditing.annotation.vectors import Dense
from kerascls.data.labels import Task

# Three heaps; the first one has the largest scores.
HEAPS = np.repeat(np.float32([[0, 0], [10, 0], [0, 20]]), 4, axis=0)
SPREAD = np.random.default_rng(0).normal(scale=0.01, size=HEAPS.shape)
HEAP_OF = np.repeat([0, 1, 2], 4)
WAYS = {name: one for name, one in DIVERSITIES.items() if one is not None}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def candidates(probabilities=None, task=Task.MULTILABEL):
    if probabilities is None:
        probabilities = np.full((len(HEAPS), 2), 0.4, np.float32)
    scores = np.linspace(1, 0.5, len(probabilities))
    return Candidates(scores, probabilities, np.ones(2), task)


def chosen(way, n, vectors=None, seed=0):
    vectors = Dense(HEAPS + SPREAD if vectors is None else vectors)
    return choose(candidates(), vectors, n, way, seed)


@every_way
def test_the_first_three_come_from_three_heaps(way):
    vectors = HEAPS + SPREAD + np.float32([1, 1])  # gradients of 0 are 0
    rows, distances = chosen(way, 3, vectors)
    assert rows[0] == 0
    assert set(HEAP_OF[rows]) == {0, 1, 2}
    assert np.isnan(distances[0]) and (distances[1:] > 1).all()


@every_way
@pytest.mark.parametrize("same", [False, True])
def test_all_rows_are_chosen_once(way, same):
    vectors = np.ones_like(HEAPS) if same else HEAPS
    rows, _ = chosen(way, len(HEAPS), vectors)
    assert sorted(rows) == list(range(len(HEAPS)))


@every_way
def test_a_seed_gives_the_same_rows(way):
    rows = [chosen(way, 8, seed=seed)[0].tolist() for seed in (3, 3)]
    assert rows[0] == rows[1]


def test_what_is_drawn_depends_on_the_seed():
    way = DIVERSITIES["k-means++"]
    assert len({tuple(chosen(way, 8, seed=seed)[0]) for seed in range(5)}) > 1


def test_of_equal_rows_the_larger_score_comes_first():
    rows, _ = chosen(DIVERSITIES["k-center"], 4, np.ones_like(HEAPS))
    assert rows.tolist() == [0, 1, 2, 3]


def test_the_farthest_row_is_next():
    line = np.float32([[0, 0], [1, 0], [9, 0], [5, 0]] + [[0, 0]] * 8)
    rows, distances = chosen(DIVERSITIES["k-center"], 4, line)
    assert rows.tolist() == [0, 2, 3, 1]
    assert distances[1:].tolist() == [9, 4, 1]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (Task.MULTILABEL, [[-0.1, 0.2], [0.4, -0.3]]),
        (Task.MULTICLASS, [[-0.1, 0.2], [0.4, -0.3]]),
    ],
)
def test_residuals_are_as_if_the_likeliest_were_true(task, expected):
    probabilities = np.float32([[0.9, 0.2], [0.4, 0.7]])
    found = candidates(probabilities, task).residuals
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_of_several_below_one_half_only_a_class_is_likeliest():
    probabilities = np.float32([[0.3, 0.4]])
    sums = [
        candidates(probabilities, task).residuals.sum().round(3)
        for task in (Task.MULTILABEL, Task.MULTICLASS)
    ]
    assert sums == pytest.approx([0.7, -0.3])


def test_candidates_are_some_for_each_row_and_bounded():
    assert num_candidates(7, "none") == 7
    assert num_candidates(7, "badge") == 7 * CANDIDATES
    assert num_candidates(MOST_CANDIDATES // 2, "badge") == MOST_CANDIDATES
    assert num_candidates(2 * MOST_CANDIDATES, "badge") == 2 * MOST_CANDIDATES
