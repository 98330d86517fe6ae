"""The threshold that is best when all labels are taken together as if they were one."""

from typing import TYPE_CHECKING

import numpy as np

from kerascls.decision.curves import sort_labels
from kerascls.decision.global_threshold import DEFAULT_THRESHOLD

if TYPE_CHECKING:
    from kerascls.decision.objectives import LabelObjective

_LARGE = 2**24


def pooled_threshold(
    objective: "LabelObjective", targets: np.ndarray, probabilities: np.ndarray
) -> float:
    """Returns the best threshold for the labels pooled; .5 when none is true anywhere.

    Above 16 million numbers only every n-th row is looked at.

    Args:
        objective: What the threshold is for.
        targets: bool `(rows, num_classes)`.
        probabilities: float32 `(rows, num_classes)`, from 0 to 1.
    """
    every = -(-targets.size // _LARGE) or 1
    if not targets[::every].any():
        every = 1
    truth = targets[::every].reshape(-1, 1)
    if not truth.any():
        return DEFAULT_THRESHOLD
    one = slice(0, 1)
    curves = sort_labels(truth, probabilities[::every].reshape(-1, 1), one)
    places, _ = objective.choose(curves, np.full(1, DEFAULT_THRESHOLD, np.float32))
    return float(curves.thresholds_at(np.zeros(1, np.int64), places)[0])
