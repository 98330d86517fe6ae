"""Rows of different lengths: one after another in a flat array, in chunks."""

from collections.abc import Iterator, Sequence

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


def chunks(texts: Sequence[str], max_chars: int) -> Iterator[slice]:
    """Yields which texts go together: as many as are `max_chars` long, or one."""
    start = num_chars = 0
    for row, text in enumerate(texts):
        num_chars += len(text)
        if num_chars > max_chars and row > start:
            yield slice(start, row)
            start, num_chars = row, len(text)
    if len(texts):
        yield slice(start, len(texts))
