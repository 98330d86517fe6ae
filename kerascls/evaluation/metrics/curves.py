"""Precision against recall at every threshold, and the areas under such curves."""

from collections.abc import Callable

import numpy as np

from kerascls.evaluation.metrics.checks import check_probabilities


def average_precision(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the average precision of each class, as scikit-learn defines it.

    That is the sum over thresholds of precision times the gain in recall.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        probabilities: float `(rows, num_classes)`.

    Returns:
        float64 `(num_classes,)`; NaN for a class without a true row.

    Raises:
        SettingsError: When the arrays do not fit each other.
        NotFiniteError: When a probability is not a finite number.
    """
    return _by_class(_average_precision, targets, probabilities)


def roc_auc(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the area under the ROC curve of each class.

    It is the chance that a row with the label has a higher probability than one
    without; a tie counts one half. It takes what `average_precision` does.

    Returns:
        float64 `(num_classes,)`; NaN for a class without a true or without a false
        row.
    """
    return _by_class(_roc_auc, targets, probabilities)


def precision_recall_curve_points(
    target: np.ndarray, probability: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns one class's curve, in the form of scikit-learn's.

    Args:
        target: bool `(rows,)`.
        probability: float `(rows,)`.

    Returns:
        Precision and recall, float64 `(thresholds + 1,)`, of choosing the label from
        each threshold on, then the point (1, 0); recall is NaN before it when no row
        is true. And the thresholds, the distinct probabilities in ascending order.

    Raises:
        SettingsError: When the arrays do not fit each other.
        NotFiniteError: When a probability is not a finite number.
    """
    check_probabilities(target[:, None], probability[:, None])
    hits, predicted, thresholds = _counts(target, probability)
    with np.errstate(invalid="ignore"):
        precision, recall = hits / predicted, hits / hits[-1:]
    return (
        np.append(precision[::-1], 1.0),
        np.append(recall[::-1], 0.0),
        thresholds[::-1],
    )


def _by_class(
    measure: Callable[[np.ndarray, np.ndarray], float],
    targets: np.ndarray,
    probabilities: np.ndarray,
) -> np.ndarray:
    check_probabilities(targets, probabilities)
    columns = zip(targets.T, probabilities.T, strict=True)
    return np.array([measure(*column) for column in columns], np.float64)


def _average_precision(target: np.ndarray, probability: np.ndarray) -> float:
    if not target.any():
        return np.nan
    hits, predicted, _ = _counts(target, probability)
    return float(np.diff(hits, prepend=0) @ (hits / predicted) / hits[-1])


def _roc_auc(target: np.ndarray, probability: np.ndarray) -> float:
    if not target.any() or target.all():
        return np.nan
    hits, predicted, _ = _counts(target, probability)
    misses = predicted - hits
    area = np.diff(misses, prepend=0) @ (hits + np.append(0, hits[:-1])) / 2
    return float(area / hits[-1] / misses[-1])


def _counts(
    target: np.ndarray, probability: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns hits and rows with the label, if given from each probability on."""
    order = np.argsort(-probability)
    ordered = probability[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    return np.cumsum(target[order])[last], last + 1.0, ordered[last]
