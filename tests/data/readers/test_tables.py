"""What all tables have in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers.columns import ColumnsError
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Note, Record
from kerascls.data.readers.tables import Cells, table_columns, table_rows
from kerascls.errors import DataError


def lines_of(*rows):
    return iter([Cells(number, list(row)) for number, row in enumerate(rows, start=1)])


def rows_of(*rows, **options):
    return list(table_rows(lines_of(*rows), "a.csv", FileOptions(**options)))


def test_empty_rows_are_rows_but_at_the_end():
    found = rows_of(
        ["text", "label"], [], ["a", "b"], ["", " "], ["c", "d"], [], ["", ""]
    )
    assert found == [
        Record(2, {"text": "", "label": ""}),
        Record(3, {"text": "a", "label": "b"}),
        Record(4, {"text": "", "label": " "}),
        Record(5, {"text": "c", "label": "d"}),
    ]


CELLS = st.lists(st.sampled_from(["", " ", "a", "b"]), min_size=2, max_size=2)


@given(st.lists(CELLS, max_size=8))
def test_each_row_above_the_last_filled_one_is_a_row(rows):
    found = rows_of(["text", "label"], ["x", "y"], *rows)
    last = max((n for n, row in enumerate(rows) if "".join(row).strip()), default=-1)
    assert len(found) == last + 2


def test_columns_without_a_name_must_be_empty():
    header = ["", "", "text", "", "label", ""]
    assert rows_of(
        header,
        ["", "", "a", "", "b", ""],
        ["", "", "a", "", "b"],
        ["", "x", "a", "", "b", ""],
        ["", "", "a", ""],
        ["", "", "a", "", "b", "", ""],
    ) == [
        Record(2, {"text": "a", "label": "b"}),
        Record(3, {"text": "a", "label": "b"}),
        BadRow(4, "column 2 has a cell and no name in the header"),
        BadRow(5, "4 columns where the header has 6"),
        BadRow(6, "7 columns where the header has 6"),
    ]


def test_an_open_row_ends_in_empty_cells():
    lines = iter([Cells(1, ["a", "b"]), Cells(2, ["x"], is_open=True)])
    found = list(table_rows(lines, "a.xlsx", FileOptions()))
    assert found == [Record(2, {"a": "x", "b": ""})]


def test_a_stated_header_row_is_where_names_are():
    table = ["title"], [], ["text", "label"], ["a", "b"]
    assert rows_of(*table, header_row=3) == [Record(4, {"text": "a", "label": "b"})]
    options = FileOptions(header_row=3)
    assert table_columns(lines_of(*table), "a.csv", options) == ["text", "label"]


@pytest.mark.parametrize("line", [2, 9])
def test_a_header_row_that_is_none_is_refused(line):
    with pytest.raises(DataError, match=f"in line {line}.*Correct `--header-row`"):
        rows_of(["title"], [], ["text", "label"], header_row=line)


def test_columns_may_be_stated_in_place_of_a_header():
    options = {"no_header": True, "columns": "text,label"}
    assert rows_of(["a", "b"], ["c"], ["d", "e", "f"], **options) == [
        Record(1, {"text": "a", "label": "b"}),
        BadRow(2, "1 column where --columns has 2"),
        BadRow(3, "3 columns where --columns has 2"),
    ]


def test_a_header_that_no_row_fits_is_told_once():
    with pytest.raises(ColumnsError) as caught:
        rows_of(["Our data"], ["text", "label"], ["a", "b"], ["c", "d"])
    assert "none that fits: a.csv:2: 2 columns where" in caught.value.fault
    assert str(caught.value).count("a.csv:") == 1


def test_one_row_that_fits_makes_the_others_bad_rows():
    found = rows_of(["text"], ["a"], ["b", "c"], ["d", "e"])
    assert [type(row) for row in found] == [Record, BadRow, BadRow]


def test_notes_are_handed_on():
    lines = iter([Note("first"), Cells(1, ["a"]), Cells(2, ["b"]), Note("last")])
    found = list(table_rows(lines, "a.csv", FileOptions()))
    assert found == [Note("first"), Record(2, {"a": "b"}), Note("last")]
