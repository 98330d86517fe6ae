"""How many rows of each class are asked for, checked before any data are read."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.class_sizes import ClassSizes, whole_number
from kerascls.errors import SettingsError

AVAILABLE = {"a": 90, "b": 60}


def stated(counts=None, profile=None, ratio=None, largest=None):
    return ClassSizes.stated(counts, profile, ratio, largest)


@pytest.mark.parametrize(
    "counts", [[5, 2], (5, 2), np.array([5, 2]), np.array([5.0, 2.0]), range(5, 1, -3)]
)
def test_counts_are_any_list_of_whole_numbers(counts):
    found = stated(counts).of(AVAILABLE)
    assert found == {"a": 5, "b": 2}
    assert {type(one) for one in found.values()} == {int}


@pytest.mark.parametrize(
    "counts",
    [
        *(["5", "2"], "52", "5,2", b"52", 5, 5.0, np.array(5), np.array([[5, 2]])),
        *([0, 1], [-1, 1], [2.5, 1], [True, 1], [None, 1], [[5], [2, 1]]),
        *([float("nan"), 1], [float("inf"), 1], [2j, 1], {5, 2}, {"a": 5, "b": 2}),
        *(Counter("aab"), iter([5, 2])),
    ],
)
def test_what_is_no_list_of_counts_is_refused_without_any_data(counts):
    with pytest.raises(SettingsError, match=r"list of whole.*as in `--counts 5000,400"):
        stated(counts)


def test_a_series_is_refused_whose_order_is_its_own():
    pandas = pytest.importorskip("pandas")
    counts = pandas.Series({"b": 5, "a": 2})
    with pytest.raises(SettingsError, match="list of whole numbers"):
        stated(counts)
    assert stated(counts.tolist()).of(AVAILABLE) == {"a": 5, "b": 2}


@pytest.mark.parametrize("counts", [[1], [1, 2, 3], []])
def test_a_count_for_each_class_is_needed(counts):
    with pytest.raises(SettingsError, match="each of 2 classes, in this order: a, b"):
        stated(counts).of(AVAILABLE)


@pytest.mark.parametrize(
    "more, expected",
    [
        ({}, "either `--counts` or `--profile`"),
        ({"counts": [1], "profile": "step", "ratio": 2}, "either `--counts` or"),
        ({"counts": [1, 1, 1], "ratio": 2}, "not with counts"),
        ({"counts": np.array([1, 1]), "largest": 2}, "not with counts"),
        ({"profile": "step"}, "as in `--ratio 100`"),
        ({"profile": "longtail", "ratio": 2}, "Did you mean 'long_tail'"),
        ({"profile": ["step"], "ratio": 2}, "one of long_tail, step"),
        ({"profile": "step", "ratio": 0.5}, "ratio from 1 on"),
        ({"profile": "step", "ratio": "100"}, "ratio from 1 on.*ratio='100'"),
        ({"profile": "step", "ratio": True}, "ratio from 1 on"),
        ({"profile": "step", "ratio": float("inf")}, "ratio from 1 on"),
        ({"profile": "step", "ratio": float("nan")}, "ratio from 1 on"),
        ({"profile": "step", "ratio": 2, "largest": 0}, "from 1 on.*largest=0"),
        ({"profile": "step", "ratio": 2, "largest": 2.5}, "from 1 on.*largest=2.5"),
    ],
)
def test_options_that_say_too_little_too_much_or_nothing_are_refused(more, expected):
    with pytest.raises(SettingsError, match=expected):
        stated(**more)


def test_numbers_of_other_types_are_plain_ones():
    sizes = stated(profile="step", ratio=np.float32(2), largest=np.int64(60))
    assert (type(sizes.ratio), type(sizes.largest)) == (float, int)
    assert sizes.of(AVAILABLE) == {"a": 60, "b": 30}
    assert stated(profile="step", ratio=Fraction(3, 2)).ratio == 1.5


def test_the_largest_class_is_by_default_as_the_rarest_there_is():
    assert stated(profile="step", ratio=6).of(AVAILABLE) == {"a": 60, "b": 10}


def test_more_rows_than_there_are_are_refused_by_class():
    with pytest.raises(SettingsError, match="70 of 'b', which has 60. Ask.* 60 can be"):
        stated([90, 70]).of(AVAILABLE)


def test_one_class_alone_has_no_profile():
    with pytest.raises(SettingsError, match="two or more classes. Received: a alone"):
        stated(profile="step", ratio=2).of({"a": 3})


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_whole_number_is_one_from_the_least_on(value, least):
    if value >= least:
        assert whole_number(value, "n", least) == value
        return
    with pytest.raises(SettingsError, match=f"from {least} on. Received: n={value}"):
        whole_number(value, "n", least)


@pytest.mark.parametrize("value", [1.5, "1", None, True, float("nan"), float("inf")])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(SettingsError, match="whole number from 0 on. Received: n="):
        whole_number(value, "n", 0)
