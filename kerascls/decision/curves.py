"""What every possible threshold of every label gives and hits; one sort a label."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

# Qualities that are this close are one value that was rounded twice.
SAME_QUALITY = 1e-9
# Of each label an index, int `(labels,)`, and whether it is good enough, bool.
Choice = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Curves:
    """Counts at every index of the sorted probabilities of some labels.

    A threshold at index i gives the label to the rows from i on; index `rows`, the
    last, gives it to none.

    Args:
        columns: Which labels these are, of all.
        values: float32 `(labels, rows)`, ascending.
        hits: int32 `(labels, rows + 1)`, true rows among those from an index on.
        possible: bool `(labels, rows + 1)`, whether a threshold can part the rows
            there: not between equal probabilities, nor above 1.
    """

    columns: slice
    values: np.ndarray
    hits: np.ndarray
    possible: np.ndarray

    @cached_property
    def predicted(self) -> np.ndarray:
        """Rows from each index on, int32 `(rows + 1,)`."""
        return np.arange(self.values.shape[1], -1, -1, dtype=np.int32)

    @property
    def positives(self) -> np.ndarray:
        """True rows of each label, int32 `(labels,)`."""
        return self.hits[:, 0]

    def thresholds_at(self, labels: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """Returns thresholds half-way between the neighbours of indices.

        Args:
            labels: int `(n,)`, rows of `values`.
            indices: int `(n,)`, from 0 to the number of rows.

        Returns:
            float32 `(n,)`; 0 and 1 are neighbours of the first and last index.
        """
        bounds = [(0, 0), (0, 1)]
        values = np.pad(self.values, [(0, 0), (1, 1)], constant_values=bounds)
        return halfway(values[labels, indices], values[labels, indices + 1])


def halfway(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Returns float32 thresholds that part each pair of neighbouring values."""
    middle = below + (above - below) / 2
    # Between two neighbouring float32 there is none: the upper, which `>=` keeps.
    return np.where(middle > below, middle, above).astype(np.float32)


def sort_labels(
    targets: np.ndarray, probabilities: np.ndarray, columns: slice
) -> Curves:
    """Sorts the probabilities of some labels together with their truth.

    The bits of floats that are not negative order as the floats do. Shifted left by
    one they leave room for the truth, so that one sort of integers moves both, in
    about a tenth of the time of an argsort.

    Args:
        targets: bool `(rows, num_classes)`.
        probabilities: float32 `(rows, num_classes)`, from 0 to 1.
        columns: Which labels.
    """
    keys = np.abs(np.ascontiguousarray(probabilities[:, columns].T)).view(np.uint32)
    keys <<= 1
    keys |= targets[:, columns].T
    keys.sort(axis=1)
    num_labels, rows = keys.shape
    hits = np.zeros((num_labels, rows + 1), np.int32)
    np.cumsum(keys & 1, axis=1, dtype=np.int32, out=hits[:, 1:])
    np.subtract(hits[:, -1:].copy(), hits, out=hits)
    keys >>= 1
    values = keys.view(np.float32)
    possible = np.ones((num_labels, rows + 1), np.bool_)
    np.not_equal(values[:, 1:], values[:, :-1], out=possible[:, 1:-1])
    possible[:, -1] = values[:, -1] < 1
    return Curves(columns, values, hits, possible)


def first_true(wanted: np.ndarray) -> Choice:
    """Returns the index of the first true entry of each row and whether there is one.

    Args:
        wanted: bool `(labels, rows + 1)`.
    """
    return wanted.argmax(axis=1), wanted.max(axis=1)


def nearest_best(
    curves: Curves, quality: np.ndarray, towards: np.ndarray
) -> np.ndarray:
    """Returns the index of the highest quality; of equals that nearest to a threshold.

    Args:
        curves: Of some labels.
        quality: float64 `(labels, rows + 1)`; changed where no threshold is possible.
        towards: float32 `(labels,)`; the indices are int `(labels,)`.
    """
    quality[~curves.possible] = -np.inf
    best = quality >= quality.max(axis=1, keepdims=True) - SAME_QUALITY
    labels, indices = np.nonzero(best)  # both (candidates,), by label
    distances = np.abs(curves.thresholds_at(labels, indices) - towards[labels])
    order = np.lexsort((distances, labels))
    return indices[order][np.searchsorted(labels, np.arange(len(towards)))]
