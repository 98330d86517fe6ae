"""What a file is made of: usable records, and rows that cannot be used."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from kerascls.data.readers.cells import is_empty
from kerascls.errors import DataError

Errors = Literal["raise", "skip"]
Fields = Mapping[str, object]
SHOWN_ROWS = 10
SHOWN_LINES = 5


class TableName(str):
    """What a table in memory is called, as in `<DataFrame 410 rows>`.

    Its rows are known by their positions, from 0, and by the labels of its index.
    """

    row_labels: Sequence[Any] | None = None

    @classmethod
    def of(cls, kind: str, num_rows: int, row_labels: Sequence[Any] | None) -> Self:
        """Returns the name of a table; `row_labels` is None where it says no more."""
        name = cls(f"<{kind} {num_rows} row{'' if num_rows == 1 else 's'}>")
        name.row_labels = row_labels
        return name

    def numbered(self, number: int) -> "TableName":
        """Returns the name of another table that would have the same."""
        name = TableName(f"{self[:-1]}, no. {number}>")
        name.row_labels = self.row_labels
        return name

    @staticmethod
    def fits(text: str) -> bool:
        """Returns whether a text is such a name, and no path."""
        return re.fullmatch(r"<\w+ \d+ rows?(, no. \d+)?>", text) is not None


def place_in(source: str, line: int) -> str:
    """Returns where a row is: `news.csv:7`, or in a table in memory its position."""
    if not isinstance(source, TableName):
        return f"{source}:{line}"
    known = ""
    if source.row_labels is not None:
        label = source.row_labels[line]
        known = f" (index {label.item() if hasattr(label, 'item') else label!r})"
    return f"{source} at position {line}{known}"


def row_noun(source: str) -> str:
    """Returns what the number of a row counts: lines, or positions in memory."""
    return "position" if isinstance(source, TableName) else "line"


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file.

    Args:
        line: Where the row starts: the physical line, or the row of a sheet, from 1;
            of a table in memory its position, from 0.
        fields: Column name to cell, in the order of the file. Cells are texts,
            except in jsonl, where they are whatever the JSON says.
    """

    line: int
    fields: dict[str, object]

    @property
    def is_empty(self) -> bool:
        """Whether no field holds anything but white space."""
        for value in self.fields.values():  # the first one decides for almost every row
            if not is_empty(value):
                return False
        return True


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
    _lines_of: dict[str, list[int]] = field(default_factory=dict, init=False)

    def add(self, row: BadRow) -> None:
        """Takes note of one more bad row."""
        self.count += 1
        if row.reason in self._lines_of or len(self._lines_of) < SHOWN_ROWS:
            self._lines_of.setdefault(row.reason, []).append(row.line)
        if self.collected is not None:
            self.collected.append(row)

    def lines(self) -> list[str]:
        """Returns the first few reasons, each with the rows it holds for."""
        shown = [
            f"  {place_in(self.source, lines[0])}: {reason}"
            f"{_more(lines[1:], row_noun(self.source))}"
            for reason, lines in self._lines_of.items()
        ]
        others = self.count - sum(map(len, self._lines_of.values()))
        return [*shown, f"  ... and {others} more"] if others else shown

    def finish(self) -> None:
        """Raises a `DataError` when there were bad rows that are not to be skipped."""
        if not self.count or self.errors == "skip":
            return
        noun = "row" if self.count == 1 else "rows"
        raise DataError(
            f"Expected every row to be usable. Received: {self.count} bad {noun} in "
            f"{self.source}:\n" + "\n".join(self.lines()) + "\n"
            "Correct them, or go on without them: `--skip-bad-rows` "
            "(skip_bad_rows=True)."
        )


def _more(lines: list[int], noun: str) -> str:
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:SHOWN_LINES]))
    rest = ", ..." if len(lines) > SHOWN_LINES else ""
    noun += "" if len(lines) == 1 else "s"
    return f" (the same in {len(lines)} more {noun}: {shown}{rest})"
