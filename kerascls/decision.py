"""From logits to probabilities to labels: the one score path, in numpy."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from kerascls.errors import BundleError, NotFiniteError, SettingsError
from kerascls.labels import Task

Objective = Literal["macro_f1", "micro_f1"]
OBJECTIVES = ("macro_f1", "micro_f1")
MAX_CANDIDATES = 65_536

# Values of F1 that are this close are one value that was rounded twice.
_SAME_F1 = 1e-9


@dataclass(frozen=True)
class Rule:
    """Which labels a row of probabilities gets.

    Args:
        kind: `"argmax"` gives the likeliest label, `"threshold"` every label that
            reaches `threshold`, possibly none.
        threshold: From 0 to 1, kept in float32 precision. None for `"argmax"`.

    Raises:
        SettingsError: When the kind is unknown or does not go with the threshold.

    Example:
        >>> Rule("threshold", 0.5).apply(np.float32([[0.2, 0.9]]))
        array([[False,  True]])
    """

    kind: Literal["argmax", "threshold"]
    threshold: float | None = None

    def __post_init__(self):
        if self.kind == "argmax" and self.threshold is None:
            return
        number = isinstance(self.threshold, int | float | np.floating)
        if self.kind != "threshold" or not number or not 0 <= self.threshold <= 1:
            raise SettingsError(
                'A rule is "argmax" without threshold, or "threshold" with one from '
                f"0 to 1. Received: kind={self.kind!r}, threshold={self.threshold!r}."
            )
        object.__setattr__(self, "threshold", float(np.float32(self.threshold)))

    def apply(self, probabilities: np.ndarray) -> np.ndarray:
        """Chooses the labels.

        Args:
            probabilities: float32 `(rows, num_classes)`.

        Returns:
            bool `(rows, num_classes)`.

        Raises:
            SettingsError: When a probability is not a finite number.
        """
        probabilities = _finite(probabilities, "probabilities")
        if self.kind == "threshold":
            return probabilities >= np.float32(self.threshold)
        chosen = np.zeros(probabilities.shape, np.bool_)
        np.put_along_axis(chosen, probabilities.argmax(1)[:, None], True, axis=1)
        return chosen

    def to_dict(self) -> dict[str, Any]:
        """Returns the rule as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Rule":
        """Returns the rule that `to_dict` wrote.

        Raises:
            BundleError: When a key is missing or unknown.
        """
        if set(values) != {"kind", "threshold"}:
            raise BundleError(
                'A stored rule has the keys "kind" and "threshold". Received: '
                f"keys={sorted(values)}. It was damaged, or written by another "
                "version."
            )
        return cls(**values)


def probabilities(logits: np.ndarray, task: Task) -> np.ndarray:
    """Turns logits into probabilities: softmax or sigmoid, as the task says.

    Args:
        logits: float `(rows, num_classes)`, of any size.
        task: `"multiclass"` (a row sums to 1) or `"multilabel"`.

    Returns:
        float32 `(rows, num_classes)`.

    Raises:
        NotFiniteError: When a logit is not a finite number.
    """
    logits = _finite(logits, "logits")
    if Task(task) is Task.MULTICLASS:
        # Differences beyond float32 become -inf, and their exponential 0.
        with np.errstate(over="ignore"):
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    powers = np.exp(-np.abs(logits))
    return np.where(logits >= 0, np.float32(1), powers) / (1 + powers)


def fit_threshold(
    targets: np.ndarray,
    probabilities: np.ndarray,
    objective: Objective = "macro_f1",
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
            f"objective={objective!r}."
        )
    probabilities = _finite(probabilities, "probabilities")
    if targets.shape != probabilities.shape or targets.dtype != np.bool_:
        raise SettingsError(
            "A threshold needs bool targets of the shape of the probabilities. "
            f"Received: targets {targets.dtype} {targets.shape}, probabilities "
            f"{probabilities.shape}."
        )
    if not targets.any():
        return Rule("threshold", 0.5)
    thresholds = candidate_thresholds(targets, probabilities)
    if objective == "micro_f1":
        targets, probabilities = targets.reshape(-1, 1), probabilities.reshape(-1, 1)
    f1 = _f1_by_threshold(targets, probabilities, thresholds)
    best = thresholds[f1 >= f1.max() - _SAME_F1]
    return Rule("threshold", float(best[np.abs(best - np.float32(0.5)).argmin()]))


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
    middle = below + (above - below) / 2
    # Between two neighbouring float32 there is none: take the upper, which `>=` keeps.
    return np.where(middle > below, middle, above)


def _f1_by_threshold(
    targets: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray
) -> np.ndarray:
    """Returns macro-F1 at each threshold, over the classes present there."""
    total = np.zeros(len(thresholds))
    present = np.zeros(len(thresholds), np.int64)
    for target, column in zip(targets.T, probabilities.T, strict=True):
        true_ones = np.sort(column[target])
        given = len(column) - np.searchsorted(np.sort(column), thresholds)
        hits = len(true_ones) - np.searchsorted(true_ones, thresholds)
        total += 2 * hits / np.maximum(given + len(true_ones), 1)
        present += (given > 0) | (len(true_ones) > 0)
    return total / np.maximum(present, 1)


def _finite(array: np.ndarray, name: str) -> np.ndarray:
    array = np.asarray(array, np.float32)
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(bad):
        raise NotFiniteError(
            f"Every entry of `{name}` must be a finite number. Received: NaN or "
            f"infinity in {len(bad)} of {len(array)} rows, the first is row "
            f"{bad[0]}. The training has probably diverged: lower the learning "
            "rate, or train in float32."
        )
    return array
