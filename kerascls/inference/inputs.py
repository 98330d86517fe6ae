"""What predictions are wanted for: a file, or standard input."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
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
from kerascls.data.readers.columns import ColumnsError, text_advice
from kerascls.data.readers.cures import find_cure
from kerascls.data.readers.formats import check_effect, find_format
from kerascls.data.readers.frames import Frame, told_in_python
from kerascls.data.readers.lines import LINE_COLUMN, line_rows
from kerascls.data.readers.records import AS_IT_IS
from kerascls.data.readers.rows import BadRowLog
from kerascls.data.readers.text_files import open_binary
from kerascls.errors import DataError, KerasclsError
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

    def records(
        self, bad_rows: list[BadRow] | None = None, notes: list[str] | None = None
    ) -> Iterator[Record]:
        """Yields the rows; those that cannot be used go to `bad_rows`.

        An empty row above others is one, too; `notes` gets lines for people.
        """
        if self.path is None:
            return self._stdin()
        return read_records(
            self.path,
            replace(self.options, format=self.format),
            errors="skip",
            keep_empty=True,
            bad_rows=bad_rows,
            notes=notes,
        )

    def _stdin(self) -> Iterator[Record]:
        for row in line_rows(sys.stdin.buffer, self.source, self.options):
            if isinstance(row, BadRow):
                raise DataError(
                    f"Expected every row to be usable, for none may be dropped. "
                    f"Received: {self.source}:{row.line}: {row.reason}. Correct it."
                )
            if isinstance(row, Record):
                yield row

    def columns(
        self, text: Sequence[str] = (), one_is_enough: bool = False
    ) -> tuple[str, ...]:
        """Returns the columns; of JSON lines the first row's, none without rows.

        Args:
            text: Those that hold the texts.
            one_is_enough: Whether rows of what is no table may lack some of them.

        Raises:
            DataError: When there is no header, or text columns are missing in it.
        """
        if self.path is None or FORMATS[self.format].is_lines:
            return (LINE_COLUMN,)
        options = replace(self.options, format=self.format)
        choose = partial(self._check_columns, text)
        some = one_is_enough and not FORMATS[self.format].is_table
        try:
            columns = read_columns(self.path, options)
            if columns and not (some and {*columns} & {*text}):
                choose(columns)
            return columns
        except ColumnsError as error:
            advice = find_cure(self.path, options, choose)
            raise DataError(f"{error.fault} {advice or error.advice}") from error

    def check(
        self,
        text: Sequence[str],
        notes: list[str] | None = None,
        one_is_enough: bool = False,
    ) -> int:
        """Returns the number of rows.

        Args:
            text: The columns with the texts.
            notes: Gets lines for people on how the rows were read.
            one_is_enough: Whether some texts of a row may be missing, but not all.

        Raises:
            DataError: When a row cannot be used; it lists the first ten.
        """
        bad_rows: list[BadRow] = []
        num_rows = 0
        try:
            for record in self.records(bad_rows, notes):
                num_rows += 1
                try:
                    texts_of(record, text, self.source, one_is_enough)
                except DataError as error:
                    bad_rows.append(BadRow(record.line, str(error.__cause__)))
        except ColumnsError as error:
            choose = partial(self._check_columns, text)
            advice = find_cure(self.path or "-", self.options, choose)
            raise DataError(f"{error.fault} {advice or error.advice}") from error
        if bad_rows:
            raise DataError(_bad_rows_message(bad_rows, self.source))
        return num_rows

    def _check_columns(self, text: Sequence[str], columns: Sequence[str]) -> None:
        if missing := [name for name in text if name not in columns]:
            raise ColumnsError(
                f"Expected the text column {_quoted(missing)}. Received: {self.source} "
                f"with the columns {_quoted(columns)}.",
                text_advice(text, columns),
            )


@dataclass(frozen=True)
class FrameInput(Input):
    """Rows of a table in memory."""

    frame: Frame

    @classmethod
    def of(cls, frame: Frame) -> "FrameInput":
        """Returns the rows; texts alone are read as lines are."""
        format = "txt" if frame.is_texts else "csv"
        return cls(Path(frame.name), frame.name, format, AS_IT_IS, frame)

    def records(
        self, bad_rows: list[BadRow] | None = None, notes: list[str] | None = None
    ) -> Iterator[Record]:
        """Yields the rows."""
        return self.frame.records()

    def columns(
        self, text: Sequence[str] = (), one_is_enough: bool = False
    ) -> tuple[str, ...]:
        """Returns the columns; a `DataError` where those with texts are missing."""
        with told_in_python(self.frame):
            self._check_columns(text, self.frame.columns)
        return self.frame.columns


@contextmanager
def open_input(
    input: str | Path | Frame, options: FileOptions = AS_IT_IS
) -> Iterator[Input]:
    """Opens a file, a table in memory, or standard input for `"-"`.

    Standard input is plain lines of text unless `options` name a format; any other
    format is put aside in a temporary file first, for it is read twice.

    Raises:
        SettingsError: When the format is unknown or has no use for an option.
        DataError: When there is no such file.
    """
    if isinstance(input, Frame):
        input.check(options)
        yield FrameInput.of(input)
        return
    if str(input) != "-":
        path = Path(input)
        if not path.is_dir():
            open_binary(path).close()
        format = find_format(path, options.format, needs_labels=False)
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
        with _told_of_stream(path):
            yield Input(path, "standard input", format, options)


@contextmanager
def _told_of_stream(path: Path) -> Iterator[None]:
    """Makes messages about the file that a stream was put aside in speak of that."""
    try:
        yield
    except KerasclsError as error:
        told = str(error).replace(str(path), "standard input")
        raise type(error)(told) from error


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _bad_rows_message(bad_rows: list[BadRow], source: str) -> str:
    log = BadRowLog(source)
    for row in sorted(bad_rows, key=attrgetter("line")):
        log.add(row)
    return (
        f"Expected every row to be usable, for none may be dropped. Received: "
        f"{log.count} bad in {source}:\n" + "\n".join(log.lines()) + "\nCorrect them, "
        "or take them out of the input."
    )
