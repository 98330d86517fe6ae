"""Batches hold every row once, in a fixed order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.errors import SettingsError
from kerascls.preprocessing.batches import (
    bucket,
    in_length_order,
    prediction_batches,
    training_batches,
)


def test_a_length_without_a_bucket_is_refused():
    with pytest.raises(SettingsError, match="Received: length=65"):
        bucket(65, [32, 64])


lengths_of_rows = st.lists(st.integers(2, 99), max_size=200).map(np.array)
sizes = st.integers(1, 20)


def flat(batches):
    return [int(row) for batch in batches for row in batch]


@given(lengths_of_rows, sizes, st.integers(1, 5), st.integers(0, 9))
def test_an_epoch_holds_every_row_once(lengths, size, mega, epoch):
    batches = training_batches(lengths, size, 3, epoch, mega)
    assert sorted(flat(batches)) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= size for batch in batches)


@given(lengths_of_rows, sizes)
def test_prediction_holds_every_row_once_longest_first(lengths, size):
    batches = prediction_batches(lengths, size)
    order = flat(batches)
    assert sorted(order) == list(range(len(lengths)))
    assert np.all(np.diff(lengths[order]) <= 0)
    assert all(1 <= len(batch) <= size for batch in batches)


def padding(lengths, batches):
    return sum(int((lengths[b].max() - lengths[b]).sum()) for b in batches)


@given(lengths_of_rows, sizes, st.integers(0, 3))
def test_every_row_is_run_once_and_its_result_comes_with_it(lengths, size, more):
    ran, steps = [], []

    def run(rows):
        ran.append(rows)
        return np.pad(rows * 10, (0, more), constant_values=-1)  # rows that only pad

    found = np.full(len(lengths), -1)
    for rows, results in in_length_order(
        lengths, size, run, lambda *step: steps.append(step)
    ):
        found[rows] = results
    assert found.tolist() == [10 * row for row in range(len(lengths))]
    assert sorted(flat(ran)) == list(range(len(lengths)))
    done = np.cumsum([len(rows) for rows in ran], dtype=int).tolist()
    assert steps == [(rows, len(lengths)) for rows in done]
    assert steps[-1:] == [(len(lengths), len(lengths))][: len(lengths)]
    best = np.sort(lengths)[::-1]
    slices = [np.arange(len(best))[n : n + size] for n in range(0, len(best), size)]
    assert padding(lengths, ran) <= padding(best, slices)


def test_a_batch_is_reported_when_its_results_were_taken():
    steps = []
    batches = in_length_order(
        np.array([3, 9, 5]), 2, lambda rows: rows, lambda *step: steps.append(step)
    )
    assert next(batches)[0].tolist() == [1, 2]
    assert steps == []
    assert next(batches)[0].tolist() == [0]
    assert steps == [(2, 3)]
    assert list(batches) == []
    assert steps == [(2, 3), (3, 3)]


@given(lengths_of_rows, sizes, st.integers(0, 2**40), st.integers(0, 99))
def test_the_same_seed_and_epoch_give_the_same_order(lengths, size, seed, epoch):
    first = training_batches(lengths, size, seed, epoch)
    again = training_batches(lengths, size, seed, epoch)
    assert [batch.tolist() for batch in first] == [batch.tolist() for batch in again]


def test_another_seed_or_epoch_gives_another_order():
    lengths = np.random.default_rng(0).integers(2, 99, 500)
    orders = {
        tuple(flat(training_batches(lengths, 8, seed, epoch)))
        for seed, epoch in ((0, 0), (0, 1), (1, 0), (1, 1))
    }
    assert len(orders) == 4


def test_all_batches_but_one_are_full():
    sizes = sorted(map(len, training_batches(np.arange(2, 105), 10, 0, 0, 3)))
    assert sizes == [3] + [10] * 10


def test_rows_of_a_batch_are_about_equally_long():
    lengths = np.random.default_rng(0).integers(2, 300, 5000)
    sorted_pads = sum(
        int((lengths[batch].max() - lengths[batch]).sum())
        for batch in training_batches(lengths, 32, 0, 0)
    )
    assert sorted_pads < 0.05 * lengths.sum()


def test_batches_do_not_come_sorted_by_length():
    lengths = np.arange(2, 1602)
    longest = [lengths[batch].max() for batch in training_batches(lengths, 32, 0, 0)]
    assert longest != sorted(longest)


@pytest.mark.parametrize(("length", "found"), [(1, 32), (32, 32), (33, 64), (64, 64)])
def test_the_bucket_is_the_smallest_that_fits(length, found):
    assert bucket(length, [64, 32]) == found
