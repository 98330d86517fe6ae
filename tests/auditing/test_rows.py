"""Rows of several files count through, and know where they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.auditing.rows import label_cell, read_rows, row_key
from kerascls.data.readers import split_labels
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.errors import DataError, SettingsError

NAMES = st.text("体育[]|\\ ,\"'=a", min_size=1).map(str.strip).filter(bool)


def test_rows_of_several_files_are_counted_through(rows_of):
    rows = rows_of([("甲", "a"), ("乙", "")], [("丙", "a|b")])
    first, second = rows.files
    assert rows.by_file() == {first: range(2), second: range(2, 3)}
    assert np.array_equal(rows.file_of, [0, 0, 1])
    assert rows.place(1) == f"{first}:3"
    assert rows.place(2) == f"{second}:2"
    assert (len(rows), rows.text(2), rows.labels[2]) == (3, "丙", ("a", "b"))


def test_a_row_without_text_is_blank(rows_of):
    rows = rows_of([(" \u3000\t", "a"), ("。", "a")])
    assert [rows.is_blank(row) for row in (0, 1)] == [True, False]


def test_the_key_of_a_row_is_no_number_and_changes_with_text_and_labels():
    keys = {row_key(("a", "b"), ("x",)), row_key(("a", "b"), ())}
    keys |= {row_key(("ab", ""), ("x",)), row_key(("a", "b"), ("y",))}
    assert len(keys) == 4
    assert all(key.startswith("r") and len(key) == 16 for key in keys)


@given(st.lists(NAMES, unique=True, max_size=4))
def test_a_cell_of_labels_reads_back(labels):
    assert split_labels(label_cell(labels)) == tuple(labels)
    assert label_cell(labels)


def test_no_file_and_the_same_file_twice_are_refused(labelled, monkeypatch):
    path = labelled("a.csv", [("甲", "a")])
    monkeypatch.chdir(path.parent)
    for files in ([], [path, "a.csv"]):
        with pytest.raises(SettingsError, match="one or more files, none twice"):
            read_rows(files)


def test_files_of_different_tasks_are_refused(labelled):
    several = labelled("a.csv", [("甲", "a")])
    one = labelled("b.csv", [("甲", "a")], label="label")
    with pytest.raises(DataError, match="same task"):
        read_rows([several, one])


def test_tables_in_memory_of_one_size_stay_apart():
    tables = [{"text": ["a", "b"], "label": ["x", end]} for end in "yz"]
    rows = read_rows([as_frame(table) for table in tables])
    assert rows.files == ("<dict 2 rows>", "<dict 2 rows, no. 2>")
    assert rows.labels == [("x",), ("y",), ("x",), ("z",)]
    assert rows.place(3) == "<dict 2 rows, no. 2> at position 1"
    with pytest.raises(SettingsError, match="none twice"):
        read_rows([as_frame(tables[0])] * 2)
