"""Whether quotation marks quote in a tab separated file, seen from the whole of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerascls.data.readers.delimited import Feed, parsed
from kerascls.data.readers.rows import Note
from kerascls.data.readers.tables import Cells


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
    whole_in_header: bool = False
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
            return
        for place, cell in enumerate(cells):
            if not cell.startswith('"'):
                self.inside += '"' in cell
                continue
            self.at_start += 1
            self.first_line = self.first_line or number
            if len(cell) > 1 and cell.endswith('"'):
                self.whole[place] += not is_header
                self.whole_in_header |= is_header
                self.doubled += '""' in cell[1:-1]

    @property
    def look_quoted(self) -> bool:
        """Whether cells in marks are as programs write that quote."""
        # They quote what needs it, a mark inside above all, or whole columns.
        if self.whole_in_header or (self.doubled and not self.inside):
            return True
        columns = [count for count in self.whole.values() if count]
        return (
            bool(columns)
            and self.rows > 1
            and all(count == self.rows for count in columns)
        )


def decide_quoting(lines: Iterator[str], delimiter: str) -> tuple[str, Note | None]:
    """Returns `"csv"` or `"none"`, what explains more rows, and what was decided.

    Without quoting each line is a row and a mark is a mark; with it a mark at the
    start of a cell begins what may hold delimiters and line ends. No note where both
    are the same.

    Args:
        lines: All lines, the header first.
        delimiter: What stands between cells.
    """
    marks = _Marks()
    kept = _watched(lines, marks, delimiter)
    bad = 0
    for row in parsed(Feed(kept), delimiter, keep_merged=False):
        if isinstance(row, Cells) and row.cells != []:
            bad += len(row.cells) != marks.width
        bad += bool(row.fault) if isinstance(row, Cells) else 0
    if not marks.at_start:
        return "csv", None
    if bad == marks.misfits == 0:
        quoting = "csv" if marks.look_quoted else "none"
    else:
        quoting = "csv" if bad < marks.misfits else "none"
    meaning = {
        "csv": "quotation marks are read as quoting cells",
        "none": "quotation marks are read as they stand",
    }[quoting]
    return quoting, Note(
        f"{meaning}, as with `--quoting {quoting}`: {marks.at_start} cells begin with "
        f"one, the first in line {marks.first_line}"
    )


def _watched(lines: Iterator[str], marks: _Marks, delimiter: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        marks.add(number, line, delimiter)
        yield line
