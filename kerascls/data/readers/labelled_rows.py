"""Rows of labelled text, one after the other: what they hold, and what it means."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from kerascls.data.label_checks.look import look_at
from kerascls.data.readers.columns import ColumnsError
from kerascls.data.readers.cures import find_cure
from kerascls.data.readers.example_columns import Example, ExampleColumns
from kerascls.data.readers.formats import FORMATS, FormatError
from kerascls.data.readers.frames import Frame, told_in_python
from kerascls.data.readers.label_studio import NOT_ANNOTATED, is_unannotated
from kerascls.data.readers.one_hot import one_hot_advice
from kerascls.data.readers.opening import open_rows
from kerascls.data.readers.read_options import ReadOptions
from kerascls.data.readers.records import read_columns
from kerascls.data.readers.rows import (
    BadRow,
    BadRowLog,
    Note,
    Record,
    Row,
    row_noun,
)
from kerascls.data.readers.text_files import open_binary
from kerascls.errors import DataError, KerasclsError
from kerascls.system.words import as_keywords

Progress = Callable[[int, int], None]
ROWS_PER_PROGRESS = 1000


@dataclass
class LabelledRows:
    """The usable rows of a file or table; what else was found is known at its end.

    Args:
        columns: What the columns mean; None where no row is usable.
        log: The bad rows.
        path: The file or table.
        options: How it is read.
        notes: What the reader said of the file.
        unlabelled: Rows that people have left without labels, by reason.
        empty: Where empty rows are, which are passed over.
    """

    columns: ExampleColumns | None
    log: BadRowLog
    path: Path | Frame
    options: ReadOptions
    notes: list[str] = field(default_factory=list)
    unlabelled: Counter[str] = field(default_factory=Counter)
    empty: list[int] = field(default_factory=list)
    _rows: Iterator[Row] = field(default_factory=lambda: iter(()), repr=False)

    def __iter__(self) -> Iterator[tuple[Record, Example]]:
        for row in self._rows:
            if isinstance(row, Record):  # first, as nearly all are
                if is_unannotated(row.fields):
                    self.unlabelled[NOT_ANNOTATED] += 1
                elif row.is_empty:
                    self.empty.append(row.line)
                elif self.columns is not None:  # as it is where a row is a record
                    try:
                        example = self.columns.example(row)
                    except DataError as error:
                        self.log.add(BadRow(row.line, str(error)))
                    else:
                        yield row, example
            elif isinstance(row, BadRow):
                self.log.add(row)
            elif isinstance(row, Note):
                self.notes.append(row.line)
            else:
                self.unlabelled[row.reason] += 1

    def finish(self, count_texts: Callable[[], int]) -> tuple[str, ...]:
        """Returns what is to be said, after the last row.

        Raises:
            DataError: When the label column as a whole, or a row, cannot be used.
        """
        looked: tuple[str, ...] = ()
        with told_in_python(self.path):
            if self.columns is not None:
                column = self.columns.label_column(self.options, count_texts)
                looked = look_at(column)
            self.log.finish()
        if isinstance(self.path, Frame):
            looked = tuple(map(as_keywords, looked))
        lines = (*self.notes, *self.left_out, *self._passed_over())
        return (*(f"{self.path.name}: {line}" for line in lines), *looked)

    def _passed_over(self) -> Iterator[str]:
        if self.empty:
            yield (
                f"empty rows passed over: {len(self.empty)}, the first in "
                f"{row_noun(self.log.source)} {self.empty[0]}"
            )

    @property
    def left_out(self) -> list[str]:
        """How many rows had no labels yet, and why."""
        return [f"{why}, left out: {n:,}" for why, n in self.unlabelled.items()]


@contextmanager
def open_labelled(
    path: Path | Frame, options: ReadOptions, on_progress: Progress | None = None
) -> Iterator[LabelledRows]:
    """Opens a file, a folder, or a table in memory, with labelled text.

    Raises:
        DataError: When the file or its columns cannot be used.
        SettingsError: When the options do not fit the file.
    """
    if isinstance(path, Frame):
        with told_in_python(path):
            of_frame = _frame_rows(path, options, on_progress)
        yield of_frame
        return
    _require_regular(path)
    try:
        opened = open_rows(path, options, needs_labels=True)
    except FormatError as error:
        raise DataError(_with_columns(error, path, options)) from error
    with opened.handle as handle:
        rows = opened.format.rows(handle, str(path), options)
        if on_progress is not None and not opened.format.is_folder:
            rows = _with_progress(rows, handle, path, on_progress)
        columns, rows = _find_columns(rows, options, opened.format.is_table, path)
        log = BadRowLog(str(path), options.errors)
        notes = [opened.note] if opened.note else []
        yield LabelledRows(columns, log, path, options, notes, _rows=rows)


def _frame_rows(
    frame: Frame, options: ReadOptions, on_progress: Progress | None
) -> LabelledRows:
    frame.check(options)
    try:
        columns = ExampleColumns.choose(
            frame.columns, options, frame.name, frame.has_whole_labels
        )
    except ColumnsError as error:
        advice = _one_hot_advice(frame.records(), options) or error.advice
        raise DataError(f"{error.fault} {advice}") from error
    label = (columns.label,) if isinstance(columns.label, str) else columns.label
    rows = frame.records((*columns.texts, *label), on_progress)
    log = BadRowLog(frame.name, options.errors)
    return LabelledRows(columns, log, frame, options, _rows=rows)


def _find_columns(
    rows: Iterator[Row], options: ReadOptions, rows_are_alike: bool, path: Path
) -> tuple[ExampleColumns | None, Iterator[Row]]:
    """Returns the columns of the first record that has them, and all the rows."""
    choose = partial(ExampleColumns.choose, options=options, source=str(path))
    seen: list[Row] = []
    first_error: DataError | None = None
    try:
        for row in rows:
            seen.append(row)
            if not isinstance(row, Record) or not row.fields:
                continue
            try:
                return choose(row.fields), chain(seen, rows)
            except DataError as error:
                first_error = first_error or error
                if rows_are_alike:
                    break
    except ColumnsError as error:
        first_error = error
    if isinstance(first_error, ColumnsError):
        advice = _one_hot_advice(chain(seen, rows), options)
        advice = advice or find_cure(path, options, choose) or first_error.advice
        raise DataError(f"{first_error.fault} {advice}") from first_error
    if first_error:
        raise first_error
    return None, iter(seen)


def _with_columns(error: FormatError, path: Path, options: ReadOptions) -> str:
    """Returns the error with what its columns need, too, in the format advised."""
    if error.format is None or not FORMATS[error.format].is_table:
        return str(error)
    stated = replace(options, format=error.format)
    choose = partial(ExampleColumns.choose, options=stated, source=str(path))
    try:
        choose(read_columns(path, stated))
    except KerasclsError:
        return f"{error} {find_cure(path, stated, choose)}".strip()
    return str(error)


def _one_hot_advice(rows: Iterable[Row], options: ReadOptions) -> str:
    """Returns the label options of a one-hot table, empty where it is none."""
    if options.label:
        return ""
    records = (row.fields for row in rows if isinstance(row, Record))
    with suppress(DataError):  # of a later row; what is told are the columns
        return one_hot_advice(records)
    return ""


def _with_progress(
    rows: Iterator[Row], handle: BinaryIO, path: Path, on_progress: Progress
) -> Iterator[Row]:
    size_bytes = path.stat().st_size
    for count, row in enumerate(rows):
        if count % ROWS_PER_PROGRESS == 0:
            on_progress(min(handle.tell(), size_bytes), size_bytes)
        yield row
    on_progress(size_bytes, size_bytes)


def _require_regular(path: Path) -> None:
    if path.is_dir():
        return
    with open_binary(path) as handle:
        if handle.seekable():
            return
    raise DataError(
        f"Expected a file that can be read twice, for its hash. Received: "
        f"path={str(path)!r}, which is a pipe. Save it to a file first."
    )
