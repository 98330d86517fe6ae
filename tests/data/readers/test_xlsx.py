"""Excel workbooks."""

import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook

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
