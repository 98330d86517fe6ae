"""What all tables have in common: a header, rows that fit it, empty rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from kerascls.data.readers.cells import is_empty
from kerascls.data.readers.columns import ColumnsError, check_columns
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Note, Record, Row

FIRST_ROWS = 20


@dataclass(slots=True)
class Cells:
    """One row of a table before its cells have names.

    Args:
        line: Where it starts: the physical line, or the row of a sheet; from 1.
        cells: What it holds.
        fault: Why it cannot be used, if it cannot.
        is_open: Whether further cells are there and empty, as in a sheet.
        is_quoted: Whether quotation marks say that the row is there, though empty.
    """

    line: int
    cells: list[str]
    fault: str = ""
    is_open: bool = False
    is_quoted: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing but white space is there, and none of it on purpose."""
        if self.fault or self.is_quoted:
            return False
        for cell in self.cells:  # the first one decides for almost every row
            if type(cell) is str and cell and not cell.isspace():
                return False
            if not is_empty(cell):
                return False
        return True


Lines = Iterator[Cells | Note]


@dataclass(frozen=True)
class Header:
    """The columns of a table and where they stand.

    Args:
        columns: The names; one may be empty.
        places: The place of each in a row, from 0.
        width: How many cells the header has, unnamed ones included.
        source: What names them, for messages.
    """

    columns: tuple[str, ...]
    places: tuple[int, ...]
    width: int
    source: str = "the header"

    @classmethod
    def of(cls, row: Cells, source: str) -> "Header":
        """Returns the header that a row holds.

        Raises:
            ColumnsError: When names are missing or there twice.
        """
        if row.fault:
            raise ColumnsError(
                f"Expected a line that names the columns. Received: {source}:"
                f"{row.line}: {row.fault}.",
                "Correct that line.",
            )
        columns, places = check_columns(row.cells, f"{source}:{row.line}")
        return cls(tuple(columns), tuple(places), len(row.cells))

    def row(self, row: Cells) -> Record | BadRow:
        """Returns a row with its cells by their names."""
        if row.fault:
            return BadRow(row.line, row.fault)
        cells = row.cells
        if row.is_open:
            cells = cells + [""] * (self.width - len(cells))
        if len(cells) == len(self.columns) == self.width:
            return Record(row.line, dict(zip(self.columns, cells, strict=True)))
        if row.is_empty:
            return Record(row.line, {name: "" for name in self.columns})
        is_too_long = len(cells) > self.width and not row.is_open
        if len(cells) <= self.places[-1] or is_too_long:
            noun = "column" if len(cells) == 1 else "columns"
            reason = f"{len(cells)} {noun} where {self.source} has {self.width}"
            return BadRow(row.line, reason)
        for place in sorted(set(range(len(cells))) - set(self.places)):
            if cells[place].strip():
                reason = f"column {place + 1} has a cell and no name in the header"
                return BadRow(row.line, reason)
        kept = [cells[place] for place in self.places]
        return Record(row.line, dict(zip(self.columns, kept, strict=True)))


def table_rows(lines: Lines, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields the rows of a table; empty ones at its end are passed over.

    An empty row above others is a row whose cells are empty.

    Args:
        lines: All rows as they stand, from the first.
        source: The file, for messages.
        options: Where the header is.

    Raises:
        ColumnsError: When there is no header, or none of the first rows fits it.
    """
    header, notes, lines = _header(lines, source, options)
    yield from notes
    first: list[Cells | Note] = list(islice(lines, FIRST_ROWS))
    if not options.no_header:
        _check_first_rows(
            header, [row for row in first if isinstance(row, Cells)], source
        )
    empty: list[Cells] = []
    for row in chain(first, lines):
        if isinstance(row, Note):
            yield row
        elif row.is_empty:
            empty.append(row)
        else:
            yield from map(header.row, empty)
            empty.clear()
            yield header.row(row)


def table_columns(lines: Lines, source: str, options: FileOptions) -> list[str]:
    """Returns the names of a table's columns; arguments as in `table_rows`."""
    return list(_header(lines, source, options)[0].columns)


def _header(
    lines: Lines, source: str, options: FileOptions
) -> tuple[Header, list[Note], Lines]:
    if options.no_header:
        names = options.columns
        header = Header(names, tuple(range(len(names))), len(names), "--columns")
        return header, [], lines
    notes: list[Note] = []
    for row in lines:
        if isinstance(row, Note):
            notes.append(row)
        elif row.line >= (options.header_row or 1) and not row.is_empty:
            if options.header_row not in (None, row.line):
                break
            return Header.of(row, source), notes, lines
    if options.header_row:
        raise ColumnsError(
            f"Expected names of columns in line {options.header_row}. Received: "
            f"{source}, where no row with cells begins there.",
            "Correct `--header-row`.",
        )
    raise ColumnsError(
        f"Expected a first line that names the columns. Received: {source}, which "
        f"holds no cell.",
        "Give a file with at least a header and one row.",
    )


def _check_first_rows(header: Header, rows: Sequence[Cells], source: str) -> None:
    """Refuses a header that none of several rows fits: that is one fault, not many."""
    filled = [row for row in rows if not row.is_empty]
    bad = [row for row in map(header.row, filled) if isinstance(row, BadRow)]
    sound = [row for row in filled if not row.fault]
    if len(bad) < len(filled) or len(sound) < 2:
        return
    names = ", ".join(f'"{name}"' for name in header.columns[:5])
    raise ColumnsError(
        f"Expected rows that fit the first one, which is taken for the names of the "
        f"columns. Received: {source} with the columns {names}, and of the first "
        f"{len(filled)} rows below none that fits: {source}:{bad[0].line}: "
        f"{bad[0].reason}.",
        "Let the first row name all columns, and put cells that hold the delimiter "
        "into quotation marks.",
    )
