"""Rows moved between parts: sizes come right, labels stay where they are needed."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.splits.rebalancing import Dealt, even_out, fill_empty_parts

SHARES = np.array([0.7, 0.15, 0.15])
LABELS = st.lists(st.lists(st.sampled_from("abc"), max_size=2).map(tuple), min_size=1)


def dealt_at_random(labels, seed, shares=SHARES):
    part_of = np.random.default_rng(seed).integers(0, len(shares), len(labels))
    return Dealt(labels, part_of, shares)


def counts_of(dealt, labels):
    return Counter(
        name for row in np.flatnonzero(dealt.part_of == 0) for name in set(labels[row])
    )


@given(LABELS, st.integers(0, 99))
def test_sizes_stay_those_of_the_parts(labels, seed):
    dealt = dealt_at_random(labels, seed)
    even_out(dealt)
    fill_empty_parts(dealt)
    assert dealt.sizes.tolist() == np.bincount(dealt.part_of, minlength=3).tolist()


@given(st.integers(1, 60), st.integers(0, 99))
def test_rows_without_labels_are_moved_until_every_size_is_right(num_rows, seed):
    dealt = dealt_at_random([()] * num_rows, seed)
    even_out(dealt)
    assert np.abs(dealt.sizes - SHARES * num_rows).max() < 1


@given(LABELS, st.integers(0, 99))
def test_evening_out_takes_no_label_from_the_first_part(labels, seed):
    dealt = dealt_at_random(labels, seed)
    before = counts_of(dealt, labels)
    even_out(dealt)
    assert before.keys() <= counts_of(dealt, labels).keys()


def test_the_row_with_most_to_gain_is_moved():
    labels = [("a",), ("a",), ("b",), ("b",)]
    dealt = Dealt(labels, np.array([0, 0, 0, 1]), np.array([0.5, 0.5]))
    assert dealt.move(0, 1)
    assert dealt.part_of[:2].sum() == 1, "b is in the second part, a was not"
    assert dealt.sizes.tolist() == [2, 2]


def test_the_last_row_of_a_label_leaves_the_first_part_only_if_it_may():
    dealt = Dealt([("a",)], np.array([0]), np.array([0.5, 0.5]))
    assert not dealt.move(0, 1)
    assert dealt.part_of.tolist() == [0]
    assert dealt.move(0, 1, keep_labels=False)
    assert dealt.part_of.tolist() == [1]


def test_from_an_empty_part_nothing_is_moved():
    dealt = Dealt([()], np.array([0]), np.array([0.5, 0.5]))
    assert not dealt.move(1, 0)


@given(st.lists(st.sampled_from([("a",), ("b",), ()]), min_size=3))
def test_no_part_stays_empty_where_there_are_rows_enough(labels):
    dealt = Dealt(labels, np.zeros(len(labels), np.int64), SHARES)
    fill_empty_parts(dealt)
    assert dealt.sizes.min() >= 1


def test_with_fewer_rows_than_parts_nothing_is_moved():
    dealt = Dealt([("a",), ("a",)], np.array([0, 0]), SHARES)
    fill_empty_parts(dealt)
    assert dealt.sizes.tolist() == [2, 0, 0]
