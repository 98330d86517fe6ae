"""Options that were tried, and read a file whose columns were not the wanted ones."""

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.opening import open_rows
from kerascls.data.readers.rows import Record
from kerascls.data.readers.tables import FIRST_ROWS, Cells, Header
from kerascls.errors import DataError, KerasclsError

HEADER_ROWS = 10
LONG_NAME_CHARS = 25
Choose = Callable[[Sequence[str]], object]
Tried = tuple[FileOptions, list[Cells]]


def find_cure(path: str | Path, options: FileOptions, choose: Choose) -> str:
    """Returns advice with options to paste that were tried, or "" where none helps.

    Args:
        path: A file that can be read again.
        options: Those that did not do.
        choose: Raises a `KerasclsError` where column names are not the wanted ones.
    """
    if options.no_header or not Path(path).is_file():
        return ""
    tried = list(_tried(path, options))
    if not tried:
        return ""
    for variant, rows in tried:
        for number, row in enumerate(rows[:HEADER_ROWS]):
            header = _header(row, rows[number + 1 :])
            if header and _suits(header, choose):
                found = replace(variant, header_row=row.line if number else None)
                if flags := _flags(found, options):
                    return _advice(flags, header)
    return _cure_by_shape(options, tried)


def _tried(path: str | Path, options: FileOptions) -> Iterator[Tried]:
    """Yields the options and their variants with the first rows they give."""
    opened = open_rows(path, options)
    format = opened.format
    with opened.handle as handle:
        variants = format.variants(handle, options) if format.variants else []
        for variant in [options, *(one for one in variants if one != options)]:
            handle.seek(0)
            try:
                # Any row may be the header, so what is merged into it counts.
                whole = replace(variant, header_row=variant.header_row or 1)
                lines = format.lines(handle, str(path), whole) if format.lines else []
                cells = (row for row in lines if isinstance(row, Cells))
                filled = (row for row in cells if not row.is_empty)
                yield variant, list(islice(filled, HEADER_ROWS + FIRST_ROWS))
            except DataError:
                continue


def _header(row: Cells, below: Sequence[Cells]) -> Header | None:
    """Returns the header that a row is, if rows below it fit."""
    try:
        header = Header.of(row, "")
    except DataError:
        return None
    fitting = sum(isinstance(header.row(other), Record) for other in below)
    return header if fitting and 2 * fitting >= len(below) else None


def _suits(header: Header, choose: Choose) -> bool:
    try:
        choose(header.columns)
    except KerasclsError:
        return False
    return True


def _cure_by_shape(options: FileOptions, tried: Sequence[Tried]) -> str:
    """Returns advice where no row has the names: a header of another form, or none."""
    rows = tried[0][1]
    if rows and len(_filled(rows[0])) == 1:
        for variant, others in tried[1:]:
            header = _header(others[0], others[1:]) if others else None
            alike = {len(row.cells) for row in others}
            if header and len(header.columns) > 1 and len(alike) == 1:
                return _advice(_flags(variant, options), header)
    if title := _cure_of_title(options, rows):
        return title
    if rows and _looks_like_data(rows):
        names = _names(rows)
        flags = f"--no-header --columns {shlex.quote(','.join(names))}"
        return (
            f"Line {rows[0].line} looks like a row, not like names of columns: if so, "
            f"name them, as in `{flags}`."
        )
    sheets = [variant.sheet for variant, _ in tried[1:] if variant.sheet]
    if sheets:
        listed = ", ".join(shlex.quote(str(name)) for name in sheets[:10])
        return f"Its other sheets are {listed}: name one with `--sheet`."
    return ""


def _cure_of_title(options: FileOptions, rows: Sequence[Cells]) -> str:
    """Returns advice where single cells stand above rows of more."""
    widths = Counter(len(_filled(row)) for row in rows)
    width = widths.most_common(1)[0][0] if widths else 0
    number = next((n for n, row in enumerate(rows) if len(_filled(row)) >= width), 0)
    if width < 2 or not 0 < number < HEADER_ROWS or options.header_row:
        return ""
    header = _header(rows[number], rows[number + 1 :])
    if header is None or _looks_like_data(rows[number:]):
        return ""
    flags = _flags(replace(options, header_row=rows[number].line), options)
    above = ", ".join(repr(_filled(row)[0]) for row in rows[:number][:3])
    return f"What stands above, {above}, looks like a title. {_advice(flags, header)}"


def _looks_like_data(rows: Sequence[Cells]) -> bool:
    """Returns whether the first row is like those below, not like names."""
    first, below = rows[0], rows[1:]
    for place, cell in enumerate(first.cells):
        others = [row.cells[place] for row in below if len(row.cells) > place]
        if cell.strip() and (cell in others or len(cell) > LONG_NAME_CHARS):
            return True
    return False


def _names(rows: Sequence[Cells]) -> list[str]:
    """Returns names for columns: the longest cells are texts, repeated ones labels."""
    width = len(rows[0].cells)
    columns = [[r.cells[n] for r in rows if len(r.cells) > n] for n in range(width)]
    text = max(range(width), key=lambda n: sum(map(len, columns[n])))
    others = [n for n in range(width) if n != text]
    label = min(others, key=lambda n: len(set(columns[n])), default=None)
    names = [f"column{n + 1}" for n in range(width)]
    names[text] = "text"
    if label is not None:
        names[label] = "label"
    return names


def _filled(row: Cells) -> list[str]:
    return [cell for cell in row.cells if cell.strip()]


def _flags(found: FileOptions, options: FileOptions) -> str:
    """Returns the options of the command line that make one of the other."""
    parts = []
    for field in fields(FileOptions):
        value = getattr(found, field.name)
        if value is not None and value != getattr(options, field.name):
            shown = "tab" if value == "\t" else str(value)
            parts.append(f"--{field.name.replace('_', '-')} {shlex.quote(shown)}")
    return " ".join(parts)


def _advice(flags: str, header: Header) -> str:
    listed = ", ".join(f'"{name}"' for name in header.columns)
    return f"Read with `{flags}` it has the columns {listed}: add that if it is right."
