"""Excel workbooks: the first sheet, whose first row names the columns."""

import datetime
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from kerascls.data.readers.columns import check_columns
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import Row, table_row
from kerascls.errors import DataError

# What a damaged workbook has been seen to raise, on opening or on the way.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # base of the XML parsers' errors
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
)


def xlsx_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields the rows of the first sheet; cells become texts, empty rows are left out.

    Raises:
        DataError: When it is no workbook, damaged, or has no header.
    """
    rows = _filled_rows(handle, source)
    columns = _header(rows, source)
    for number, cells in rows:
        cells += [""] * (len(columns) - len(cells))
        yield table_row(number, cells, columns, len(cells))


def xlsx_columns(handle: BinaryIO, source: str, options: FileOptions) -> list[str]:
    """Returns the column names of the first sheet."""
    return _header(_filled_rows(handle, source), source)


def _filled_rows(handle: BinaryIO, source: str) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(_values(handle, source), start=1):
        cells = [_cell(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _header(rows: Iterator[tuple[int, list[str]]], source: str) -> list[str]:
    for _, cells in rows:
        return check_columns(cells, source)
    raise DataError(
        f"Expected a first row that names the columns. Received: {source}, whose "
        f"first sheet is empty. Move the table to the first sheet."
    )


def _values(handle: BinaryIO, source: str) -> Iterator[Sequence[Any]]:
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(handle, read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        # The size a sheet states for itself is often wrong.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)
    except _DAMAGE as error:
        raise DataError(
            f"Expected an Excel workbook (.xlsx). Received: {source}, which cannot be "
            f"read as one ({type(error).__name__}: {error}). Open it in Excel and save "
            f"it again as .xlsx without a password, or as csv."
        ) from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return str(value.date() if midnight else value)
    return str(value)
