"""Rows of labelled text, one after the other: what they hold, and what it means."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from kerascls.data.label_checks.look import look_at
from kerascls.data.readers.columns import NAME_THE_LABEL
from kerascls.data.readers.example_columns import Example, ExampleColumns
from kerascls.data.readers.formats import (
    FORMATS,
    FileFormat,
    check_effect,
    find_format,
    open_source,
)
from kerascls.data.readers.one_hot import one_hot_advice
from kerascls.data.readers.read_options import ReadOptions
from kerascls.data.readers.rows import (
    BadRow,
    BadRowLog,
    Note,
    Record,
    Row,
    Unlabelled,
)
from kerascls.errors import DataError

Progress = Callable[[int, int], None]
ROWS_PER_PROGRESS = 1000
LOOKED_AT_ROWS = 1000


@dataclass
class LabelledRows:
    """The usable rows of an open file; what else was found is known at its end.

    Args:
        columns: What the columns mean; None where no row is usable.
        log: The bad rows.
        path: The file.
        options: How it is read.
        notes: What the reader said of the file.
        unlabelled: Rows that people have left without labels, by reason.
    """

    columns: ExampleColumns | None
    log: BadRowLog
    path: Path
    options: ReadOptions
    notes: list[str] = field(default_factory=list)
    unlabelled: Counter[str] = field(default_factory=Counter)
    _rows: Iterator[Row] = field(default_factory=lambda: iter(()), repr=False)

    def __iter__(self) -> Iterator[tuple[Record, Example]]:
        for row in self._rows:
            if isinstance(row, BadRow):
                self.log.add(row)
            elif isinstance(row, Note):
                self.notes.append(row.line)
            elif isinstance(row, Unlabelled):
                self.unlabelled[row.reason] += 1
            elif self.columns is not None:  # as it is where a row is a record
                try:
                    example = self.columns.example(row)
                except DataError as error:
                    self.log.add(BadRow(row.line, str(error)))
                else:
                    yield row, example

    def finish(self, count_texts: Callable[[], int]) -> tuple[str, ...]:
        """Returns what is to be said, after the last row.

        Raises:
            DataError: When the label column as a whole, or a row, cannot be used.
        """
        looked: tuple[str, ...] = ()
        if self.columns is not None:
            column = self.columns.label_column(self.path, self.options, count_texts)
            looked = look_at(column)
        self.log.finish()
        return (*self.notes, *self.left_out, *looked)

    @property
    def left_out(self) -> list[str]:
        """How many rows had no labels yet, and why."""
        return [f"{n:,} {why}, left out" for why, n in self.unlabelled.items()]


@contextmanager
def open_labelled(
    path: Path, options: ReadOptions, on_progress: Progress | None = None
) -> Iterator[LabelledRows]:
    """Opens a file, or a folder, with labelled text.

    Raises:
        DataError: When the file or its columns cannot be used.
        SettingsError: When the options do not fit the file.
    """
    name = find_format(path, options.format)
    check_effect(options, name, str(path))
    format = FORMATS[name]
    with open_source(path, format) as handle:
        _require_regular(handle, path, format)
        rows = format.rows(handle, str(path), options)
        if on_progress is not None and not format.is_folder:
            rows = _with_progress(rows, handle, on_progress)
        columns, rows = _find_columns(rows, options, format.is_table)
        log = BadRowLog(str(path), options.errors)
        yield LabelledRows(columns, log, path, options, _rows=rows)


def _find_columns(
    rows: Iterator[Row], options: ReadOptions, rows_are_alike: bool
) -> tuple[ExampleColumns | None, Iterator[Row]]:
    """Returns the columns of the first record that has them, and all the rows."""
    seen: list[Row] = []
    first_error = None
    for row in rows:
        seen.append(row)
        if not isinstance(row, Record):
            continue
        try:
            return ExampleColumns.choose(row, options), chain(seen, rows)
        except DataError as error:
            first_error = first_error or error
            if rows_are_alike:
                break
    if first_error:
        raise _with_advice(first_error, chain(seen, rows), options)
    return None, iter(seen)


def _with_advice(
    error: DataError, rows: Iterator[Row], options: ReadOptions
) -> DataError:
    """Returns the error; with the labels of a one-hot table, if it is one."""
    if options.label:
        return error
    records = (row.fields for row in rows if isinstance(row, Record))
    advice = one_hot_advice(islice(records, LOOKED_AT_ROWS))
    if not advice:
        return error
    return DataError(f"{str(error).removesuffix(NAME_THE_LABEL).strip()} {advice}")


def _with_progress(
    rows: Iterator[Row], handle: BinaryIO, on_progress: Progress
) -> Iterator[Row]:
    size_bytes = os.fstat(handle.fileno()).st_size
    for count, row in enumerate(rows):
        if count % ROWS_PER_PROGRESS == 0:
            on_progress(min(handle.tell(), size_bytes), size_bytes)
        yield row
    on_progress(size_bytes, size_bytes)


def _require_regular(handle: BinaryIO, path: Path, format: FileFormat) -> None:
    if not format.is_folder and not handle.seekable():
        raise DataError(
            f"Expected a file that can be read twice, for its hash. Received: "
            f"path={str(path)!r}, which is a pipe. Save it to a file first."
        )
