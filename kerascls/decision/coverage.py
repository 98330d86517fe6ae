"""What abstaining costs in coverage and gains in accuracy."""

from typing import NamedTuple

import numpy as np


class CoverageCurve(NamedTuple):
    """One entry for each confidence below which a rule may abstain.

    Args:
        thresholds: float32 `(points,)`, ascending, values for `Rule.abstain_below`.
        coverage: float64 `(points,)`, share of rows that still get an answer.
        accuracy: float64 `(points,)`, share of these whose set of labels is right.
    """

    thresholds: np.ndarray
    coverage: np.ndarray
    accuracy: np.ndarray


def coverage_curve(confidence: np.ndarray, right: np.ndarray) -> CoverageCurve:
    """Returns how many rows reach each confidence, and how many of them are right.

    Args:
        confidence: float32 `(rows,)`, the largest probability of each.
        right: bool `(rows,)`, whether all labels of a row are right.

    Returns:
        A point for every distinct confidence.
    """
    thresholds, group = np.unique(confidence, return_inverse=True)
    rows = np.bincount(group)[::-1].cumsum()[::-1]
    hits = np.bincount(group, weights=right)[::-1].cumsum()[::-1]
    return CoverageCurve(thresholds, rows / len(confidence), hits / rows)
