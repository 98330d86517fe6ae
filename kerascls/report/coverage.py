"""What a classifier would get right if it did not answer where it is unsure."""

from dataclasses import dataclass

import numpy as np

from kerascls.scored_rows import ScoredRows

COVERAGE_POINTS = 101


@dataclass(frozen=True, eq=False)
class Coverage:
    """Accuracy over the rows whose largest probability reaches a threshold.

    Args:
        thresholds: float32 `(points,)`, ascending.
        answered: int64 `(points,)`, rows that reach it.
        right: int64 `(points,)`, those of them with exactly the true labels.
        rows: How many rows there are.
    """

    thresholds: np.ndarray
    answered: np.ndarray
    right: np.ndarray
    rows: int

    @property
    def coverage(self) -> np.ndarray:
        """Share of rows that get an answer, float64 `(points,)`."""
        return self.answered / self.rows

    @property
    def accuracy(self) -> np.ndarray:
        """Share of answers that are right, float64 `(points,)`; NaN where none is."""
        right = np.where(self.answered, self.right, np.nan)
        return right / np.maximum(self.answered, 1)


def coverage_curve(scored: ScoredRows) -> Coverage:
    """Counts answers and right answers at thresholds on the largest probability.

    Args:
        scored: Rows of any task.

    Returns:
        A `Coverage` at quantiles of the largest probabilities, from all rows on.
    """
    confidence = scored.probabilities.max(axis=1)
    shares = np.linspace(0, 1, COVERAGE_POINTS)
    thresholds = np.quantile(confidence, shares, method="lower")
    thresholds = np.unique(thresholds.astype(np.float32))
    right = np.sort(confidence[~scored.wrong])
    return Coverage(
        thresholds=thresholds,
        answered=len(scored) - np.searchsorted(np.sort(confidence), thresholds),
        right=len(right) - np.searchsorted(right, thresholds),
        rows=len(scored),
    )
