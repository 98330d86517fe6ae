"""How much each row counts in training, by the weights of its labels."""

from collections.abc import Mapping

import numpy as np

from kerascls.data.labels import LabelSet


def row_weights(
    targets: np.ndarray,
    label_set: LabelSet,
    label_weights: Mapping[str, float],
    drawn: np.ndarray | None = None,
) -> np.ndarray:
    """Returns a weight for each row: the mean of those of its labels.

    A label that is not named has 1, and so has a row without labels. The weights are
    scaled to a mean of 1 in an epoch, so that learning rate and regularization stay
    what they are.

    Args:
        targets: bool `(rows, num_classes)`, at least the columns of `label_set`.
        label_set: Names of the columns.
        label_weights: By name, above 0.
        drawn: int64, the rows that an epoch has, one or several times; by default each
            once.

    Returns:
        float32 `(rows,)`.

    Raises:
        DataError: When there is no such label; it gives the nearest.
    """
    of_labels = np.ones(targets.shape[1])
    for name, weight in label_weights.items():
        of_labels[label_set.column(name)] = weight
    counts = targets.sum(axis=1)
    weights = np.where(counts, targets @ of_labels / np.maximum(counts, 1), 1.0)
    of_epoch = weights if drawn is None else weights[drawn]
    return (weights / of_epoch.mean()).astype(np.float32)
