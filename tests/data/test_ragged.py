"""Flat arrays of rows, and chunks of texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.ragged import chunks, offsets_of, span_indices

SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=20)


@given(st.lists(st.integers(0, 9), max_size=20))
def test_offsets_are_where_each_row_starts_and_the_end(lengths):
    offsets = offsets_of(lengths)
    assert offsets.dtype == np.int64
    assert offsets.tolist() == [sum(lengths[:row]) for row in range(len(lengths) + 1)]


@given(SPANS)
def test_span_indices_equal_a_naive_loop(spans):
    starts, lengths = np.array(spans, np.int64).reshape(-1, 2).T
    naive = [index for start, n in spans for index in range(start, start + n)]
    assert span_indices(starts, lengths).tolist() == naive


@given(st.lists(st.text(max_size=9)), st.integers(1, 20))
def test_chunks_are_all_texts_in_order_and_none_longer_than_it_must_be(texts, most):
    pieces = [texts[chunk] for chunk in chunks(texts, most)]
    assert [text for piece in pieces for text in piece] == texts
    assert all(len(piece) == 1 or len("".join(piece)) <= most for piece in pieces)
    for piece, following in zip(pieces, pieces[1:], strict=False):
        assert len("".join(piece)) + len(following[0]) > most


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["", "", ""], [slice(0, 3)]),
        (["abc"], [slice(0, 1)]),
        (["ab", "c", "abcd", ""], [slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 4)]),
    ],
)
def test_a_text_above_the_limit_is_a_chunk_of_its_own(texts, expected):
    assert list(chunks(texts, 2)) == expected
