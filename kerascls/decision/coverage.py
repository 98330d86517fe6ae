"""What abstaining costs in coverage and gains in accuracy."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from kerascls.decision.activations import check_finite
from kerascls.decision.rule import Rule


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


def coverage_curve(
    targets: np.ndarray, probabilities: np.ndarray, rule: Rule
) -> CoverageCurve:
    """Answers how right a rule is on the rows it is surest of, by one sort.

    The confidence of a row is its largest probability.

    Args:
        targets: bool `(rows, num_classes)`.
        probabilities: float32 `(rows, num_classes)`.
        rule: How labels are given; its own `abstain_below` is not looked at.

    Returns:
        A `CoverageCurve` with a point for every distinct confidence; none without
        rows.

    Example:
        >>> thresholds, coverage, accuracy = coverage_curve(targets, probs, rule)
    """
    probabilities = check_finite(probabilities, "probabilities")
    if not len(probabilities):
        return CoverageCurve(np.zeros(0, np.float32), np.zeros(0), np.zeros(0))
    chosen = replace(rule, abstain_below=None).apply(probabilities)
    return coverage_of(probabilities.max(axis=1), (chosen == targets).all(axis=1))


def coverage_of(confidence: np.ndarray, right: np.ndarray) -> CoverageCurve:
    """Answers how many rows reach each confidence, and how many of them are right.

    Args:
        confidence: float32 `(rows,)`, at least one row.
        right: bool `(rows,)`.
    """
    thresholds, group = np.unique(confidence, return_inverse=True)
    rows = np.bincount(group)[::-1].cumsum()[::-1]
    hits = np.bincount(group, weights=right)[::-1].cumsum()[::-1]
    return CoverageCurve(thresholds, rows / len(confidence), hits / rows)
