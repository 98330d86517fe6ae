"""Comma and tab separated files."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers.delimited import delimited_lines, delimited_text
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Note, Record
from kerascls.data.readers.tables import Cells, table_rows
from kerascls.errors import DataError

CELL = st.one_of(
    st.text(st.sampled_from('a体😀",|\\\n\r\t ;'), max_size=8),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
)


def rows_of(content, delimiter=","):
    data = content if isinstance(content, bytes) else content.encode()
    lines = delimited_lines(io.BytesIO(data), "train.csv", FileOptions(), delimiter)
    rows = table_rows(lines, "train.csv", FileOptions())
    return [row for row in rows if not isinstance(row, Note)]


def written(rows, delimiter=",", end="\r\n"):
    target = io.StringIO(newline="")
    # Python's writer leaves a lone "\r" bare unless that ends its lines.
    quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    writer = csv.writer(
        target, delimiter=delimiter, lineterminator=end, quoting=quoting
    )
    writer.writerows(rows)
    return target.getvalue()


def starting_lines(rows, end):
    """The line each row starts on, counted from what was written."""
    lines, line = [], 1
    for row in rows:
        lines.append(line)
        text = written([row], end=end).replace("\r\n", "\n").replace("\r", "\n")
        line += text.count("\n")
    return lines


@given(st.lists(st.tuples(CELL, CELL), max_size=5), st.sampled_from(["\r\n", "\n"]))
def test_what_was_written_comes_back_with_its_lines(cells, end):
    while cells and not "".join(cells[-1]).strip():
        cells.pop()  # empty rows at the end are passed over
    rows = [("text", "label"), *cells]
    lines = starting_lines(rows, end)[1:]
    assert rows_of(written(rows, end=end)) == [
        Record(line, {"text": text, "label": label})
        for line, (text, label) in zip(lines, cells, strict=True)
    ]


@given(st.lists(st.tuples(CELL, CELL), max_size=5))
def test_tabs_separate_as_commas_do(cells):
    cells.append(("end", ""))
    content = written([("text", "label"), *cells], delimiter="\t")
    found = rows_of(content, "\t")
    assert [tuple(record.fields.values()) for record in found] == cells


@given(st.text(st.sampled_from('a",\n\r'), max_size=40))
def test_any_text_is_read_to_its_end(content):
    for row in rows_of("a,b\n1,2\n" + content):
        assert isinstance(row, BadRow) or len(row.fields) == 2


def test_missing_value_words_stay_text():
    found = rows_of("text,label\nNA,null\n")
    assert found == [Record(2, {"text": "NA", "label": "null"})]


def test_a_record_is_placed_where_it_starts():
    found = rows_of('text,label\n"one\ntwo\n",a\n\nthree,b\n')
    assert [record.line for record in found] == [2, 5, 6]


def test_old_line_ends_are_read():
    assert [record.line for record in rows_of("a,b\r1,2\r3,4\r")] == [2, 3]


def test_blank_lines_are_rows_above_others_and_none_at_the_end():
    assert rows_of("\n\na\n\n1\n\n") == [Record(4, {"a": ""}), Record(5, {"a": "1"})]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1", "1 column where the header has 2"),
        ("1,2,3", "3 columns where the header has 2"),
        ("1,2\0", "holds a NUL character; is the encoding right?"),
    ],
)
def test_a_bad_row_is_placed_and_the_next_one_read(row, reason):
    assert rows_of(f"a,b\n{row}\n3,4\n") == [
        BadRow(2, reason),
        Record(3, {"a": "3", "b": "4"}),
    ]


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_columns_without_name_at_the_end_may_be_there_if_empty(delimiter):
    content = "text,label,,\na,b,,\nc,d, ,\ne,f\ng,h,,x\ni,j,,,\n"
    assert rows_of(content.replace(",", delimiter), delimiter) == [
        Record(2, {"text": "a", "label": "b"}),
        Record(3, {"text": "c", "label": "d"}),
        Record(4, {"text": "e", "label": "f"}),
        BadRow(5, "column 4 has a cell and no name in the header"),
        BadRow(6, "5 columns where the header has 4"),
    ]


def test_one_column_without_name_before_others_is_kept():
    assert rows_of(",text\n0,a\n") == [Record(2, {"": "0", "text": "a"})]


def test_a_quote_that_closes_inside_a_field_costs_one_row():
    found = rows_of('a,b\n"he said "hi" to me",x\n3,4\n')
    assert found[0].line == 2
    assert "closes in the middle of a field" in found[0].reason
    assert found[1:] == [Record(3, {"a": "3", "b": "4"})]


def test_an_unclosed_quote_is_placed_where_it_opens():
    found = rows_of('a,b\n"1\n",2\n"x\ny","5"" inch\n7,8\n9,10\n')
    assert found == [
        Record(2, {"a": "1\n", "b": "2"}),
        BadRow(5, "the quote opened here is never closed"),
        Record(6, {"a": "7", "b": "8"}),
        Record(7, {"a": "9", "b": "10"}),
    ]


def test_stray_quotes_do_not_swallow_the_rows_between_them():
    found = rows_of('a\tb\n"one\tx\ntwo\ty\n"three\tz\nfour\tx\n', "\t")
    assert [row.line for row in found if isinstance(row, BadRow)] == [2, 4]
    assert [row.fields["a"] for row in found if isinstance(row, Record)] == [
        "two",
        "four",
    ]


def test_a_long_field_is_read():
    text = "长" * 500_000
    assert rows_of(f"text\n{text}\n")[0].fields["text"] == text


def test_a_field_beyond_the_limit_is_a_bad_row(monkeypatch):
    before = csv.field_size_limit(10)
    monkeypatch.setattr("kerascls.data.readers.delimited.MAX_FIELD_CHARS", 10)
    try:
        found = rows_of(f"a,b\n{'x' * 11},1\n3,4\n")
    finally:
        csv.field_size_limit(before)
    assert found[0] == BadRow(2, "field larger than field limit (10)")
    assert found[1].line == 3


@pytest.mark.parametrize("content", ["", "\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(DataError, match="train.csv, which holds no cell"):
        rows_of(content)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ('a,"b\n1,2\n', "train.csv:1: the quote opened here is never closed"),
        ("te\0xt\n", "train.csv:1: holds a NUL character"),
        ("a,b,a\n", '"a" more than once'),
        (", ,\n", "train.csv, which holds no cell"),
    ],
)
def test_an_unusable_header_is_refused(header, message):
    with pytest.raises(DataError, match=message):
        rows_of(header)


def test_a_header_alone_gives_no_rows():
    assert rows_of("text,label\n") == []


@given(st.lists(st.tuples(CELL, CELL), max_size=5), st.sampled_from(["\r\n", "\n"]))
def test_what_is_written_has_its_columns_and_cells(cells, end):
    cells.append(("end", ""))
    rows = [{"label": label, "text": text, "n": 1} for text, label in cells]
    content = delimited_text(("text", "label"), rows, end, "\t")
    file = io.BytesIO(content.encode())
    header = next(delimited_lines(file, "a.tsv", FileOptions(), "\t"))
    assert header == Cells(1, ["text", "label"])
    found = rows_of(content, "\t")
    assert [tuple(record.fields.values()) for record in found] == cells


PLAIN_LINE = st.text(st.sampled_from("a体,\t \\"), max_size=6)


@given(st.lists(st.tuples(PLAIN_LINE, st.sampled_from(["\n", "\r\n", "\r"]))))
def test_lines_without_quotes_have_the_cells_that_csv_gives_them(lines):
    content = "".join(text + end for text, end in lines) + "end"
    wanted = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    data = io.BytesIO(content.encode())
    found = list(delimited_lines(data, "train.csv", FileOptions()))
    assert [row.cells for row in found] == wanted
    assert not any(row.fault for row in found)
