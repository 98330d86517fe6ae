"""A text is known again by its hash, however a format spaced it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.text_hashes import BLANK, text_hashes

ROWS = st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=6)


@given(ROWS)
def test_each_row_has_a_hash_that_white_space_does_not_change(rows):
    hashes = text_hashes(rows)
    spaced = [(f" {a}\r\n", b.replace(" ", "\t ")) for a, b in rows]
    assert (hashes.dtype, len(hashes)) == (np.uint64, len(rows))
    np.testing.assert_array_equal(hashes, text_hashes(spaced))


def test_fields_and_their_borders_tell_texts_apart():
    rows = [("a", "b"), ("b", "a"), ("ab", ""), ("", "ab"), ("a b", "")]
    assert len(set(text_hashes(rows).tolist())) == len(rows)


def test_a_blank_text_has_none():
    assert text_hashes([("", " \n"), ("\u3000", "")]).tolist() == [BLANK, BLANK]


def test_a_lone_half_of_a_pair_is_no_failure():
    assert text_hashes([("\ud83d",)])[0] != BLANK
