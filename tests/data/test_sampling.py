"""Samplers: rows of train alone, as many as promised, the same for a seed and epoch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LabelSet, Task
from kerascls.data.sampling import (
    MOST_TIMES,
    balanced_sampler,
    oversampler,
    undersampler,
)
from kerascls.data.targets import Targets
from kerascls.errors import SettingsError

pytest.importorskip("imblearn.over_sampling")
pytest.importorskip("imblearn.under_sampling")
LABELS = LabelSet(tuple("abcd"))
single = st.lists(st.sampled_from("abc").map(lambda name: (name,)), min_size=1)
several = st.lists(st.lists(st.sampled_from("abc"), max_size=3), min_size=1)
rules = st.sampled_from(["label", "label_set"])
shares = st.sampled_from([0.1, 0.5, 1.0, 3.0])
seeds = st.integers(0, 2**32)
SKEWED = [("a",)] * 40 + [("b",)] * 8 + [("c",)] * 2
SKEWED_SETS = [("a",)] * 30 + [("a", "b")] * 8 + [("b",)] * 4 + [("a", "c")] * 2 + [()]


def targets_of(rows) -> Targets:
    return Targets.from_labels(rows, LABELS)


def counts(targets, rows) -> np.ndarray:
    return targets.take(rows).multi_hot().sum(axis=0)


def check_rows(sampler, targets, epoch) -> np.ndarray:
    """Checks what is true of all samplers; returns the rows of the epoch."""
    rows = sampler.rows(epoch)
    assert rows.dtype == np.int64
    assert len(rows) == sampler.num_rows == len(sampler.rows(epoch + 1))
    assert (rows >= 0).all()
    assert (rows < len(targets)).all()
    np.testing.assert_array_equal(rows, sampler.rows(epoch))
    return rows


@given(single, seeds, st.integers(0, 9))
def test_oversampling_makes_all_classes_as_frequent_as_the_most_frequent(
    rows, seed, epoch
):
    targets = targets_of(rows)
    before = counts(targets, np.arange(len(rows)))
    drawn = check_rows(oversampler(targets, Task.MULTICLASS, seed), targets, epoch)
    assert set(drawn) == set(range(len(rows)))
    expected = np.where(before, before.max(), 0)
    np.testing.assert_array_equal(counts(targets, drawn), expected)


@given(single, seeds, st.integers(0, 9))
def test_undersampling_makes_all_classes_as_frequent_as_the_rarest(rows, seed, epoch):
    targets = targets_of(rows)
    before = counts(targets, np.arange(len(rows)))
    drawn = check_rows(undersampler(targets, Task.MULTICLASS, seed), targets, epoch)
    assert len(set(drawn)) == len(drawn)
    expected = np.where(before, before[before > 0].min(), 0)
    np.testing.assert_array_equal(counts(targets, drawn), expected)


@given(several, seeds, st.integers(0, 9), rules, shares)
def test_oversampling_of_sets_keeps_every_row_and_no_label_falls(
    rows, seed, epoch, rule, share
):
    targets = targets_of(rows)
    options = {"sampling_rule": rule, "sampling_share": share}
    sampler = oversampler(targets, Task.MULTILABEL, seed, **options)
    drawn = check_rows(sampler, targets, epoch)
    assert drawn[: len(rows)].tolist() == list(range(len(rows)))
    assert len(drawn) <= (1 + share) * len(rows)
    every = np.arange(len(rows))
    assert (counts(targets, drawn) >= counts(targets, every)).all()


@given(several, seeds, st.integers(0, 9), rules, shares)
def test_undersampling_of_sets_draws_no_row_twice(rows, seed, epoch, rule, share):
    targets = targets_of(rows)
    options = {"sampling_rule": rule, "sampling_share": share}
    sampler = undersampler(targets, Task.MULTILABEL, seed, **options)
    drawn = check_rows(sampler, targets, epoch)
    assert len(set(drawn)) == len(drawn)
    assert len(drawn) >= (1 - share) * len(rows)


@given(several, seeds, st.integers(0, 9), st.floats(0, 1))
def test_balanced_batches_have_as_many_rows_and_as_many_without_a_label(
    rows, seed, epoch, power
):
    targets = targets_of(rows)
    sampler = balanced_sampler(targets, Task.MULTILABEL, seed, balance_power=power)
    drawn = check_rows(sampler, targets, epoch)
    assert len(drawn) == len(rows)
    blank = [not row for row in rows]
    assert np.array(blank)[drawn].sum() == sum(blank)


@given(single, seeds)
def test_balanced_classes_differ_by_a_row_at_most(rows, seed):
    targets = targets_of(rows)
    drawn = balanced_sampler(targets, Task.MULTICLASS, seed).rows(0)
    found = counts(targets, drawn)[counts(targets, np.arange(len(rows))) > 0]
    assert found.max() - found.min() <= 1


@pytest.mark.parametrize(
    ("power", "expected"), [(0, [40, 8, 2]), (0.5, [30, 13, 7]), (1, [17, 17, 17])]
)
def test_classes_are_drawn_by_a_power_of_their_rows(power, expected):
    targets = targets_of(SKEWED)
    sampler = balanced_sampler(targets, Task.MULTICLASS, 0, balance_power=power)
    drawn = [counts(targets, sampler.rows(epoch))[:3] for epoch in range(20)]
    np.testing.assert_allclose(np.mean(drawn, axis=0), expected, atol=1.5)


def test_each_label_is_drawn_alike_and_brings_the_other_labels_of_its_rows():
    targets = targets_of(SKEWED_SETS)
    sampler = balanced_sampler(targets, Task.MULTILABEL, 0)
    rare = np.mean([counts(targets, sampler.rows(e))[2] for e in range(50)])
    # A third of the draws, and of those for `a` the 2 of 40 rows that have `c` too.
    assert rare == pytest.approx((len(SKEWED_SETS) - 1) / 3 * (1 + 2 / 40), rel=0.05)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.MULTILABEL])
@pytest.mark.parametrize("make", [oversampler, undersampler, balanced_sampler])
def test_another_epoch_or_seed_draws_other_rows(make, task):
    targets = targets_of(SKEWED if task is Task.MULTICLASS else SKEWED_SETS)
    drawn = [
        [np.sort(make(targets, task, seed).rows(epoch)).tolist() for epoch in range(5)]
        for seed in (3, 4)
    ]
    assert drawn[0] != drawn[1]
    assert drawn[0] != drawn[0][:1] * 5


def test_an_epoch_of_many_times_the_rows_is_refused_with_what_is_as_balanced():
    names = [f"{n:02}" for n in range(30)]
    rows = [("00",)] * 300 + [(name,) for name in names[1:]]
    targets = Targets.from_labels(rows, LabelSet(tuple(names)))
    expected = (
        "at most 10 times.*each of 30 labels 300 rows, in all 9,000 for 329. "
        "Choose --imbalance balanced_batches"
    )
    with pytest.raises(SettingsError, match=expected):
        oversampler(targets, Task.MULTICLASS, 0)
    cure = balanced_sampler(targets, Task.MULTICLASS, 0)
    assert cure.num_rows == 329
    found = targets.take(cure.rows(0)).multi_hot().sum(axis=0)
    assert found.max() - found.min() <= 1


@given(st.lists(st.integers(1, 500), min_size=2, max_size=40))
def test_classes_are_drawn_up_to_the_most_frequent_or_refused(sizes):
    names = tuple(f"{n:02}" for n in range(len(sizes)))
    pairs = zip(names, sizes, strict=True)
    rows = [(name,) for name, size in pairs for _ in range(size)]
    targets = Targets.from_labels(rows, LabelSet(names))
    wanted = len(sizes) * max(sizes)
    if wanted > MOST_TIMES * sum(sizes):
        with pytest.raises(SettingsError, match=f"in all {wanted:,} for"):
            oversampler(targets, Task.MULTICLASS, 0)
    else:
        assert oversampler(targets, Task.MULTICLASS, 0).num_rows == wanted


def test_over_epochs_undersampling_leaves_no_row_out():
    targets = targets_of(SKEWED)
    sampler = undersampler(targets, Task.MULTICLASS, 0)
    seen = {row for epoch in range(200) for row in sampler.rows(epoch).tolist()}
    assert seen == set(range(len(SKEWED)))


@pytest.mark.parametrize("make", [oversampler, undersampler, balanced_sampler])
def test_a_label_without_a_row_changes_nothing(make):
    rows = [row for row in SKEWED_SETS if "b" not in row]  # nor has any row a `d`
    targets = targets_of(rows)
    check_rows(make(targets, Task.MULTILABEL, 0), targets, 0)
    targets = targets_of([row[-1:] for row in rows if row])
    check_rows(make(targets, Task.MULTICLASS, 0), targets, 0)


def test_classes_that_are_alike_are_drawn_as_they_are():
    targets = targets_of([("a",), ("c",), ("c",), ("a",)])
    for make in (oversampler, undersampler):
        assert make(targets, Task.MULTICLASS, 0).rows(3).tolist() == [0, 1, 2, 3]
