"""What all metrics ask of their arrays."""

import numpy as np

from kerascls.errors import NotFiniteError, SettingsError


def check_decisions(targets: np.ndarray, *decisions: np.ndarray) -> None:
    """Checks bool arrays of one shape with at least one row.

    Raises:
        SettingsError: When they are not.
    """
    arrays = (targets, *decisions)
    if any(array.dtype != np.bool_ for array in arrays):
        dtypes = ", ".join(str(array.dtype) for array in arrays)
        raise SettingsError(
            f"Labels are counted on bool arrays. Received: dtypes={dtypes}. Turn them "
            f"into bool first, e.g. `targets > 0.5`."
        )
    _check_shapes(arrays)


def check_probabilities(targets: np.ndarray, probabilities: np.ndarray) -> None:
    """Checks targets and finite probabilities of one shape.

    Targets are bool, or the shares of labels of a distribution, float from 0 to 1.

    Raises:
        SettingsError: When the shapes or the type of the targets are others.
        NotFiniteError: When a probability is not a finite number.
    """
    if targets.dtype.kind != "f" or (targets < 0).any() or (targets > 1).any():
        check_decisions(targets)
    _check_shapes((targets, probabilities))
    if not np.isfinite(probabilities).all():
        bad = np.count_nonzero(~np.isfinite(probabilities))
        raise NotFiniteError(
            f"Every probability must be a finite number. Received: NaN or infinity in "
            f"{bad} of {probabilities.size} cells. The training has probably diverged: "
            f"lower the learning rate, or train in float32."
        )


def _check_shapes(arrays: tuple[np.ndarray, ...]) -> None:
    shapes = [array.shape for array in arrays]
    if len(set(shapes)) > 1 or len(shapes[0]) != 2 or not all(shapes[0]):
        raise SettingsError(
            f"Metrics need arrays of one shape, (rows, labels), neither of them 0. "
            f"Received: shapes={', '.join(map(str, shapes))}. Labels unseen in "
            f"training are added with `pad_columns`."
        )
