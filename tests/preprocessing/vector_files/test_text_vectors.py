from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_vector_files import ROWS, WORDS, problem, text

from kerascls.preprocessing.vector_files.gathered import Gathered, VectorFile
from kerascls.preprocessing.vector_files.text_vectors import (
    header_of,
    is_line,
    is_text,
    read_text,
)


def read(content, wanted=WORDS):
    file = VectorFile(
        path=Path("x.vec"), stream=BytesIO(content), head=content, num_bytes=None
    )
    return read_text(file, Gathered(wanted), "text")


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("end", ["\n", " \n", "\r\n", " \r\n"])
def test_words_and_rows_are_read_with_or_without_the_first_line(header, end):
    found = read(text(header=header, end=end))
    assert found.words == WORDS
    assert found.rows.tolist() == ROWS.tolist()
    assert (found.num_words, found.dim) == (6, 4)


def test_the_last_line_needs_no_end_and_empty_lines_are_no_words():
    assert read(text().rstrip(b"\n") + b"\n\n").num_words == 6
    assert read(text().rstrip(b"\n")).rows.tolist() == ROWS.tolist()


@pytest.mark.parametrize("separator", [" ", "\t", "  "])
def test_blanks_and_tabs_separate(separator):
    line = separator.join(["a", "1", "2", "3"])
    found = read(f"1 3\n{line}\n".encode(), ["a"])
    assert found.rows.tolist() == [[1, 2, 3]]


def test_a_word_may_have_blanks_inside_as_some_of_gloves():
    content = b"a 1 2\n. . . 3 4\nto x@y.z 5 6\nb 7 8\n"
    found = read(content, [". . .", "to x@y.z"])
    assert dict(zip(found.words, found.rows.tolist(), strict=True)) == {
        ". . .": [3, 4],
        "to x@y.z": [5, 6],
    }


word = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Nd"]), min_size=1, max_size=5
).filter(lambda word: " " not in word)


@given(
    st.dictionaries(word, st.lists(st.integers(-99, 99), min_size=3, max_size=3)),
    st.booleans(),
)
def test_every_word_is_found_with_its_row(rows, header):
    rows = {"first": [1, 2, 3]} | rows
    found = read(text([*rows], [*rows.values()], header), rows.keys())
    pairs = zip(found.words, found.rows.tolist(), strict=True)
    assert dict(pairs) == rows


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"2 3\na 1 2 3\nb 1 2\n", "line 3 has 2 values behind its word, not 3"),
        (b"2 3\na 1 2 3\nb 1 2 3 4\n", "line 3 has 4 values behind its word, not 3"),
        (b"a 1 2 3\nb 1 2 3\nc 1 2", "line 3 has 2 values behind its word, not 3"),
        (b"a 1 2 3\nc 1\nb 1 2 3\n", "line 2 has 1 values behind its word, not 3"),
        (b"1 3\na 1  3\n", "line 2 has 2 values behind its word, not 3"),
        (b"1 2\na 1 x\n", "line 2: could not convert"),
        (b"1 2\na 1 nan\n", "line 2, 'a', has values that are not finite"),
        (b"1 2\na 1 1e39\n", "line 2, 'a', has values that are not finite"),
        (b"2 1\na 1\na 2\n", "line 3, 'a', was there with another vector"),
        (b"9000000000 2\na 1 2\n", "says 9,000,000,000 words, and 1 follow"),
        (b"1 2\na 1 2\nb 1 2\n", "says 1 words, and 2 follow"),
        (b"1 999999999\na 1 2\n", "line 2 has 2 values behind its word, not 999999999"),
        (b"1 0\na\n", "no line has a value"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(content, wrong, tmp_path):
    assert wrong in problem(tmp_path / "x.vec", content)


def test_a_row_of_a_word_that_is_not_wanted_is_counted_and_not_looked_at():
    found = read(b"2 2\nb x y\na 1 2\n", ["a"])
    assert (found.num_words, found.rows.tolist()) == (2, [[1, 2]])


def test_what_begins_with_a_word_and_a_number_is_text():
    assert is_text(text()) and is_text(text(header=False))
    assert not is_text(b"<!DOCTYPE html>\n<p 1>") and not is_text(b"")
    assert not is_text(b"\n1 2")


def test_a_line_has_as_many_numbers_as_it_should():
    assert is_line(b"a b 1 2.5e-3", 2) and not is_line(b"a 1", 2)
    assert not is_line(b"a 1 x", 2) and not is_line(b"a", 0)


def test_two_numbers_alone_are_the_size():
    assert header_of(b"2000000 300\r\nthe 1") == (2000000, 300)
    assert header_of(b"the 1 2\n") is None and header_of(b"1 2 3\n") is None
    assert np.prod(header_of(b"3 4")) == 12
