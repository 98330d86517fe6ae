import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import confusion_matrix

from kerascls.data.labels import Task
from kerascls.evaluation.reports.pairs import (
    co_occurrences,
    confusion_counts,
    count_pairs,
    error_pairs,
    largest_pairs,
    most_involved,
)

LABELS = ("a", "b", "c")


@given(
    arrays(
        np.int64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.integers(0, 2)
    )
)
def test_confusion_equals_scikit_learn(pairs):
    true, given_ones = pairs.T
    one_hot = np.eye(3, dtype=bool)
    counts = count_pairs(one_hot[true], one_hot[given_ones])
    assert (
        counts.tolist() == confusion_matrix(true, given_ones, labels=range(3)).tolist()
    )


def test_a_row_without_answer_is_in_no_column(make_scored):
    chosen = [[0, 1, 0], [0, 0, 0]]
    scored = make_scored(np.eye(3)[:2], chosen, chosen, LABELS, Task.MULTICLASS)
    assert confusion_counts(scored).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_an_error_pair_needs_a_missed_and_a_wrong_label_in_one_row(make_scored):
    targets = [[1, 0, 0], [1, 0, 0], [1, 1, 0], [1, 0, 1]]
    chosen = [[0, 1, 0], [1, 1, 0], [1, 0, 0], [0, 1, 1]]
    counts = error_pairs(make_scored(targets, chosen, chosen, LABELS))
    assert counts.tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 0]]


def test_the_support_is_on_the_diagonal_of_co_occurrences():
    targets = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0]], bool)
    assert co_occurrences(targets).tolist() == [[3, 2, 0], [2, 2, 0], [0, 0, 0]]


def test_many_rows_are_counted_in_parts():
    ones = np.ones((20_000, 1), bool)
    assert count_pairs(ones, ones) == pytest.approx(20_000)


def test_the_most_involved_labels_keep_their_order():
    counts = np.array([[9, 1, 0, 0], [0, 9, 0, 4], [0, 0, 99, 0], [0, 0, 0, 0]])
    assert most_involved(counts, 2).tolist() == [1, 3]
    assert most_involved(counts, 9).tolist() == [0, 1, 2, 3]


def test_of_too_many_labels_those_without_pairs_are_left_out():
    counts = np.array([[9, 1, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0], [0, 0, 0, 9]])
    assert most_involved(counts, 3).tolist() == [0, 1]
    assert most_involved(np.eye(4, dtype=int), 3).tolist() == [0, 1, 2]


def test_the_largest_pairs_come_first_and_none_is_empty():
    counts = np.array([[9, 1, 0], [3, 9, 0], [0, 0, 9]])
    assert largest_pairs(counts, 5) == [(1, 0, 3), (0, 1, 1)]
    assert largest_pairs(counts, 1) == [(1, 0, 3)]
