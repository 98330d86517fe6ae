"""How often a label would be given, and rightly, at each threshold of a grid."""

from dataclasses import dataclass

import numpy as np

# Every label is counted at these: a page can set one threshold for all.
COMMON_THRESHOLDS = (np.arange(101) / 100).astype(np.float32)
_QUANTILES = 40


@dataclass(frozen=True, eq=False)
class ThresholdCounts:
    """Counts of one label at each threshold.

    Args:
        thresholds: float32 `(points,)`, ascending, no two alike.
        predicted: int64 `(points,)`, rows whose probability reaches the threshold.
        hits: int64 `(points,)`, those of them that truly have the label.
    """

    thresholds: np.ndarray
    predicted: np.ndarray
    hits: np.ndarray


def threshold_counts(
    target: np.ndarray, probability: np.ndarray, own: float | None = None
) -> ThresholdCounts:
    """Counts at `COMMON_THRESHOLDS`, at the label's own and where true rows lie.

    Args:
        target: bool `(rows,)`, whether a row truly has the label.
        probability: float32 `(rows,)`.
        own: The threshold that the rule has for the label, if it has one.
    """
    probability = probability.astype(np.float32)
    true_ones = np.sort(probability[target])
    grid = [COMMON_THRESHOLDS, _spread_over(true_ones)]
    if own is not None:
        grid.append(np.array([own], np.float32))
    thresholds = np.unique(np.concatenate(grid))
    predicted = len(probability) - np.searchsorted(np.sort(probability), thresholds)
    hits = len(true_ones) - np.searchsorted(true_ones, thresholds)
    return ThresholdCounts(thresholds, predicted, hits)


def _spread_over(values: np.ndarray) -> np.ndarray:
    """Returns up to `_QUANTILES` of some sorted values, even in their ranks."""
    count = min(len(values), _QUANTILES)
    if not count:
        return values
    return values[np.linspace(0, len(values) - 1, count).round().astype(np.int64)]
