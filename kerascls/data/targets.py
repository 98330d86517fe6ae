"""What a model shall answer for each row, as sparse rows of weighted labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from kerascls.data.labels import LabelSet
from kerascls.data.ragged import offsets_of, span_indices


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
        cls, rows: Sequence[Sequence[str]], label_set: LabelSet
    ) -> "Targets":
        """Returns weight 1 for each label of each row.

        Raises:
            DataError: When a label is not in `label_set`.
        """
        kinds: dict[tuple[str, ...], list[int]] = {}  # many rows have the same labels
        columns = []
        for row in map(tuple, rows):
            if row not in kinds:
                kinds[row] = sorted({label_set.column(name) for name in row})
            columns.append(kinds[row])
        offsets = offsets_of(np.fromiter(map(len, columns), np.int64, len(columns)))
        flat = np.fromiter(chain.from_iterable(columns), np.int32, int(offsets[-1]))
        return cls(offsets, flat, np.ones(len(flat), np.float32), len(label_set))

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

    def multi_hot(self) -> np.ndarray:
        """Returns bool `(rows, num_classes)`, which labels each row has."""
        return self.dense(np.arange(len(self))) > 0
