"""Labelled text for training and scoring, read into memory."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from kerascls.data.labels import Task
from kerascls.data.readers.columns import (
    choose_label_column,
    choose_text_columns,
    pick_texts,
)
from kerascls.data.readers.formats import FORMATS, find_format
from kerascls.data.readers.label_cells import checked_labels, split_labels
from kerascls.data.readers.read_options import DEFAULTS, ReadOptions
from kerascls.data.readers.rows import BadRow, BadRowLog, Record
from kerascls.data.readers.text_files import file_sha256, open_binary
from kerascls.errors import DataError, SettingsError

Progress = Callable[[int, int], None]
ROWS_PER_PROGRESS = 1000


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; `line` is where its row starts in the file, from 1."""

    line: int
    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """The labelled texts of one file, or of several, and how they were read.

    Args:
        path: The file; of several the first.
        examples: Its usable rows, in the order of the file.
        text_columns: The columns the texts came from.
        label_column: The column the labels came from.
        task: What was stated, or follows from the label column's name.
        skipped_rows: Bad rows that were left out.
        empty_texts: Rows whose texts are all empty or white space.
        sha256: Of the file, hexadecimal; of several that of theirs.
        files: Those it was joined of, where they are several.
    """

    path: Path
    examples: list[Example]
    text_columns: tuple[str, ...]
    label_column: str
    task: Task
    skipped_rows: int
    empty_texts: int
    sha256: str
    files: tuple["Dataset", ...] = ()

    @property
    def name(self) -> str:
        """The names of its files, for people."""
        return " + ".join(file.path.name for file in self.files or (self,))

    @property
    def file_names(self) -> tuple[str, ...]:
        """The file of each example; empty where there is one file."""
        return tuple(str(one.path) for one in self.files for _ in one.examples)

    def facts(self) -> dict[str, Any]:
        """Returns what run.json says of its files, as plain JSON types."""
        several = [file.facts() for file in self.files]
        return {
            "file": ", ".join(str(file.path) for file in self.files or (self,)),
            "sha256": self.sha256,
            "rows": len(self.examples),
            **({"files": several} if several else {}),
        }


def read(
    path: str | Path,
    options: ReadOptions = DEFAULTS,
    *,
    on_progress: Progress | None = None,
) -> Dataset:
    """Reads labelled text from a file.

    Args:
        path: The file; its ending names the format.
        options: How it is read.
        on_progress: Called now and then with bytes done and bytes in all.

    Raises:
        DataError: When the file, its columns or some rows cannot be used.
        SettingsError: When the options do not fit the file.

    Example:
        >>> dataset = read("train.csv", ReadOptions(encoding="gb18030"))
        >>> dataset.examples[0]
        Example(line=2, texts=('国足主场取胜',), labels=('体育',))
    """
    path = Path(path)
    format = FORMATS[find_format(path, options.format)]
    log = BadRowLog(str(path), options.errors)
    examples: list[Example] = []
    with open_binary(path) as handle:
        _require_regular(handle, path)
        rows = format.rows(handle, str(path), options.encoding)
        rows = _with_progress(rows, handle, on_progress)
        columns, rows = _find_columns(rows, options, format.is_table)
        for row in rows:
            if isinstance(row, BadRow):
                log.add(row)
            elif columns is not None:  # as it is where a row is a record
                try:
                    examples.append(columns.example(row))
                except DataError as error:
                    log.add(BadRow(row.line, str(error)))
    log.finish()
    if columns is None or not examples:
        bad = f"{log.count} rows, all of them bad" if log.count else "no row"
        raise DataError(
            f"Expected at least one row of labelled text below the header. Received: "
            f"{path} with {bad}. Give a file with rows."
        )
    return Dataset(
        path=path,
        examples=examples,
        text_columns=columns.texts,
        label_column=columns.label,
        task=columns.task,
        skipped_rows=log.count,
        empty_texts=sum(not "".join(row.texts).strip() for row in examples),
        sha256=file_sha256(path),
    )


@dataclass(frozen=True)
class _Columns:
    """Turns a record into an example."""

    texts: tuple[str, ...]
    label: str
    task: Task
    separator: str

    @classmethod
    def choose(cls, first: Record, options: ReadOptions) -> "_Columns":
        texts = choose_text_columns(options.text, first.fields)
        label, task = choose_label_column(options.label, options.task, first.fields)
        if label in texts:
            raise SettingsError(
                f"Expected the label column not to be a text column. Received: "
                f"text={texts}, label={label!r}. A text must not contain its label."
            )
        return cls(texts, label, task, options.separator)

    def example(self, record: Record) -> Example:
        texts = pick_texts(record.fields, self.texts)
        if self.label not in record.fields:
            raise DataError(f'label column "{self.label}" is missing')
        try:
            labels = self._labels(record.fields[self.label])
        except DataError as error:
            raise DataError(f'label column "{self.label}": {error}') from error
        if not labels and self.task is Task.MULTICLASS:
            raise DataError(f'label column "{self.label}" is empty')
        return Example(record.line, texts, labels)

    def _labels(self, cell: object) -> tuple[str, ...]:
        labels: tuple[str, ...] = ()
        if cell is None and self.task is Task.MULTILABEL:
            return labels
        if isinstance(cell, list):
            labels = checked_labels(cell)
        elif not isinstance(cell, str):
            labels = checked_labels([cell])
        elif self.label == "labels" or self.task is Task.MULTILABEL:
            labels = split_labels(cell, self.separator)
        elif stripped := cell.strip():
            labels = (stripped,)
        if len(labels) > 1 and self.task is Task.MULTICLASS:
            raise DataError(f"{len(labels)} labels where multiclass allows one")
        return labels


def _find_columns(
    rows: Iterator[Record | BadRow], options: ReadOptions, rows_are_alike: bool
) -> tuple[_Columns | None, Iterator[Record | BadRow]]:
    """Returns the columns of the first record that has them, and all the rows."""
    seen: list[Record | BadRow] = []
    first_error = None
    for row in rows:
        seen.append(row)
        if isinstance(row, BadRow):
            continue
        try:
            return _Columns.choose(row, options), chain(seen, rows)
        except DataError as error:
            first_error = first_error or error
            if rows_are_alike:
                break
    if first_error:
        raise first_error
    return None, iter(seen)


def _with_progress(
    rows: Iterator[Record | BadRow], handle: BinaryIO, on_progress: Progress | None
) -> Iterator[Record | BadRow]:
    if on_progress is None:
        yield from rows
        return
    size_bytes = os.fstat(handle.fileno()).st_size
    for count, row in enumerate(rows):
        if count % ROWS_PER_PROGRESS == 0:
            on_progress(min(handle.tell(), size_bytes), size_bytes)
        yield row
    on_progress(size_bytes, size_bytes)


def _require_regular(handle: BinaryIO, path: Path) -> None:
    if not handle.seekable():
        raise DataError(
            f"Expected a file that can be read twice, for its hash. Received: "
            f"path={str(path)!r}, which is a pipe. Save it to a file first."
        )
