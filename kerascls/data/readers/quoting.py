"""Whether quotation marks quote in a tab separated file, seen from the whole of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerascls.data.readers.delimited import Feed, Quoted, parsed
from kerascls.data.readers.rows import Note


@dataclass
class _Marks:
    """What is seen of quotation marks when each line is a row without quoting."""

    width: int = 0
    rows: int = 0
    misfits: int = 0
    first_line: int = 0
    at_start: int = 0
    inside: int = 0
    doubled: int = 0
    needless: int = 0
    bare_commas: int = 0
    header_is_quoted: bool = False
    whole: Counter = field(default_factory=Counter)

    def add(self, number: int, line: str, delimiter: str) -> None:
        """Takes note of one line."""
        cells = line.rstrip("\r\n").split(delimiter)
        if cells == [""]:
            return
        is_header = not self.width
        self.width = self.width or len(cells)
        self.rows += not is_header
        self.misfits += len(cells) != self.width
        if '"' not in line:
            self.bare_commas += "," in line
            return
        if is_header:
            self.header_is_quoted = all(map(_is_quoted, cells))
        for place, cell in enumerate(cells):
            if not cell.startswith('"'):
                self.inside += '"' in cell
                self.bare_commas += "," in cell
                continue
            self.at_start += 1
            self.first_line = self.first_line or number
            if _is_quoted(cell):
                self.whole[place] += not is_header
                self.doubled += '""' in cell[1:-1]
                self.needless += not ("," in cell or '""' in cell[1:-1])

    @property
    def look_quoted(self) -> bool:
        """Whether cells in marks are as programs write that quote."""
        # They quote what needs it, a mark inside above all, or whole columns; Excel
        # quotes each cell with a comma too.
        if self.doubled and not self.inside:
            return True
        if not (self.inside or self.needless or self.bare_commas):
            return True
        columns = [count for count in self.whole.values() if count]
        return (
            bool(columns)
            and self.rows > 1
            and all(count == self.rows for count in columns)
        )


def decide_quoting(lines: Iterator[str], delimiter: str) -> Quoted:
    """Returns what explains more rows, `"csv"` or `"none"`, with a note on it.

    Without quoting each line is a row and a mark is a mark; with it a mark at the
    start of a cell begins what may hold delimiters and line ends. No note where both
    are the same.

    Args:
        lines: All lines, the header first.
        delimiter: What stands between cells.
    """
    marks = _Marks()
    bad = merged = 0
    for row in parsed(Feed(_watched(lines, marks, delimiter)), delimiter, True):
        if isinstance(row, Note):
            merged = 1
        elif row.fault or row.cells:
            bad += bool(row.fault) or len(row.cells) != marks.width
    if not marks.at_start:
        return Quoted("csv")
    if marks.header_is_quoted and not bad:
        quoting = "csv"
    elif bad == marks.misfits == 0:
        quoting = "csv" if marks.look_quoted and not merged else "none"
    else:
        quoting = "csv" if bad + merged < marks.misfits else "none"
    meaning = {
        "csv": "quotation marks are read as quoting cells",
        "none": "quotation marks are read as they stand",
    }[quoting]
    note = Note(
        f"{meaning}, as with `--quoting {quoting}`: {marks.at_start} cells begin with "
        f"one, the first in line {marks.first_line}"
    )
    return Quoted(quoting, keep_merged=marks.header_is_quoted, note=note)


def _watched(lines: Iterator[str], marks: _Marks, delimiter: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        marks.add(number, line, delimiter)
        yield line


def _is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'
