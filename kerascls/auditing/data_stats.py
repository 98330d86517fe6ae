"""`describe_data(...)`: how many rows, how skewed the labels, how long the texts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from kerascls.auditing.rows import Rows, read_rows
from kerascls.data.imbalance import Imbalance
from kerascls.data.readers import Dataset, ReadKeywords, ReadOptions
from kerascls.system.files import write_atomically

QUANTILES = {"median": 0.5, "90 %": 0.9, "95 %": 0.95, "99 %": 0.99}
SHOWN_LABELS = 20


@dataclass(frozen=True)
class LabelSets:
    """The sets of labels that rows have.

    Args:
        different: How many there are, the empty one included.
        once: How many of them one row has alone.
        sizes: By number of labels, how many rows have so many.
    """

    different: int
    once: int
    sizes: dict[int, int]


@dataclass(frozen=True)
class DataStats:
    """What is in labelled files, all taken together.

    Args:
        files: Rows of each file.
        task: What a row's labels mean.
        rows: Rows of all files.
        labels: Rows of each label, the most frequent first.
        rows_without_label: Rows that have none.
        labels_per_row: How many labels the average row has, the cardinality.
        density: The same as a share of all labels.
        label_sets: The sets of labels that rows have.
        imbalance: How skewed the labels are.
        lacking: By file the labels that others of the files have and it has not;
            empty for one file.
        chars: Characters of a text, all text columns of a row together: `shortest`,
            `mean`, `median`, `90 %`, `95 %`, `99 %`, `longest`.
        empty_texts: Rows whose texts are all empty or white space.
        skipped_rows: Bad rows that were left out.
        notes: What people should know of how the files were read.
        lengths: int64 `(rows,)`, characters of each row.
    """

    files: dict[str, int]
    task: str
    rows: int
    labels: dict[str, int]
    rows_without_label: int
    labels_per_row: float
    density: float
    label_sets: LabelSets
    imbalance: Imbalance
    lacking: dict[str, tuple[str, ...]]
    chars: dict[str, float]
    empty_texts: int
    skipped_rows: int
    notes: tuple[str, ...]
    lengths: np.ndarray

    @property
    def skew(self) -> float:
        """How many rows the most frequent label has for one row of the rarest."""
        return self.imbalance.ratio

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain JSON types, without the length of each row."""
        names = [name for name in self.__dataclass_fields__ if name != "lengths"]
        nested = {
            "label_sets": asdict(self.label_sets),
            "imbalance": self.imbalance.to_dict(),
            "skew": self.skew,
        }
        return {name: getattr(self, name) for name in names} | nested


def describe_data(
    files: str | Path | Sequence[str | Path],
    *,
    plot: str | Path | None = None,
    **reading: Unpack[ReadKeywords],
) -> DataStats:
    """Counts labels, measures how skewed they are, and the lengths of texts.

    Args:
        files: One or several files of the same task.
        plot: A PNG file to draw all of it into; one that exists is replaced.
        **reading: How the files are read, see `kerascls.data.readers.ReadOptions`.

    Raises:
        DataError: When a file cannot be used.
        SettingsError: When a keyword is unknown or has no meaning, or matplotlib is
            asked for a picture and not installed.

    Example:
        >>> describe_data("train.csv").skew
        24.5
    """
    options = ReadOptions.from_keywords(describe_data, reading)
    rows = read_rows(files, options=options)
    stats = _stats(rows)
    if plot is not None:
        from kerascls.auditing.data_plot import data_png

        write_atomically(Path(plot), data_png(stats))
    return stats


def _stats(rows: Rows) -> DataStats:
    datasets: list[Dataset] = list(rows.datasets.values())
    counts = Counter(name for row in rows.labels for name in row)
    chars_of = (sum(map(len, texts)) for texts in rows.texts)
    lengths = np.fromiter(chars_of, np.int64, len(rows))
    chars = {"shortest": float(lengths.min()), "mean": float(lengths.mean())}
    for name, share in QUANTILES.items():
        chars[name] = float(np.quantile(lengths, share))
    labels = dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    labels_per_row = sum(counts.values()) / len(rows)
    return DataStats(
        files={name: len(own) for name, own in rows.by_file().items()},
        task=rows.task.value,
        rows=len(rows),
        labels=labels,
        rows_without_label=sum(not row for row in rows.labels),
        labels_per_row=labels_per_row,
        density=labels_per_row / max(len(labels), 1),
        label_sets=_label_sets(rows),
        imbalance=Imbalance.of(labels),
        lacking=_lacking(rows, labels),
        chars=chars | {"longest": float(lengths.max())},
        empty_texts=sum(dataset.empty_texts for dataset in datasets),
        skipped_rows=sum(dataset.skipped_rows for dataset in datasets),
        notes=tuple(note for dataset in datasets for note in dataset.notes),
        lengths=lengths,
    )


def _label_sets(rows: Rows) -> LabelSets:
    counts = Counter(frozenset(row) for row in rows.labels)
    sizes: Counter[int] = Counter()
    for names, times in counts.items():
        sizes[len(names)] += times
    return LabelSets(
        different=len(counts),
        once=sum(times == 1 for times in counts.values()),
        sizes=dict(sorted(sizes.items())),
    )


def _lacking(rows: Rows, labels: dict[str, int]) -> dict[str, tuple[str, ...]]:
    """Returns by file the labels that it lacks, the most frequent first."""
    if len(rows.files) == 1:
        return {}
    found = {}
    for file, own in rows.by_file().items():
        names = {name for row in own for name in rows.labels[row]}
        found[file] = tuple(name for name in labels if name not in names)
    return {file: names for file, names in found.items() if names}
