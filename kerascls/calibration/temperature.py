"""One number that makes all logits less, or more, sure."""

import numpy as np

from kerascls.activations import sigmoid, softmax
from kerascls.labels import Task

LIMITS = (0.05, 20.0)
_MAX_STEPS = 60


def fit_temperature(targets: np.ndarray, logits: np.ndarray, task: Task) -> float:
    """Returns the temperature of the least log loss on these rows.

    The loss is convex in 1 / temperature, so its slope is halved to 0 between the
    `LIMITS`. 1 lies between them: the result is never worse than no calibration.

    Args:
        targets: bool `(rows, num_classes)`, one true in each row for multi-class.
        logits: float `(rows, num_classes)`.
        task: Softmax or sigmoid.

    References:
        Guo et al.: "On calibration of modern neural networks" (2017).
    """
    logits = np.asarray(logits, np.float64)
    activation = softmax if task is Task.MULTICLASS else sigmoid
    low, high = 1 / LIMITS[1], 1 / LIMITS[0]
    for _ in range(_MAX_STEPS):
        middle = (low * high) ** 0.5
        slope = ((activation(logits * middle) - targets) * logits).sum()
        low, high = (low, middle) if slope > 0 else (middle, high)
        if high / low - 1 < 1e-6:
            break
    return 1 / (low * high) ** 0.5
