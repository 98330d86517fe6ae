"""Labelled text on its way into a file, and what a file cannot hold of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from kerascls.data.labels import Task
from kerascls.data.readers.label_cells import join_labels
from kerascls.data.readers.weighted_labels import join_weighted
from kerascls.errors import DataError

SHOWN = 5


@dataclass(frozen=True)
class LabelledTable:
    """Rows with texts, labels and other fields, read while they are written.

    Args:
        columns: Names of all fields, in order.
        text_columns: Those that hold texts, each a str in every row.
        label_column: The one that holds labels: a tuple of names in every row, or
            where labels have weights a dict of these.
        task: What the labels mean.
        rows: Makes an iterator over the fields of each row.
        lost: Counts, in words, what the file does not hold; filled while writing.
        predicted_by: What gave the labels, where nobody has looked at them yet.
    """

    columns: tuple[str, ...]
    text_columns: tuple[str, ...]
    label_column: str
    task: Task
    rows: Callable[[], Iterator[Mapping[str, object]]]
    lost: Counter[str] = field(default_factory=Counter)
    predicted_by: str | None = None

    @property
    def other_columns(self) -> tuple[str, ...]:
        """Names of the fields that are neither text nor label."""
        used = {*self.text_columns, self.label_column}
        return tuple(name for name in self.columns if name not in used)

    def labels(self, row: Mapping[str, object]) -> tuple[str, ...]:
        """Returns the labels of a row."""
        names = row[self.label_column]
        return tuple(names) if isinstance(names, tuple | dict) else ()

    def label_value(self, row: Mapping[str, object]) -> object:
        """Returns a row's labels as JSON has them: one, a list, or with weights."""
        labels = row[self.label_column]
        if isinstance(labels, dict):
            return labels
        names = self.labels(row)
        return names[0] if self.task.has_one_label else list(names)

    def label_cell(self, row: Mapping[str, object]) -> str:
        """Returns a row's labels as the text of a cell."""
        labels = row[self.label_column]
        if isinstance(labels, dict):
            return join_weighted(tuple(labels), tuple(labels.values()))
        names = self.labels(row)
        return names[0] if self.task.has_one_label else join_labels(names)

    def one_text(self, row: Mapping[str, object], between: str) -> str:
        """Returns the texts of a row as one; that there were several is counted."""
        texts = [str(row[name]) for name in self.text_columns]
        if len(texts) > 1:
            self.lost[f"rows whose {len(texts)} texts became one"] += 1
        return between.join(texts)

    def lose_others(self, row: Mapping[str, object]) -> None:
        """Counts what a row has in other columns as lost."""
        for name in self.other_columns:
            if row.get(name) not in (None, "", []):
                self.lost[f'cells of the column "{name}"'] += 1


def require_names(
    table: LabelledTable, fits: Callable[[str], bool], format: str, rule: str
) -> None:
    """Checks all labels, before anything is written, by what a format can hold.

    Raises:
        DataError: When one does not fit; it names the first of them.
    """
    names = {name for row in table.rows() for name in table.labels(row)}
    wrong = sorted(name for name in names if not fits(name))
    if wrong:
        shown = ", ".join(map(repr, wrong[:SHOWN])) + (", ..." * (len(wrong) > SHOWN))
        raise DataError(
            f"Expected labels that {format} can hold: {rule}. Received: {shown}. "
            f"Rename them first, or write another format."
        )


def save_lines(path: Path, lines: Iterable[str], encoding: str = "utf-8") -> None:
    """Writes a text file piece by piece."""
    handle: TextIO
    with open(path, "w", encoding=encoding, newline="") as handle:
        handle.writelines(lines)
