"""What a model shall answer for each row, as sparse rows of weighted labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np

from kerascls.data.labels import LabelSet, Task
from kerascls.data.ragged import offsets_of, span_indices


def rescaled(shares: np.ndarray) -> np.ndarray:
    """Returns shares `(rows, num_classes)` divided by the sum of their row.

    Rows whose labels are all unknown, of zeros, are to be left out before.
    """
    return shares / shares.sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Targets:
    """The labels of each row with their weights.

    Args:
        offsets: int64 `(rows + 1,)`; where each row starts.
        columns: int32 `(all labels,)`; columns of the label set, none twice in a row.
        weights: float32 `(all labels,)`.
        num_classes: Columns of the dense form.
    """

    offsets: np.ndarray
    columns: np.ndarray
    weights: np.ndarray
    num_classes: int

    @classmethod
    def from_labels(
        cls,
        rows: Sequence[Sequence[str]],
        label_set: LabelSet,
        weights: Sequence[Sequence[float]] | None = None,
    ) -> "Targets":
        """Returns the labels of each row, each of weight 1 where none are given.

        Args:
            rows: The labels of each row.
            label_set: All labels.
            weights: Those of the labels of each row, in their order.

        Raises:
            DataError: When a label is not in `label_set`.
        """
        of_rows = repeat(None, len(rows)) if weights is None else map(tuple, weights)
        kinds: dict[tuple, dict[int, float]] = {}  # many rows have the same labels
        found = []
        for kind in zip(map(tuple, rows), of_rows, strict=True):
            if kind not in kinds:
                names, shares = kind
                columns = map(label_set.column, names)
                ones = (1.0,) * len(names)
                kinds[kind] = dict(sorted(zip(columns, shares or ones, strict=True)))
            found.append(kinds[kind])
        offsets = offsets_of(np.fromiter(map(len, found), np.int64, len(found)))
        size = int(offsets[-1])
        flat = np.fromiter(chain.from_iterable(found), np.int32, size)
        values = chain.from_iterable(row.values() for row in found)
        return cls(offsets, flat, np.fromiter(values, np.float32, size), len(label_set))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def dense(self, rows: np.ndarray) -> np.ndarray:
        """Returns float32 `(len(rows), num_classes)`, 0 where a row has no label."""
        rows = np.asarray(rows, np.int64)
        starts = self.offsets[rows]
        counts = self.offsets[rows + 1] - starts
        flat = span_indices(starts, counts)  # (labels of these rows,)
        dense = np.zeros((len(rows), self.num_classes), np.float32)
        row_indices = np.repeat(np.arange(len(rows)), counts)
        dense[row_indices, self.columns[flat]] = self.weights[flat]
        return dense

    def take(self, rows: np.ndarray) -> "Targets":
        """Returns those of some rows, int64 numbers, in any order and repeated."""
        starts = self.offsets[rows]
        counts = self.offsets[rows + 1] - starts
        flat = span_indices(starts, counts)
        columns, weights = self.columns[flat], self.weights[flat]
        return Targets(offsets_of(counts), columns, weights, self.num_classes)

    def all_dense(self) -> np.ndarray:
        """Returns what `dense` does, of all rows."""
        return self.dense(np.arange(len(self)))

    def mean_weights(self) -> np.ndarray:
        """Returns the mean weight of each label, float64 `(num_classes,)`."""
        sums = np.bincount(self.columns, self.weights, minlength=self.num_classes)
        return sums / max(1, len(self))

    def multi_hot(self) -> np.ndarray:
        """Returns bool `(rows, num_classes)`, which labels each row has."""
        return self.all_dense() > 0

    def for_task(self, task: Task) -> np.ndarray:
        """Returns the dense form of a task, `(rows, num_classes)`.

        float32 weights where labels have some, else bool.
        """
        return self.all_dense() if task.has_weights else self.multi_hot()
