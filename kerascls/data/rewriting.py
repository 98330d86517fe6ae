"""Labelled text read once to know it, and once more while it is written anew."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerascls.data.labels import Task
from kerascls.data.readers.columns import TASK_OF_COLUMN
from kerascls.data.readers.example_columns import Example, ExampleColumns
from kerascls.data.readers.formats import FORMATS, find_format
from kerascls.data.readers.labelled_rows import open_labelled
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.data.readers.read_options import ReadOptions
from kerascls.errors import DataError, SettingsError
from kerascls.system.files import replaced


@dataclass(frozen=True)
class LabelledSource:
    """A file that has been read once, to know what is in it.

    Args:
        path: The file, or a folder with a folder for each class.
        options: How it is read.
        columns: What its columns mean.
        fields: Names of all fields, that of the labels as it will be written.
        label: The field of the labels, as it will be written.
        rows: How many can be used.
        notes: What people should know of reading it.
        skipped_rows: Bad rows that are left out.
    """

    path: Path
    options: ReadOptions
    columns: ExampleColumns
    fields: tuple[str, ...]
    label: str
    rows: int
    notes: tuple[str, ...]
    skipped_rows: int

    @classmethod
    def look(
        cls,
        path: Path,
        options: ReadOptions,
        *,
        keep_label: bool = False,
        on_row: Callable[[Example], None] = lambda _: None,
    ) -> "LabelledSource":
        """Reads a file once.

        Args:
            path: The file.
            options: How it is read.
            keep_label: Whether the label column keeps its name; by default it gets
                the one from which the task follows, where that is free.
            on_row: Called with each row that can be used.

        Raises:
            DataError: When it cannot be used, or has no rows.
        """
        names: dict[str, None] = {}
        count = 0
        with open_labelled(path, options) as rows:
            for record, example in rows:
                names.update(dict.fromkeys(record.fields))
                on_row(example)
                count += 1
            notes = rows.finish(lambda: count)
        if rows.columns is None or not count:
            raise DataError(
                f"Expected at least one row of labelled text. Received: {path} with "
                f"none. Give a file with rows."
            )
        before = rows.columns.label
        own = label_columns(before)
        others = [name for name in names if name not in own]
        label = _label_name(before, rows.columns.task, others, keep_label)
        fields = [label if name in own else name for name in names]
        return cls(
            path=path,
            options=options,
            columns=rows.columns,
            fields=tuple(dict.fromkeys(fields)),
            label=label,
            rows=count,
            notes=notes,
            skipped_rows=rows.log.count,
        )

    def table(self, kept: Sequence[bool] | np.ndarray | None = None) -> LabelledTable:
        """Returns its rows on their way into a file, read anew while it is written.

        Args:
            kept: Whether each row is written; all by default.
        """
        return LabelledTable(
            columns=self.fields,
            text_columns=self.columns.texts,
            label_column=self.label,
            task=self.columns.task,
            rows=lambda: self._rows(kept),
            lost=Counter(),
        )

    def _rows(
        self, kept: Sequence[bool] | np.ndarray | None
    ) -> Iterator[Mapping[str, object]]:
        own = label_columns(self.columns.label)
        with open_labelled(self.path, self.options) as rows:
            for place, (record, example) in enumerate(rows):
                if kept is None or kept[place]:
                    fields = {n: v for n, v in record.fields.items() if n not in own}
                    labels: object = example.labels
                    if self.columns.task.has_weights:
                        pairs = zip(example.labels, example.weights, strict=True)
                        labels = dict(pairs)
                    yield {**fields, self.label: labels}


def label_columns(label: str | tuple[str, ...]) -> tuple[str, ...]:
    """Returns the columns of labels, several ones of a one-hot table."""
    return (label,) if isinstance(label, str) else label


def writable(output: Path, format: str | None) -> str:
    """Returns the format to write a file in, by default as its ending says.

    Raises:
        SettingsError: When there is none, or it is only read.
    """
    names = [name for name, one in FORMATS.items() if one.save is not None]
    try:
        found = format or find_format(output.with_name(f"new{output.suffix}"))
    except DataError:
        found = None
    if found in names:
        return found
    raise SettingsError(
        f"Expected a format that can be written: {', '.join(names)}. Received: "
        f"output={str(output)!r}, out_format={format!r}. Name it with `--out-format`."
    )


def check_place(input: Path, output: Path, overwrite: bool) -> None:
    """Checks that a file can be written, and that nothing is lost by it.

    Raises:
        SettingsError: When its folder is missing, it is the input, or it is there and
            not to be replaced.
    """
    received = f"Received: output={str(output)!r}"
    if not output.parent.is_dir():
        raise SettingsError(
            f"Expected a new file in an existing folder. {received}. Create "
            f"{str(output.parent)!r} first."
        )
    if output.exists() and os.path.samefile(input, output):
        raise SettingsError(
            f"Expected another file than the input. {received}, which is both. Choose "
            f"another name."
        )
    if os.path.lexists(output) and not overwrite:
        raise SettingsError(
            f"Expected a new file. {received}, which exists. Choose another name, or "
            f"replace it with `--overwrite`."
        )


def write_table(output: Path, table: LabelledTable, format: str) -> None:
    """Writes a file or folder that is there as a whole or not at all.

    Raises:
        SettingsError: When labels have weights, which the format cannot hold.
    """
    if table.task.has_weights and not FORMATS[format].holds_weights:
        names = [name for name, one in FORMATS.items() if one.holds_weights]
        raise SettingsError(
            f"Expected a format that holds weights of labels: {', '.join(names)}. "
            f"Received: task={table.task.value!r}, output={str(output)!r} in the "
            f"format {format}. Choose one of them with `--out-format jsonl`."
        )
    with replaced(output) as work:
        if FORMATS[format].is_folder:
            work.mkdir()
        FORMATS[format].save(work, table)  # type: ignore[misc]
        if not FORMATS[format].is_folder:
            work.chmod(0o644)


def _label_name(
    before: str | tuple[str, ...], task: Task, others: list[str], keep: bool
) -> str:
    """Returns the name to write, which tells the task unless it is taken."""
    if keep and isinstance(before, str):
        return before
    usual = "label" if task.has_one_label else "labels"
    unusual = set(TASK_OF_COLUMN) - {usual}
    if usual not in others and not unusual & set(others):
        return usual
    return before if isinstance(before, str) else "one_hot_labels"
