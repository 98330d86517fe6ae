"""One number that makes all logits less, or more, sure."""

import numpy as np

from kerascls.data.drawing import thinned
from kerascls.data.labels import Task
from kerascls.decision.activations import activation_of

LIMITS = (0.05, 20.0)
_MAX_STEPS = 60
# Of four million numbers, rows drawn by lot say enough.
_ENOUGH = 2**22


def fit_temperature(targets: np.ndarray, logits: np.ndarray, task: Task) -> float:
    """Returns the temperature of the least log loss on these rows.

    A true label counts (n + 1) / (n + k) and the others share the rest, with n rows
    and k outcomes, as Platt does it: else logits that part true from false without a
    fault, which a few easy rows do, would have a temperature of 0. The loss is convex
    in 1 / temperature, so its slope is halved to 0 between the `LIMITS`.

    Args:
        targets: bool `(rows, num_classes)`, one true in each row for multi-class; for
            distributions float32 weights that sum to 1, of which a weight w counts
            (n w + 1) / (n + k).
        logits: float `(rows, num_classes)`.
        task: Softmax or sigmoid.

    References:
        Guo et al.: "On calibration of modern neural networks" (2017).
        Platt: "Probabilistic outputs for support vector machines" (1999).
    """
    targets, logits = thinned(targets, logits, most=_ENOUGH)
    logits = np.asarray(logits, np.float64)
    wanted = _smoothed(targets, task)
    activation = activation_of(task)
    low, high = 1 / LIMITS[1], 1 / LIMITS[0]
    for _ in range(_MAX_STEPS):
        middle = (low * high) ** 0.5
        slope = ((activation(logits * middle) - wanted) * logits).sum()
        low, high = (low, middle) if slope > 0 else (middle, high)
        if high / low - 1 < 1e-6:
            break
    return 1 / (low * high) ** 0.5


def _smoothed(targets: np.ndarray, task: Task) -> np.ndarray:
    rows = len(targets)
    outcomes = targets.shape[1] if task.sums_to_one else 2
    return (rows * np.asarray(targets, np.float64) + 1) / (rows + outcomes)
