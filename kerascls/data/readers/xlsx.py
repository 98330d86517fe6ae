"""Excel workbooks: one sheet, a row of which names the columns."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from kerascls.data.readers.cells import Unreadable, cell_text
from kerascls.data.readers.file_kinds import HEAD_BYTES, file_kind
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import Note
from kerascls.data.readers.sheet_facts import SheetFacts, sheet_facts
from kerascls.data.readers.tables import Cells, Lines
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


def xlsx_lines(handle: BinaryIO, source: str, options: FileOptions) -> Lines:
    """Yields the rows of a sheet; cells become texts.

    A merged cell counts for all rows it covers; a formula whose result is not stored
    is a cell that cannot be read.

    Raises:
        DataError: When it is no workbook, damaged, or has no such sheet.
    """
    try:
        workbook = _workbook(handle)
        sheet = _sheet(workbook, options.sheet, source)
        facts = sheet_facts(handle, sheet)
        # The size a sheet states for itself is often wrong.
        sheet.reset_dimensions()
        yield from _rows(sheet, facts, fill_header=options.header_row is not None)
    except _DAMAGE as error:
        raise _damaged(handle, source, error) from error
    if facts.merged:
        yield Note(
            f"merged cells count for all rows they cover: {facts.merged}, the first "
            f"in {facts.first_merged}"
        )


def other_sheets(handle: BinaryIO, options: FileOptions) -> list[FileOptions]:
    """Returns the options with each sheet's name."""
    try:
        workbook = _workbook(handle)
        names = [sheet.title for sheet in workbook.worksheets]
        read = _sheet(workbook, options.sheet, "").title
    except (*_DAMAGE, DataError):
        return []
    return [replace(options, sheet=name) for name in names if name != read]


def _workbook(handle: BinaryIO) -> Any:
    from openpyxl import load_workbook

    handle.seek(0)
    return load_workbook(handle, read_only=True, data_only=True)


def _sheet(workbook: Any, wanted: str | None, source: str) -> Any:
    sheets = workbook.worksheets
    if wanted is None:
        return sheets[0]
    for sheet in sheets:
        if sheet.title == wanted:
            return sheet
    if wanted.isdecimal() and 0 < int(wanted) <= len(sheets):
        return sheets[int(wanted) - 1]
    names = ", ".join(f'"{sheet.title}"' for sheet in sheets)
    raise DataError(
        f"Expected a sheet of the workbook, its name or its number from 1. Received: "
        f"sheet={wanted!r} for {source} with the sheets {names}. Correct `--sheet`."
    )


def _rows(sheet: Any, facts: SheetFacts, fill_header: bool) -> Iterator[Cells]:
    """Yields the rows; cells merged from the first row on count if `fill_header`."""
    merged: dict[int, str] = {}
    is_first = True
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [
            # Errors are kept too: only a column that is used needs a text.
            value if isinstance(value, str) else cell_text(value)
            for value in values
        ]
        for place in facts.formulas.get(number, ()):
            cells += [""] * (place + 1 - len(cells))
            cells[place] = Unreadable(
                "a formula whose result is not stored in the file; open it in Excel "
                "or WPS and save it"
            )
        row = Cells(number, cells, is_open=True)
        blocks = () if is_first and not fill_header else facts.blocks.get(number, ())
        is_first = is_first and row.is_empty
        for place, last in blocks:
            merged[place] = cells[place] if place < len(cells) else ""
            facts.ends[place] = last
        if merged and not row.is_empty:
            for place, cell in merged.items():
                if number <= facts.ends[place]:
                    cells += [""] * (place + 1 - len(cells))
                    cells[place] = cells[place] or cell
        while cells and not cells[-1] and not isinstance(cells[-1], Unreadable):
            cells.pop()
        yield row


def _damaged(handle: BinaryIO, source: str, error: Exception) -> DataError:
    handle.seek(0)
    head = handle.read(HEAD_BYTES)
    kind = file_kind(head)
    if kind and not head.startswith(b"PK"):
        return DataError(
            f"Expected an Excel workbook (.xlsx). Received: {source}, which is "
            f"{kind.name}. {kind.advice}"
        )
    return DataError(
        f"Expected an Excel workbook (.xlsx). Received: {source}, which cannot be "
        f"read as one ({type(error).__name__}: {error}). Open it in Excel and save "
        f"it again as .xlsx without a password, or as csv."
    )
