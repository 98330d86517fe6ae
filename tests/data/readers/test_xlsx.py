"""Excel workbooks."""

import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook

from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Record
from kerascls.data.readers.tables import table_rows
from kerascls.data.readers.xlsx import xlsx_lines
from kerascls.errors import DataError


def saved(rows, title="数据"):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.create_sheet("second").append(["not", "read"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rows_of(data, **options):
    options = FileOptions(**options)
    lines = xlsx_lines(io.BytesIO(data), "新闻.xlsx", options)
    return list(table_rows(lines, "新闻.xlsx", options))


def test_cells_become_texts():
    day = datetime.datetime(2024, 5, 1)
    cells = ["国足😀\n赢球", 3, 3.0, 2.5, True, None, "NA", day, day.replace(hour=7)]
    columns = list("abcdefghi")
    found = rows_of(saved([columns, cells]))
    assert list(found[0].fields) == columns
    assert list(found[0].fields.values()) == [
        "国足😀\n赢球",
        "3",
        "3",
        "2.5",
        "TRUE",
        "",
        "NA",
        "2024-05-01",
        "2024-05-01 07:00:00",
    ]


def test_rows_keep_their_numbers_and_empty_ones_at_the_end_are_passed_over():
    found = rows_of(
        saved([[], ["text", "label"], ["a", "b"], [], [None, "c"], ["d"], [], [" "]])
    )
    assert found == [
        Record(3, {"text": "a", "label": "b"}),
        Record(4, {"text": "", "label": ""}),
        Record(5, {"text": "", "label": "c"}),
        Record(6, {"text": "d", "label": ""}),
    ]


def test_a_cell_beyond_the_header_is_a_bad_row():
    assert rows_of(saved([["text", "label"], ["a", "b", None, "note"]])) == [
        BadRow(2, "column 4 has a cell and no name in the header")
    ]


def test_blank_cells_beyond_the_named_columns_are_passed_over():
    content = saved([["text", "label", " ", None], ["a", "b", None, "  "]])
    assert rows_of(content) == [Record(2, {"text": "a", "label": "b"})]


def test_an_empty_first_sheet_is_refused():
    with pytest.raises(DataError, match="holds no cell"):
        rows_of(saved([]))


def test_names_in_two_merged_rows_are_read_from_the_second(tmp_path):
    book = Workbook()
    rows = [
        ["label", "data", None],
        [None, "text", "id"],
        ["a", "甲", 1],
        ["b", "乙", 2],
    ]
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match='--header-row 2` .* "label", "text", "id"'):
        read(tmp_path / "a.xlsx")
    dataset = read(tmp_path / "a.xlsx", ReadOptions(header_row=2))
    assert [row.labels for row in dataset.examples] == [("a",), ("b",)]


def merged(*ranges):
    book = Workbook()
    rows = [["label", "text"], ["a", "甲"], [None, "乙"], ["b", "丙"], [None, "丁"], []]
    for row in rows:
        book.active.append(row)
    for one in ranges:
        book.active.merge_cells(one)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_merged_cell_counts_for_the_rows_it_covers_and_no_empty_one():
    found = rows_of(merged("A2:A3", "A4:A9"))
    *records, note = found
    assert [row.fields["label"] for row in records] == ["a", "a", "b", "b"]
    assert "A2:A3" in note.line


def test_a_cell_merged_into_the_header_does_not_count_below_it():
    rows = [row for row in rows_of(merged("A1:A2")) if isinstance(row, Record)]
    assert [row.fields["label"] for row in rows] == ["", "", "b", ""]


def test_a_formula_without_a_result_is_unreadable_and_no_empty_row():
    content = saved([["text", "label"], ["=A1", "b"], ["=A1", "=A1"], ["c", "d"]])
    first, second, third = rows_of(content)
    assert first.fields == {"text": "", "label": "b"}
    assert "formula" in first.fields["text"].reason
    assert not second.is_empty
    assert third == Record(4, {"text": "c", "label": "d"})


def test_a_sheet_is_named_or_numbered():
    content = saved([["text"], ["a"]])
    for sheet in ("数据", "1"):
        assert rows_of(content, sheet=sheet) == [Record(2, {"text": "a"})]
    with pytest.raises(DataError, match='with the sheets "数据", "second"'):
        rows_of(content, sheet="3")


def truncated(data):
    return data[: len(data) // 2]


def without_sheets(data):
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            if "sheets/" not in name:
                new.writestr(name, old.read(name))
    return kept.getvalue()


def with_broken_sheet(data):
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-60] if "sheet1" in name else content)
    return kept.getvalue()


def other_zip(data):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as new:
        new.writestr("a.txt", "a")
    return kept.getvalue()


def old_excel(data):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)


@pytest.mark.parametrize(
    "damage", [truncated, without_sheets, with_broken_sheet, other_zip, len]
)
def test_a_damaged_workbook_is_a_data_error(damage):
    damaged = b"" if damage is len else damage(saved([["text"], ["a"]]))
    with pytest.raises(DataError, match="新闻.xlsx, which cannot be read as one"):
        rows_of(damaged)


def test_a_file_that_is_no_workbook_is_named():
    cure = "which is a Parquet file. Read it with `--format parq"
    with pytest.raises(DataError, match=f"新闻.xlsx, {cure}"):
        rows_of(b"PAR1" + bytes(9))
