"""How much the rows of a label count for the next model of a boosted stack.

References:
    - Zhu, Zou, Rosset, Hastie 2009, Multi-class AdaBoost (SAMME).
    - Schapire, Singer 1999, Improved boosting algorithms using confidence-rated
      predictions (AdaBoost.MH): each label of a row is right or wrong by itself.

Deviations: rows of a label share one weight, and the errors are those of the
validation part, for models of text make next to none on the rows that they learned.
Half of SAMME's step is taken, of at most `LARGEST_STEP`.
"""

from collections.abc import Mapping, Sequence
from math import exp, log

import numpy as np

from kerascls.data.labels import Task

LARGEST_STEP = 2.0


def label_errors(targets: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Returns for each label the share of its rows that were not given it.

    Args:
        targets: bool `(rows, labels)`, the labels that are true.
        chosen: bool `(rows, labels)`, those that were given.

    Returns:
        float64 `(labels,)`, NaN for a label without rows.
    """
    support = targets.sum(axis=0)
    missed = (targets & ~chosen).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(support, missed / np.maximum(support, 1), np.nan)


def next_weights(
    weights: Mapping[str, float],
    labels: Sequence[str],
    errors: np.ndarray,
    support: np.ndarray,
    task: Task,
) -> dict[str, float] | None:
    """Returns the weights of labels for the next model; None where none would help.

    Args:
        weights: Those of the last model, 1 where a label is not named.
        labels: Names of all.
        errors: float64 `(labels,)`, as of `label_errors`.
        support: int `(labels,)`, validation rows of each label.
        task: What a row's labels mean.

    Returns:
        By name, with a mean of 1 over the rows of labels. None when nothing is wrong,
        or so much that the stack is no better than chance.
    """
    before = np.array([weights.get(name, 1.0) for name in labels])
    known = np.where(np.isnan(errors), 0.0, errors)
    mass = before * support
    error = float(mass @ known / mass.sum())
    if error <= 0 or error >= 1:
        return None
    chance = log(len(labels) - 1) if task is Task.MULTICLASS else 0.0
    step = min(LARGEST_STEP, (log((1 - error) / error) + chance) / 2)
    if step <= 0:
        return None
    # Of a label that no validation row has nothing is known: it has the mean error.
    of_all = np.where(np.isnan(errors), error, errors)
    after = before * np.array([exp(step * one) for one in of_all])
    after *= support.sum() / (after @ support)
    return {name: round(float(one), 4) for name, one in zip(labels, after, strict=True)}
