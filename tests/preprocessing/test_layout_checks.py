"""A layout without a meaning, or without room, is refused with what would do."""

import pytest

from kerascls.errors import SettingsError
from kerascls.preprocessing.layout_checks import (
    at_least,
    check_room,
    check_windows,
    input_rank,
)


def test_batches_have_an_axis_of_windows_only_where_there_may_be_several():
    assert [input_rank(number) for number in (1, 2, 9)] == [2, 3, 3]


def test_a_window_needs_a_token_that_the_one_before_has_not():
    check_windows(2, 5, 8)
    with pytest.raises(SettingsError, match="from 0 to 5 with max_tokens=8.*=6. Give"):
        check_windows(2, 6, 8)
    check_windows(1, 6, 8)  # there is no other window


def test_windows_slide_over_one_text_column():
    check_room(1, 8, pair=False, max_windows=2)
    with pytest.raises(SettingsError, match="for 2 text columns. Join them into one"):
        check_room(2, 8, pair=True, max_windows=2)


@pytest.mark.parametrize(("num_fields", "least"), [(1, 3), (2, 5), (3, 7)])
def test_every_field_needs_room_for_a_token(num_fields, least):
    check_room(num_fields, least, pair=False, max_windows=1)
    with pytest.raises(SettingsError, match=f"Give at least {least}"):
        check_room(num_fields, least - 1, pair=False, max_windows=1)


def test_a_size_is_what_is_wanted_if_that_is_enough():
    assert (at_least("n", None, 4), at_least("n", 6, 4)) == (4, 6)
    with pytest.raises(SettingsError, match="Expected room for 4. Received: n=3"):
        at_least("n", 3, 4)
