"""From logits to numbers between 0 and 1, whatever size the logits have."""

from collections.abc import Callable

import numpy as np

from kerascls.data.labels import Task
from kerascls.errors import NotFiniteError, SettingsError


def softmax(logits: np.ndarray) -> np.ndarray:
    """Returns probabilities that sum to 1 in each row, of the dtype of the logits."""
    # Differences beyond the largest float become -inf, and their exponential 0.
    with np.errstate(over="ignore"):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Returns 1 / (1 + exp(-logit)) without overflow, of the dtype of the logits."""
    powers = np.exp(-np.abs(logits))
    return np.where(logits >= 0, logits.dtype.type(1), powers) / (1 + powers)


def activation_of(task: Task) -> Callable[[np.ndarray], np.ndarray]:
    """Returns what turns the logits of a task into probabilities."""
    return softmax if task.sums_to_one else sigmoid


def check_rows(
    targets: np.ndarray, scores: np.ndarray, name: str, dtype: type = np.bool_
) -> np.ndarray:
    """Returns the scores of rows as float32 `(rows, num_classes)`.

    Raises:
        SettingsError: When the targets are not of the dtype, or of another shape.
        NotFiniteError: When a score is NaN or infinite.
    """
    scores = check_finite(scores, name)
    if dtype is not np.bool_ and targets.shape == scores.shape:
        if targets.dtype == dtype:
            return scores
        raise SettingsError(
            f"Expected weights of labels as {dtype.__name__}. Received: targets "
            f"{targets.dtype} {targets.shape}. Give for each row the share of each "
            f"label."
        )
    if targets.shape != scores.shape or targets.dtype != np.bool_:
        raise SettingsError(
            f"Expected bool targets of the shape of the {name}. Received: targets "
            f"{targets.dtype} {targets.shape}, {name} {scores.shape}. Give for each "
            "row which labels are true."
        )
    return scores


def check_finite(array: np.ndarray, name: str) -> np.ndarray:
    """Returns an array `(rows, num_classes)` as float32.

    Raises:
        SettingsError: When it has another number of dimensions.
        NotFiniteError: When an entry is NaN or infinite; it names the first row.
    """
    array = np.asarray(array, np.float32)
    if array.ndim != 2:
        raise SettingsError(
            f"Expected `{name}` to be (rows, num_classes). Received: shape="
            f"{array.shape}. For one row write `{name}[None]`."
        )
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(bad):
        raise NotFiniteError(
            f"Every entry of `{name}` must be a finite number. Received: NaN or "
            f"infinity in {len(bad)} of {len(array)} rows, the first is row "
            f"{bad[0]}. The training has probably diverged: lower the learning "
            "rate, or train in float32."
        )
    return array
