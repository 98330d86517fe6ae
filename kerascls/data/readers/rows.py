"""What a file is made of: usable records, and rows that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kerascls.data.readers.cells import is_empty
from kerascls.errors import DataError

Errors = Literal["raise", "skip"]
Fields = Mapping[str, object]
SHOWN_ROWS = 10
SHOWN_LINES = 5


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

    @property
    def is_empty(self) -> bool:
        """Whether no field holds anything but white space."""
        return all(map(is_empty, self.fields.values()))


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
            f"  {self.source}:{lines[0]}: {reason}{_more(lines[1:])}"
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


def _more(lines: list[int]) -> str:
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:SHOWN_LINES]))
    rest = ", ..." if len(lines) > SHOWN_LINES else ""
    noun = "line" if len(lines) == 1 else "lines"
    return f" (the same in {len(lines)} more {noun}: {shown}{rest})"
