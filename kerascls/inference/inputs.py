"""What predictions are wanted for: a file, or standard input."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from kerascls.data.readers import (
    FORMATS,
    BadRow,
    FileOptions,
    Record,
    read_columns,
    read_records,
)
from kerascls.data.readers.formats import check_effect, find_format, open_source
from kerascls.data.readers.lines import LINE_COLUMN, line_rows
from kerascls.data.readers.records import AS_IT_IS
from kerascls.data.readers.rows import SHOWN_ROWS
from kerascls.errors import DataError
from kerascls.inference.stream import texts_of


@dataclass(frozen=True)
class Input:
    """Rows that can be read more than once, unless they are lines of a stream.

    Args:
        path: The file to read; None for standard input.
        source: The input as the user named it, for messages.
        format: One of `FORMATS`.
        options: How it is read.
    """

    path: Path | None
    source: str
    format: str
    options: FileOptions

    def records(self, bad_rows: list[BadRow] | None = None) -> Iterator[Record]:
        """Yields the rows; those that cannot be used go to `bad_rows`."""
        if self.path is None:
            rows = line_rows(sys.stdin.buffer, self.source, self.options)
            return (row for row in rows if isinstance(row, Record))
        return read_records(
            self.path,
            replace(self.options, format=self.format),
            errors="skip",
            bad_rows=bad_rows,
        )

    def columns(self) -> tuple[str, ...]:
        """Returns the columns; of JSON lines the first row's, none without rows."""
        if self.path is None or FORMATS[self.format].is_lines:
            return (LINE_COLUMN,)
        return read_columns(self.path, replace(self.options, format=self.format))

    def check(self, text: Sequence[str], columns: Sequence[str]) -> int:
        """Returns the number of rows.

        Args:
            text: The columns with the texts.
            columns: Those there are.

        Raises:
            DataError: When a row cannot be used; it lists the first ten.
        """
        if missing := [name for name in text if name not in columns]:
            raise DataError(
                f"Expected {self.source} to have the text column {_quoted(missing)}. "
                f"Received: columns {_quoted(columns)}. Name the columns that hold the "
                f"texts with `--text`, in the order used in training."
            )
        bad_rows: list[BadRow] = []
        num_rows = 0
        for record in self.records(bad_rows):
            num_rows += 1
            try:
                texts_of(record, text, self.source)
            except DataError as error:
                bad_rows.append(BadRow(record.line, str(error.__cause__)))
        if bad_rows:
            raise DataError(_bad_rows_message(bad_rows, self.source))
        return num_rows


@contextmanager
def open_input(input: str | Path, options: FileOptions = AS_IT_IS) -> Iterator[Input]:
    """Opens a file, or standard input for `"-"`.

    Standard input is plain lines of text unless `options` name a format; any other
    format is put aside in a temporary file first, for it is read twice.

    Raises:
        SettingsError: When the format is unknown or has no use for an option.
        DataError: When there is no such file.
    """
    if str(input) != "-":
        path = Path(input)
        format = find_format(path, options.format, needs_labels=False)
        with open_source(path, FORMATS[format]):
            pass
        check_effect(options, format, str(path))
        yield Input(path, str(path), format, options)
        return
    format = find_format("standard input.txt", options.format, needs_labels=False)
    check_effect(options, format, "standard input")
    if FORMATS[format].is_lines:
        yield Input(None, "standard input", format, options)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "standard input"
        with path.open("wb") as handle:
            shutil.copyfileobj(sys.stdin.buffer, handle)
        yield Input(path, "standard input", format, options)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _bad_rows_message(bad_rows: list[BadRow], source: str) -> str:
    in_order = sorted(bad_rows, key=attrgetter("line"))
    lines = [f"  {source}:{row.line}: {row.reason}" for row in in_order[:SHOWN_ROWS]]
    if len(bad_rows) > SHOWN_ROWS:
        lines.append(f"  ... and {len(bad_rows) - SHOWN_ROWS} more")
    return (
        f"Expected every row to be usable, for none may be dropped. Received: "
        f"{len(bad_rows)} bad in {source}:\n" + "\n".join(lines) + "\nCorrect them, or "
        "take them out of the input."
    )
