"""Pairs of labels: confused with each other, true together, given instead."""

import numpy as np

from kerascls.evaluation.scored_rows import ScoredRows

_ROWS_AT_ONCE = 8192


def confusion_counts(scored: ScoredRows) -> np.ndarray:
    """Counts the rows of each true label by the label that was given.

    Args:
        scored: Rows of a multi-class task; one that got no label is in no column.

    Returns:
        int64 `(labels, labels)`, true labels down, given labels across.
    """
    return count_pairs(scored.targets, scored.chosen)


def error_pairs(scored: ScoredRows) -> np.ndarray:
    """Counts the rows in which one label was missed and another wrongly given.

    Args:
        scored: Rows of any task.

    Returns:
        int64 `(labels, labels)`, missed labels down, wrongly given labels across.
    """
    wrong = scored.wrong
    targets, chosen = scored.targets[wrong], scored.chosen[wrong]
    return count_pairs(targets & ~chosen, chosen & ~targets)


def co_occurrences(targets: np.ndarray) -> np.ndarray:
    """Counts the rows that have both labels of each pair.

    Args:
        targets: bool `(rows, labels)`.

    Returns:
        int64 `(labels, labels)`, symmetric; the support on its diagonal.
    """
    return count_pairs(targets, targets)


def count_pairs(down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Counts rows that have a label of `down` and a label of `across`.

    Args:
        down: bool `(rows, labels)`.
        across: bool `(rows, labels)`.

    Returns:
        int64 `(labels, labels)`.
    """
    total = np.zeros((down.shape[1], across.shape[1]), np.int64)
    for start in range(0, len(down), _ROWS_AT_ONCE):
        block = slice(start, start + _ROWS_AT_ONCE)
        # float32 is multiplied by BLAS, and exact below 2**24; ints are not.
        counts = down[block].T.astype(np.float32) @ across[block].astype(np.float32)
        total += counts.astype(np.int64)
    return total


def most_involved(counts: np.ndarray, limit: int) -> np.ndarray:
    """Returns the labels with the most pairs off the diagonal, in their order.

    Of more labels than `limit`, those without any such pair are left out.

    Args:
        counts: int `(labels, labels)`.
        limit: How many labels to return at most.

    Returns:
        int64 `(at most limit,)`, ascending; never empty.
    """
    if len(counts) <= limit:
        return np.arange(len(counts))
    involved = counts.sum(0) + counts.sum(1) - 2 * counts.diagonal()
    most = np.argsort(-involved, kind="stable")[:limit]
    return np.sort(most[involved[most] > 0] if involved.any() else most)


def largest_pairs(counts: np.ndarray, limit: int) -> list[tuple[int, int, int]]:
    """Returns row, column and count of the largest entries off the diagonal.

    Args:
        counts: int `(labels, labels)`.
        limit: How many pairs to return at most; none with a count of 0 is.
    """
    counts = counts.copy()
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:limit]
    rows, columns = np.unravel_index(order, counts.shape)
    numbers = counts[rows, columns]
    pairs = zip(rows.tolist(), columns.tolist(), numbers.tolist(), strict=True)
    return [pair for pair in pairs if pair[2]]
