"""The rules of Charte et al., against loops as the paper writes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LabelSet
from kerascls.data.multilabel_sampling import (
    added_rows,
    left_out_rows,
    rows_of_labels,
)
from kerascls.data.targets import Targets

LABELS = LabelSet(tuple("abcd"))
several = st.lists(st.sets(st.sampled_from("abc")).map(tuple), min_size=1, max_size=40)
numbers = st.integers(0, 60)
# 8, 3 and 1 rows of their own; a, b, c have 9, 4 and 2 in all.
SETS = [("a",)] * 8 + [("b",)] * 3 + [("c",)] + [("a", "b", "c")]


def targets_of(rows) -> Targets:
    return Targets.from_labels(rows, LABELS)


def as_lists(bags) -> list[list[int]]:
    return [bag.tolist() for bag in bags]


@given(several)
def test_each_label_has_its_rows(rows):
    found = rows_of_labels(targets_of(rows))
    expected = [[r for r, row in enumerate(rows) if name in row] for name in LABELS]
    assert as_lists(found) == expected


def test_rare_label_sets_get_the_same_but_none_more_than_the_mean():
    # The mean is 13 / 4: three sets are below it, one of them has no room.
    bags, added = added_rows(targets_of(SETS), "label_set", 3, seed=0)
    assert as_lists(bags) == [[8, 9, 10], [11], [12]]
    assert added.tolist() == [0, 1, 2]
    _, most = added_rows(targets_of(SETS), "label_set", 100, seed=0)
    assert most.tolist() == [0, 2, 2]


def test_frequent_label_sets_go_down_to_the_mean_at_most():
    bags, left_out = left_out_rows(targets_of(SETS), "label_set", 100)
    assert as_lists(bags) == [list(range(8))]
    assert left_out.tolist() == [8 - 4]
    assert left_out_rows(targets_of(SETS), "label_set", 2)[1].tolist() == [2]


def test_a_label_is_rare_whose_ratio_is_above_the_mean():
    # Ratios 1, 9 / 4 and 9 / 2, their mean 2.58: the third label alone.
    bags, added = added_rows(targets_of(SETS), "label", 1, seed=0)
    assert as_lists(bags) == [[11, 12]]
    assert added.tolist() == [1]


def test_a_label_that_is_no_longer_rare_gets_no_more_rows():
    rows = [("a",)] * 10 + [("b",)] * 5 + [("c",)] * 2
    bags, added = added_rows(targets_of(rows), "label", 100, seed=0)
    # The mean of 1, 2 and 5 is 2.67: 10 / 4 is below it, 10 / 3 is not.
    assert as_lists(bags) == [[15, 16]]
    assert added.tolist() == [2]


def test_rows_without_a_rare_label_are_left_out_half_of_them_at_most():
    bags, left_out = left_out_rows(targets_of(SETS), "label", 4)
    assert as_lists(bags) == [list(range(11))]
    assert left_out.tolist() == [4]
    assert left_out_rows(targets_of(SETS), "label", 100)[1].tolist() == [5]


@pytest.mark.parametrize(
    "rows",
    [
        [("a",)] * 3 + [()] * 30,
        [("a",), ("b",)] * 4,
        [("a", "b", "c")] * 9 + [("a",), ("b",), ("c",)] + [()] * 5,
        [()] * 8,
    ],
)
def test_where_no_label_is_rare_no_row_is_added_or_left_out(rows):
    targets = targets_of(rows)
    assert not added_rows(targets, "label", 5, seed=0)[1].sum()
    assert not left_out_rows(targets, "label", 5)[1].sum()


@given(several, numbers)
def test_rows_of_rare_labels_are_never_left_out(rows, number):
    targets = targets_of(rows)
    bags, left_out = left_out_rows(targets, "label", number)
    counts = targets.multi_hot().sum(axis=0)
    ratios = counts.max() / counts[counts > 0]
    rare = np.flatnonzero(counts)[ratios > ratios.mean()] if counts.any() else []
    taken_from = targets.take(np.concatenate([np.empty(0, int), *bags]))
    assert not set(rare) & set(taken_from.columns)
    assert len(rare) or not left_out.sum()


@given(several, numbers, st.sampled_from(["label", "label_set"]))
def test_no_more_rows_are_added_than_were_asked_for(rows, number, rule):
    bags, added = added_rows(targets_of(rows), rule, number, seed=0)
    assert len(bags) == len(added)
    assert (added >= 0).all()
    assert added.sum() <= number
    assert not added[[not len(bag) for bag in bags]].any()


@given(several, numbers, st.sampled_from(["label", "label_set"]))
def test_no_bag_goes_without_more_rows_than_it_has(rows, number, rule):
    bags, left_out = left_out_rows(targets_of(rows), rule, number)
    assert left_out.sum() <= number
    assert all(0 <= n <= len(bag) for bag, n in zip(bags, left_out, strict=True))
    every = np.concatenate([np.empty(0, int), *bags])
    assert len(set(every)) == len(every)


def test_rows_without_any_label_are_safe():
    targets = targets_of([(), (), ()])
    for rule in ("label", "label_set"):
        assert not added_rows(targets, rule, 5, seed=0)[1].sum()
        assert not left_out_rows(targets, rule, 5)[1].sum()
