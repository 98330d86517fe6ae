"""Columns give back what went in, one by one, in slices, chosen and joined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascls.data import examples as module
from kerascls.data.examples import Examples, Joined, Labels
from kerascls.data.readers import Example
from kerascls.errors import DataError

# Half a surrogate pair, a whole one, what takes one, two and four bytes in memory.
TEXT = st.text(st.sampled_from("aé体\ud83d\ude00😀\0"), max_size=6)
ROWS = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.builds(
            Example,
            st.integers(0, 2**40),
            st.tuples(*[TEXT] * width),
            st.lists(st.sampled_from("xyz"), unique=True).map(tuple),
        ),
        max_size=9,
    )
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(module, "ROWS_PER_CHUNK", 3)


def columns(rows):
    return [row.texts for row in rows], [row.labels for row in rows]


@given(ROWS)
def test_rows_come_back_as_they_went_in(rows):
    kept = Examples.of(iter(rows))
    assert list(kept) == rows == kept
    assert [kept[row] for row in range(len(rows))] == rows
    assert (kept.texts, kept.labels) == columns(rows)
    assert kept.lines.tolist() == [row.line for row in rows]


@given(ROWS, st.slices(9))
def test_a_slice_is_that_of_a_list(rows, span):
    kept = Examples.of(rows)
    texts, labels = columns(rows)
    assert kept[span] == rows[span]
    assert kept.texts[span] == texts[span]
    assert kept.labels[span] == labels[span]


@given(ROWS.filter(bool), st.data())
def test_chosen_rows_come_in_the_order_they_were_asked_for(rows, data):
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    kept, numbers = Examples.of(rows), np.array(chosen, np.int64)
    texts, labels = kept.texts.take(numbers), kept.labels.take(numbers)
    assert (texts, labels) == columns([rows[row] for row in chosen])
    assert texts[1:] == [rows[row].texts for row in chosen[1:]]
    assert texts[-1:] == [rows[row].texts for row in chosen[-1:]]


@settings(max_examples=50)
@given(ROWS.filter(bool), st.integers(0, 9))
def test_joined_rows_are_those_of_each_one_after_another(rows, cut):
    several = [Examples.of(part) for part in (rows[:cut], rows[cut:], rows[:1]) if part]
    assert Examples.joined(several) == [*rows, *rows[:1]]


def test_rows_beyond_the_end_are_no_rows():
    kept = Examples.of([Example(1, ("a",), ())])
    for row in (1, -2):
        with pytest.raises(IndexError):
            kept.texts[row]


def test_rows_need_as_many_texts():
    rows = [Example(2, ("a", "b"), ()), Example(3, ("c",), ())]
    with pytest.raises(DataError, match=r"Received: 1 in line 3, 2 before"):
        Examples.of(rows)


@given(ROWS)
def test_labels_of_other_names_are_left_out(rows):
    kept = Examples.of(rows).labels.among({"x", "z"})
    assert kept == [tuple(n for n in row.labels if n != "y") for row in rows]


@given(ROWS, st.slices(9))
def test_fields_are_joined_when_they_are_asked_for(rows, span):
    wanted = ["\n".join(row.texts) for row in rows]
    joined = Joined(Examples.of(rows).texts, "\n")
    assert (list(joined), joined[span]) == (wanted, wanted[span])


def shares(*rows):
    return Examples.of(Example(0, ("",), *row) for row in rows).labels


ONE = (("a", "b"), (0.25, 0.75))
OTHER = (("b", "c"), (0.5, 0.5))


def test_weights_stay_beside_their_labels():
    labels = Labels.joined([shares(ONE, OTHER), shares(OTHER, ONE, OTHER)])
    rows = [ONE, OTHER, OTHER, ONE, OTHER]
    assert list(zip(labels, labels.weights, strict=True)) == rows
    some = labels.take(np.array([3, 1]))
    assert list(zip(some, some.weights, strict=True)) == [ONE, OTHER]
    known = labels.among({"b"})
    assert list(known)[:2] == [("b",), ("b",)]
    assert list(known.weights)[:2] == [(0.75,), (0.5,)]


def test_the_heaviest_label_of_equal_ones_is_the_first():
    assert list(shares(ONE, OTHER).heaviest()) == [("b",), ("b",)]


def test_labels_without_weights_have_none():
    labels = shares((("a", "b"),), ((),))
    assert labels.weights is None
    assert labels.heaviest() is labels


def test_rows_with_weights_come_back_as_they_went_in():
    rows = [Example(2, ("x",), *ONE), Example(5, ("y",), *OTHER)]
    assert list(Examples.of(rows)) == rows and Examples.of(rows)[1] == rows[1]
