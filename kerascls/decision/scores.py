"""From logits to probabilities: the one score path."""

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration


def probabilities(
    logits: np.ndarray, task: Task, calibration: Calibration | None = None
) -> np.ndarray:
    """Turns logits into probabilities: softmax or sigmoid, as the task says.

    Args:
        logits: float `(rows, num_classes)`, of any size.
        task: `"multiclass"` (a row sums to 1) or `"multilabel"`.
        calibration: What was fitted on validation data. By default nothing is
            corrected.

    Returns:
        float32 `(rows, num_classes)`.

    Raises:
        NotFiniteError: When a logit is not a finite number.
        SettingsError: When the calibration is for another number of labels or task.
    """
    return (calibration or Calibration()).apply(logits, task)
