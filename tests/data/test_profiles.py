"""How many rows each class has in skewed data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.profiles import PROFILES, profile_counts
from kerascls.errors import SettingsError

SIZES = st.integers(2, 60), st.integers(1, 20_000), st.floats(0, 1)


@pytest.mark.parametrize("profile", PROFILES)
@given(*SIZES)
def test_counts_fall_from_the_largest_to_the_ratio(profile, classes, largest, share):
    ratio = 1 + share * (largest - 1)
    counts = profile_counts(profile, classes, largest, ratio)
    assert len(counts) == classes
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == largest
    assert counts[-1] == max(1, round(largest / ratio))


@given(st.integers(3, 60), st.integers(1000, 20_000), st.floats(1, 10))
def test_in_a_long_tail_each_class_has_a_constant_share(classes, largest, ratio):
    counts = profile_counts("long_tail", classes, largest, ratio)
    factor = ratio ** (-1 / (classes - 1))
    for before, after in zip(counts, counts[1:], strict=False):
        assert abs(after - factor * before) <= 1  # both are rounded


@pytest.mark.parametrize(
    "classes, expected", [(4, [90, 90, 9, 9]), (5, [90, 90, 90, 9, 9]), (2, [90, 9])]
)
def test_a_step_leaves_the_first_half_as_it_is(classes, expected):
    assert profile_counts("step", classes, 90, 10) == expected


def test_the_long_tail_of_cui_is_reached():
    counts = profile_counts("long_tail", 10, 5000, 100)
    assert (counts[0], counts[1], counts[-1]) == (5000, 2997, 50)


@pytest.mark.parametrize("ratio", [0.5, 101, float("nan")])
def test_a_ratio_that_leaves_a_class_without_rows_is_refused(ratio):
    with pytest.raises(SettingsError, match=r"from 1 to .* 100, .*ratio="):
        profile_counts("step", 2, 100, ratio)


def test_an_unknown_profile_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match="long_tail"):
        profile_counts("longtail", 2, 100, 2)
