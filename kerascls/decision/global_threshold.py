"""One threshold for all labels, with the best F1 on validation rows."""

import numpy as np

from kerascls.data.drawing import thinned
from kerascls.decision.activations import check_rows
from kerascls.decision.curves import SAME_QUALITY, halfway
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError

OBJECTIVES = ("macro_f1", "micro_f1")
MAX_CANDIDATES = 65_536
DEFAULT_THRESHOLD = 0.5
_FEW_CANDIDATES = 4096
_LARGE = 2**22


def fit_threshold(
    targets: np.ndarray,
    probabilities: np.ndarray,
    objective: str = "macro_f1",
) -> Rule:
    """Finds the one threshold, for all labels, with the best F1 on these rows.

    All `candidate_thresholds` are tried. Of equally good ones the nearest to .5 is
    taken, and .5 itself when no label is true anywhere.

    Args:
        targets: bool `(rows, num_classes)`, validation rows, never test rows.
        probabilities: float32 `(rows, num_classes)`.
        objective: `"macro_f1"` or `"micro_f1"`.

    Returns:
        A `Rule` of kind `"threshold"`.

    Raises:
        SettingsError: When the shapes differ or the objective is unknown.
        NotFiniteError: When a probability is not a finite number.
    """
    if objective not in OBJECTIVES:
        raise SettingsError(
            f"A threshold is fitted for {' or '.join(OBJECTIVES)}. Received: "
            f"objective={objective!r}. Choose one of them."
        )
    probabilities = check_rows(targets, probabilities, "probabilities")
    if not targets.any():
        return Rule("threshold", DEFAULT_THRESHOLD)
    thresholds = candidate_thresholds(targets, probabilities)
    if objective == "micro_f1":
        targets, probabilities = targets.reshape(-1, 1), probabilities.reshape(-1, 1)
    return Rule("threshold", _best(targets, probabilities, thresholds, 1.0))


def macro_threshold(
    targets: np.ndarray, probabilities: np.ndarray, beta: float = 1.0
) -> float:
    """Returns the one threshold, for all labels, with the best macro F-beta.

    It is that of `fit_threshold` for beta 1. In tables above four million numbers
    only 4096 candidates are tried, taken from rows drawn by lot, on all rows.

    Args:
        targets: bool `(rows, num_classes)`.
        probabilities: float32 `(rows, num_classes)`.
        beta: How many times recall counts as much as precision.
    """
    if not targets.any():
        return DEFAULT_THRESHOLD
    limit = MAX_CANDIDATES if targets.size <= _LARGE else _FEW_CANDIDATES
    truth, some = thinned(targets, probabilities, most=_LARGE)
    if not truth.any():
        truth, some = targets, probabilities
    thresholds = candidate_thresholds(truth, some, limit)
    return _best(targets, probabilities, thresholds, beta)


def _best(
    targets: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray, beta: float
) -> float:
    quality = _f_by_threshold(targets, probabilities, thresholds, beta)
    best = thresholds[quality >= quality.max() - SAME_QUALITY]
    return float(best[np.abs(best - np.float32(DEFAULT_THRESHOLD)).argmin()])


def candidate_thresholds(
    targets: np.ndarray, probabilities: np.ndarray, limit: int = MAX_CANDIDATES
) -> np.ndarray:
    """Lists thresholds half-way between neighbouring distinct probabilities.

    One below all of them is included. Above `limit`, only those right below the
    probability of a true label are kept, for F1 is best at one of these, and of
    them every n-th when there are still too many.

    Args:
        targets: bool `(rows, num_classes)`.
        probabilities: float32 `(rows, num_classes)`.
        limit: How many to return at most.

    Returns:
        float32 `(candidates,)`, ascending, no two alike.
    """
    values = np.unique(probabilities)
    above = values
    if len(above) > limit:
        above = np.unique(probabilities[targets])
    if len(above) > limit:
        above = above[np.linspace(0, len(above) - 1, limit).round().astype(np.int64)]
    below = np.concatenate([[np.float32(0)], values])[np.searchsorted(values, above)]
    return halfway(below, above)


def _f_by_threshold(
    targets: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray, beta: float
) -> np.ndarray:
    """Returns macro F-beta at each threshold, over the classes present there."""
    total = np.zeros(len(thresholds))
    present = np.zeros(len(thresholds), np.int64)
    weight = beta**2
    for target, column in zip(targets.T, probabilities.T, strict=True):
        true_ones = np.sort(column[target])
        predicted = len(column) - np.searchsorted(np.sort(column), thresholds)
        hits = len(true_ones) - np.searchsorted(true_ones, thresholds)
        wanted = predicted + weight * len(true_ones)
        total += (1 + weight) * hits / np.maximum(wanted, 1)
        present += (predicted > 0) | (len(true_ones) > 0)
    return total / np.maximum(present, 1)
