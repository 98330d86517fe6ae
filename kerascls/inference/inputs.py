"""What predictions are wanted for: a file, or standard input."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from kerascls.data.readers import FORMATS, BadRow, Record, read_columns, read_records
from kerascls.data.readers.records import find_format
from kerascls.data.readers.rows import SHOWN_ROWS
from kerascls.data.readers.text_files import check_encoding, decoded_lines, open_binary
from kerascls.errors import DataError, SettingsError
from kerascls.inference.stream import texts_of

LINES = "txt"
LINE_COLUMN = "text"
PREDICT_FORMATS = (*FORMATS, LINES)
STANDARD_STREAM = "-"


class Input:
    """Rows that can be read more than once, unless they are lines of a stream.

    Args:
        path: The file to read; None for standard input.
        source: The input as the user named it, for messages.
        format: One of `PREDICT_FORMATS`.
        encoding: Encoding of text formats.
    """

    def __init__(self, path: Path | None, source: str, format: str, encoding: str):
        self.path = path
        self.source = source
        self.format = format
        self.encoding = encoding

    @property
    def can_be_read_twice(self) -> bool:
        """Whether `records` may be called again."""
        return self.path is not None

    def records(self, bad_rows: list[BadRow] | None = None) -> Iterator[Record]:
        """Yields the rows; those that cannot be used go to `bad_rows`."""
        if self.format != LINES:
            return read_records(
                self.path,
                format=self.format,
                encoding=self.encoding,
                errors="skip",
                bad_rows=bad_rows,
            )
        return self._lines()

    def _lines(self) -> Iterator[Record]:
        opened = open_binary(self.path) if self.path else nullcontext(sys.stdin.buffer)
        with opened as handle:
            yield from _line_records(handle, self.source, self.encoding)

    def columns(self) -> tuple[str, ...]:
        """Returns the columns; of JSON lines the first row's, none without rows."""
        if self.format == LINES:
            return (LINE_COLUMN,)
        return read_columns(self.path, format=self.format, encoding=self.encoding)

    def check(self, text: Sequence[str], columns: Sequence[str]) -> int:
        """Returns the number of rows.

        Args:
            text: The columns with the texts.
            columns: Those there are.

        Raises:
            DataError: When a row cannot be used; it lists the first ten.
        """
        bad_rows: list[BadRow] = []
        num_rows = 0
        _require_columns(columns, text, self.source)
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
def open_input(input: str | Path, format: str | None, encoding: str) -> Iterator[Input]:
    """Opens a file, or standard input for `"-"`.

    Standard input is plain lines of text unless `format` says otherwise; any other
    format is put aside in a temporary file first, for it is read twice.

    Raises:
        SettingsError: When the format or the encoding is unknown.
        DataError: When there is no such file.
    """
    check_encoding(encoding)
    if str(input) != STANDARD_STREAM:
        path = Path(input)
        open_binary(path).close()
        yield Input(path, str(path), _format_of(path, format), encoding)
        return
    format = _format_of(Path("standard input.txt"), format)
    if format == LINES:
        yield Input(None, "standard input", format, encoding)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "standard input"
        with path.open("wb") as handle:
            shutil.copyfileobj(sys.stdin.buffer, handle)
        yield Input(path, "standard input", format, encoding)


def _format_of(path: Path, format: str | None) -> str:
    ending = path.suffix.lower().removeprefix(".")
    if LINES in (format, ending if format is None else None):
        return LINES
    if format is not None and format not in FORMATS:
        raise SettingsError(
            f"Expected a format out of {', '.join(PREDICT_FORMATS)}. Received: "
            f"format={format!r}. Choose one of them."
        )
    return find_format(path, format)


def _line_records(handle: BinaryIO, source: str, encoding: str) -> Iterator[Record]:
    lines = decoded_lines(handle, source, encoding, newline="\n")
    for line, text in enumerate(lines, start=1):
        yield Record(line, {LINE_COLUMN: text.rstrip("\r\n")})


def _require_columns(columns: Sequence[str], text: Sequence[str], source: str) -> None:
    missing = [name for name in text if name not in columns]
    if missing:
        raise DataError(
            f"Expected {source} to have the text column {_quoted(missing)}. Received: "
            f"columns {_quoted(columns)}. Name the columns that hold the texts "
            f"with `--text`, in the order used in training."
        )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _bad_rows_message(bad_rows: list[BadRow], source: str) -> str:
    bad_rows = sorted(bad_rows, key=_line_of)
    lines = [f"  {source}:{row.line}: {row.reason}" for row in bad_rows[:SHOWN_ROWS]]
    if len(bad_rows) > SHOWN_ROWS:
        lines.append(f"  ... and {len(bad_rows) - SHOWN_ROWS} more")
    return (
        f"Expected every row to be usable, for none may be dropped. Received: "
        f"{len(bad_rows)} bad in {source}:\n" + "\n".join(lines) + "\nCorrect them, or "
        "take them out of the input."
    )


def _line_of(row: BadRow) -> int:
    return row.line
