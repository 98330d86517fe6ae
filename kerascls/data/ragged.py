"""Rows of different lengths one after another in a flat array."""

from collections.abc import Sequence

import numpy as np


def offsets_of(lengths: Sequence[int] | np.ndarray) -> np.ndarray:
    """Returns where each row starts, and the end: int64 `(rows + 1,)`."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def span_indices(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Returns the indices of all spans, int64 `(sum of lengths,)`.

    Example:
        >>> span_indices(np.array([5, 0]), np.array([2, 3]))
        array([5, 6, 0, 1, 2])
    """
    ends = np.cumsum(lengths)
    return np.arange(lengths.sum()) + np.repeat(starts - ends + lengths, lengths)
