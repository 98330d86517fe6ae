"""Sparse rows of labels become the table a naive loop would make."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LabelSet, Task
from kerascls.data.targets import Targets, rescaled
from kerascls.errors import DataError

LABELS = LabelSet(tuple("abcd"))
rows_of_labels = st.lists(st.lists(st.sampled_from("abcd"), max_size=5), min_size=1)


def naive(rows):
    return [[float(name in row) for name in LABELS] for row in rows]


@given(rows_of_labels, st.data())
def test_dense_equals_a_naive_loop(rows, data):
    targets = Targets.from_labels(rows, LABELS)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    dense = targets.dense(np.array(chosen, int))
    assert dense.dtype == np.float32
    assert dense.shape == (len(chosen), 4)
    assert dense.tolist() == naive([rows[index] for index in chosen])


@given(rows_of_labels, st.data())
def test_some_rows_are_taken_in_any_order_and_repeated(rows, data):
    targets = Targets.from_labels(rows, LABELS)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    taken = targets.take(np.array(chosen, int))
    assert len(taken) == len(chosen)
    every = np.arange(len(chosen))
    assert taken.dense(every).tolist() == naive([rows[index] for index in chosen])


@given(rows_of_labels)
def test_multi_hot_has_all_rows_as_bool(rows):
    found = Targets.from_labels(rows, LABELS).multi_hot()
    assert found.dtype == np.bool_
    assert found.tolist() == naive(rows)


def test_weights_are_kept():
    targets = Targets(
        offsets=np.array([0, 2, 2, 3]),
        columns=np.array([2, 0, 1], np.int32),
        weights=np.array([0.25, 0.75, 0.5], np.float32),
        num_classes=3,
    )
    assert targets.dense([2, 1, 0]).tolist() == [
        [0, 0.5, 0],
        [0, 0, 0],
        [0.75, 0, 0.25],
    ]


def test_an_unknown_label_is_a_data_error():
    with pytest.raises(DataError, match="label='z'"):
        Targets.from_labels([["a"], ["z"]], LABELS)


def test_labels_have_the_weights_that_are_given_beside_them():
    label_set = LabelSet(("a", "b", "c"))
    rows, weights = [("c", "a"), ("b",)], [(0.75, 0.25), (1.0,)]
    targets = Targets.from_labels(rows, label_set, weights)
    assert targets.all_dense().tolist() == [[0.25, 0, 0.75], [0, 1, 0]]
    assert targets.mean_weights().tolist() == [0.125, 0.5, 0.375]
    assert targets.for_task(Task.DISTRIBUTION).dtype == np.float32
    assert targets.for_task(Task.MULTILABEL).dtype == np.bool_


def test_shares_of_known_labels_are_scaled_to_one():
    scaled = rescaled(np.float32([[0.25, 0.25], [1, 0]]))
    assert scaled.tolist() == [[0.5, 0.5], [1, 0]]
