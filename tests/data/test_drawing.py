"""Drawn rows are the same each time, and no pattern of a file."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.drawing import drawn_rows, thinned


@given(st.integers(0, 300), st.integers(0, 300))
def test_rows_are_drawn_once_each_and_in_order(num_rows, most):
    rows = drawn_rows(num_rows, most)
    assert len(rows) == min(num_rows, max(most, 1))
    assert (np.diff(rows) > 0).all()
    assert set(rows.tolist()) <= set(range(num_rows))


def test_the_same_rows_are_drawn_each_time():
    np.testing.assert_array_equal(drawn_rows(10_000, 50), drawn_rows(10_000, 50))


@pytest.mark.parametrize("turns", [2, 3, 7, 10])
def test_of_sources_that_take_turns_each_has_its_share(turns):
    rows = drawn_rows(20_000, 20_000 // turns)  # as many as every n-th row
    counts = np.bincount(rows % turns, minlength=turns)
    assert counts.min() > 0.7 * len(rows) / turns


def test_of_sources_one_after_another_each_has_its_share():
    counts = np.bincount(drawn_rows(20_000, 2000) // 5000)
    assert counts.tolist() == pytest.approx([500] * 4, rel=0.15)


def test_tables_lose_the_same_rows():
    table = np.arange(3000).reshape(1000, 3)
    some, twice = thinned(table, table * 2, most=301)
    assert some.shape == (100, 3)
    np.testing.assert_array_equal(some * 2, twice)
    assert set(some[:, 0].tolist()) <= set(table[:, 0].tolist())


def test_tables_of_few_numbers_are_not_copied():
    table = np.zeros((10, 3))
    assert thinned(table, most=30)[0] is table


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (5, 40)])
def test_tables_of_any_shape_are_thinned(shape):
    (some,) = thinned(np.zeros(shape), most=10)
    assert some.shape == ((1, 40) if shape == (5, 40) else shape)
