"""The rows of all audited files, one after another."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.data.examples import Examples, Joined, Labels, Texts
from kerascls.data.label_checks.compare import compare
from kerascls.data.labelled_text import one_task
from kerascls.data.labels import Task
from kerascls.data.readers import Dataset, ReadOptions, join_labels, read
from kerascls.data.readers.frame_kinds import as_sources
from kerascls.data.readers.frames import Frame
from kerascls.data.readers.read_options import DEFAULTS
from kerascls.data.readers.rows import place_in
from kerascls.errors import SettingsError
from kerascls.evaluation.scored_rows import rows_sha256
from kerascls.inference.bundle import Bundle


@dataclass(frozen=True, eq=False)
class Rows:
    """Labelled rows of one or several files.

    Args:
        datasets: The files as they were read, by the name the user gave.
        task: What a row's labels mean.
        file_of: int64 `(rows,)`, the number of each row's file.
        lines: int64 `(rows,)`, where each row starts in its file.
        texts: The text fields of each row.
        labels: The labels of each row.
        notes: What is remarkable about the labels, a line each.
    """

    datasets: dict[str, Dataset]
    task: Task
    file_of: np.ndarray
    lines: np.ndarray
    texts: Texts
    labels: Labels
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def files(self) -> tuple[str, ...]:
        """The files by the names the user gave."""
        return tuple(self.datasets)

    def file(self, row: int) -> str:
        """Returns the file a row is in."""
        return self.files[self.file_of[row]]

    def place(self, row: int) -> str:
        """Returns `file:line`, or the place in a table in memory."""
        return place_in(self.file(row), int(self.lines[row]))

    def text(self, row: int) -> str:
        """Returns the text fields of a row as one text."""
        return "\n".join(self.texts[row])

    def one_text_of(self, rows: np.ndarray) -> Joined:
        """Returns the same of several rows."""
        return Joined(self.texts.take(rows), "\n")

    def key(self, row: int) -> str:
        """Returns what tells a row with these texts and labels from all others."""
        return row_key(self.texts[row], self.labels[row])

    def is_blank(self, row: int) -> bool:
        """Returns whether a row's texts are all empty or white space."""
        return not "".join(self.texts[row]).strip()

    def by_file(self) -> dict[str, range]:
        """Returns the rows of each file."""
        ends = np.cumsum(np.bincount(self.file_of, minlength=len(self.files))).tolist()
        return {
            name: range(start, end)
            for name, start, end in zip(self.files, [0, *ends], ends, strict=False)
        }


def refuse_shares(task: Task, what: str) -> None:
    """Refuses what asks whether labels are right, where rows have shares of them.

    Raises:
        SettingsError: When they have.
    """
    if task.has_weights:
        raise SettingsError(
            f"Expected labels that a row has or not, for {what}. Received: task="
            f"{task.value!r}, whose rows have a share of each. What there is of them "
            f"says `kerascls data stats FILE --task {task.value}`."
        )


def label_cell(labels: Sequence[str]) -> str:
    """Returns a cell that `readers.split_labels` turns into the labels again.

    No label at all is `[]`, not an empty cell, which could mean "not looked at".
    """
    return join_labels(labels) or "[]"


def row_key(texts: Sequence[str], labels: Sequence[str]) -> str:
    """Returns a short hash of a row."""
    # With a letter, or a spreadsheet would write 1234e5678 its own way.
    return f"r{rows_sha256([texts], [labels])[:15]}"


def read_rows(
    sources: Any,
    bundle: Bundle | None = None,
    options: ReadOptions = DEFAULTS,
) -> Rows:
    """Reads labelled files; columns, separator and task default to a bundle's.

    Raises:
        DataError: When a file cannot be used, or tasks or text columns differ between
            them.
        SettingsError: When there is no file or one is named twice, or when the
            bundle has another task or other text columns.
    """
    sources = as_sources(sources)
    places = [one.resolve() if isinstance(one, Path) else one for one in sources]
    if not places or len(set(places)) < len(places):
        raise SettingsError(
            f"Expected one or more files, none twice. Received: files="
            f"{[str(one) for one in sources]}. Name each file once."
        )
    if bundle is not None:
        options = options.as_in(bundle.read_options)
    datasets = {
        one.name if isinstance(one, Frame) else str(one): read(one, options)
        for one in sources
    }
    examples = Examples.joined([dataset.examples for dataset in datasets.values()])
    counts = [len(dataset.examples) for dataset in datasets.values()]
    return Rows(
        datasets=datasets,
        task=one_task(datasets),
        file_of=np.repeat(np.arange(len(counts)), counts),
        lines=examples.lines,
        texts=examples.texts,
        labels=examples.labels,
        notes=tuple(_notes(datasets)),
    )


def _notes(datasets: dict[str, Dataset]) -> Iterator[str]:
    """Yields what is remarkable in each file, and in each beside the first."""
    first: tuple[str, Counter] | None = None
    for file, dataset in datasets.items():
        yield from dataset.notes
        counts = Counter(name for row in dataset.examples.labels for name in row)
        if first is None:
            first = file, counts
            continue
        for finding in compare(file, counts, first[1], first[0]):
            yield finding.note
