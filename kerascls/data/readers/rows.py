"""What a file is made of: usable records, and rows that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kerascls.errors import DataError

Errors = Literal["raise", "skip"]
Fields = Mapping[str, object]
SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file.

    Args:
        line: Where the row starts: the physical line, or the row of a sheet; from 1.
        fields: Column name to cell, in the order of the file. Cells are texts,
            except in jsonl, where they are whatever the JSON says.
    """

    line: int
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: where it starts, and in a few words why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line for people on how a file was read, such as what was taken for what."""

    line: str


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A row that people have left without labels: usable where none are needed.

    Args:
        line: Where it starts.
        reason: In a word or two why, as in "skipped".
        fields: Those of a `Record`, without labels.
    """

    line: int
    reason: str
    fields: dict[str, object]


Row = Record | BadRow | Note | Unlabelled


def table_row(
    line: int, cells: list[str], columns: list[str], width: int
) -> Record | BadRow:
    """Returns a row of a table; columns without a name at its end must be empty.

    `width` is how many columns the header has, unnamed ones at its end included.
    """
    if not len(columns) <= len(cells) <= width:
        noun = "column" if len(cells) == 1 else "columns"
        return BadRow(line, f"{len(cells)} {noun} where the header has {width}")
    for number, cell in enumerate(cells[len(columns) :], start=len(columns) + 1):
        if cell.strip():
            return BadRow(line, f"column {number} has a cell and no name in the header")
    return Record(line, dict(zip(columns, cells, strict=False)))


@dataclass
class BadRowLog:
    """Counts the bad rows of one file and keeps the first few to show.

    Args:
        source: The file, as the user named it.
        errors: `"raise"` or `"skip"`.
        collected: A list that receives every bad row, if the caller wants them.
    """

    source: str
    errors: Errors = "raise"
    collected: list[BadRow] | None = None
    count: int = 0
    _shown: list[BadRow] = field(default_factory=list, init=False)

    def add(self, row: BadRow) -> None:
        """Takes note of one more bad row."""
        self.count += 1
        if len(self._shown) < SHOWN_ROWS:
            self._shown.append(row)
        if self.collected is not None:
            self.collected.append(row)

    def finish(self) -> None:
        """Raises a `DataError` when there were bad rows that are not to be skipped."""
        if not self.count or self.errors == "skip":
            return
        lines = [f"{self.source}:{row.line}: {row.reason}" for row in self._shown]
        if self.count > len(lines):
            lines.append(f"... and {self.count - len(lines)} more")
        noun = "row" if self.count == 1 else "rows"
        raise DataError(
            f"Expected every row to be usable. Received: {self.count} bad {noun} in "
            f"{self.source}:\n" + "\n".join(f"  {line}" for line in lines) + "\n"
            "Correct them, or go on without them: `--skip-bad-rows` "
            "(skip_bad_rows=True)."
        )
