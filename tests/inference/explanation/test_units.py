"""Parts of texts share no character, and each token belongs to one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.inference.explanation.units import (
    Units,
    symbol_units,
    units_of,
    word_units,
)

TEXTS = "国足 3:1 大胜", "", "a new car"


@st.composite
def parts(draw):
    """Texts, and spans of parts in each, in any order and beside each other."""
    texts = draw(st.lists(st.text("ab 中"), min_size=1, max_size=3))
    of_texts = []
    for text in texts:
        places = st.integers(0, len(text))
        pairs = draw(st.lists(st.tuples(places, places), max_size=8))
        of_texts.append(np.array([sorted(p) for p in pairs], int).reshape(-1, 2))
    return texts, of_texts


@given(parts())
def test_units_are_in_order_and_share_no_character(drawn):
    texts, spans = drawn
    units = units_of(spans, texts)
    for field, text in enumerate(texts):
        of_field = units.spans[units.fields == field]
        assert (of_field >= 0).all() and (of_field <= len(text)).all()
        assert (of_field[1:, 0] >= of_field[:-1, 1]).all()
    assert (np.diff(units.fields) >= 0).all()


@given(parts())
def test_every_part_is_in_a_unit_of_its_text(drawn):
    texts, spans = drawn
    units = units_of(spans, texts)
    owners = np.split(units.of_part, np.cumsum([len(rows) for rows in spans])[:-1])
    for field, rows in enumerate(spans):
        assert (units.fields[owners[field]] == field).all()
        for (start, end), unit in zip(rows.tolist(), owners[field], strict=True):
            low, high = units.spans[unit].tolist()
            assert not texts[field][start:end].strip() or low <= start <= end <= high


@given(parts(), st.integers(0, 99))
def test_hidden_units_are_those_that_are_touched(drawn, seed):
    texts, spans = drawn
    units = units_of(spans, texts)
    random = np.random.default_rng(seed)
    chosen = random.random((3, len(units))) < 0.5
    seen = units.spans[:, 1] > units.spans[:, 0]
    touched = units.touched(texts, units.hidden(texts, chosen))
    np.testing.assert_array_equal(touched, chosen & seen)


def test_a_mark_before_a_word_belongs_to_it_and_the_last_to_the_one_before():
    spans = np.array([[0, 1], [1, 2], [1, 2], [3, 3], [4, 4]])
    units = units_of([spans], [" ab c"])
    assert units.spans.tolist() == [[1, 2]]
    assert units.of_part.tolist() == [0, 0, 0, 0, 0]
    assert units_of([spans[:1]], [" "]).spans.tolist() == [[0, 1]]


def test_parts_of_a_unit_are_added_up():
    units = Units(np.zeros(2, int), np.zeros((2, 2), int), np.array([0, 1, 1]))
    assert units.sums(np.array([[1.0], [2.0], [4.0]])).tolist() == [[1.0], [6.0]]


def test_stretches_end_with_their_text():
    units = word_units(TEXTS)
    chosen = np.array([False, True, True, True, True, False, True, True, False, True])
    found = units.stretches(chosen)
    pieces = [
        TEXTS[field][start:end]
        for field, (start, end) in zip(found.fields, found.spans, strict=True)
    ]
    assert pieces == ["足 3:1", "胜", "a", "car"]


def test_symbols_of_joined_texts_are_in_their_text():
    joint = 8  # "国足大胜" is 4, the blank between them belongs to the first
    texts = ("国足大胜", "car ")
    spans = np.array([[0, 1], [3, 4], [4, 5], [5, 8], [joint, joint + 1]])
    units = symbol_units(texts, spans)
    assert units.fields.tolist() == [0, 0, 1]
    assert units.spans.tolist() == [[0, 1], [3, 4], [0, 3]]
    assert units.of_part.tolist() == [0, 1, 1, 2, 2]


@pytest.mark.parametrize("texts", [("",), ("", "")])
def test_no_text_has_no_units(texts):
    assert len(word_units(texts)) == 0
