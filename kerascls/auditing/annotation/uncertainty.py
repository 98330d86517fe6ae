"""How unsure a classifier is of rows and labels, by its calibrated probabilities.

References:
    - Shannon 1948, A mathematical theory of communication: entropy.
    - Lewis, Gale 1994, [A sequential algorithm for training text classifiers](
      https://arxiv.org/abs/cmp-lg/9407020): uncertainty sampling.
    - Scheffer, Decomain, Wrobel 2001, Active hidden Markov models for information
      extraction: the margin between the two likeliest classes.
    - Tong, Koller 2001, Support vector machine active learning with applications to
      text classification: the distance to the decision boundary, here in probability.
    - Esuli, Sebastiani 2009, Active learning strategies for multi-label text
      classification: one number of a row out of those of its labels, here the mean.
    - Guiasu 1971, Weighted entropy: outcomes that matter more, here rare labels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.system.tables import known_name

# What probabilities and, where there are such, thresholds of labels make of each label.
OfLabels = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """A measure, from 0 where all is sure to 1.

    Args:
        of_labels: Where each label is true or not, whatever the others are: of
            probabilities float64 `(rows, num_classes)` and thresholds
            `(num_classes,)`, the uncertainty of each label.
        of_rows: Where one label is true: of probabilities, the uncertainty of each row;
            None where the measure has no meaning then.
        reads_thresholds: Whether it needs the thresholds of the classifier's rule.
    """

    of_labels: OfLabels
    of_rows: Callable[[np.ndarray], np.ndarray] | None = None
    reads_thresholds: bool = False


def binary_entropy(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Returns the entropy of each label in bits, 1 at a probability of 0.5."""
    return (_bits(probabilities) + _bits(1 - probabilities)) / np.log(2)


def binary_margin(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Returns 1 - |p - (1 - p)| of each label, 1 at a probability of 0.5."""
    return 1 - np.abs(2 * probabilities - 1)


def nearness(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Returns how near each probability is to its threshold, linear on either side.

    1 at the threshold, 0 at probabilities of 0 and 1.
    """
    below = probabilities / np.maximum(thresholds, np.finfo(np.float64).tiny)
    above = (1 - probabilities) / np.maximum(1 - thresholds, np.finfo(np.float64).tiny)
    return np.clip(np.where(probabilities < thresholds, below, above), 0, 1)


def entropy(probabilities: np.ndarray) -> np.ndarray:
    """Returns the entropy of each row, 1 where all classes are equally likely."""
    most = np.log(max(probabilities.shape[1], 2))
    return _bits(probabilities).sum(axis=1) / most


def margin(probabilities: np.ndarray) -> np.ndarray:
    """Returns 1 - (likeliest - second) of each row."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities))
    second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
    return 1 - (first - second)


def _bits(probabilities: np.ndarray) -> np.ndarray:
    inside = np.maximum(probabilities, np.finfo(np.float64).tiny)
    return -probabilities * np.log(inside)


UNCERTAINTIES = {
    "entropy": Uncertainty(of_labels=binary_entropy, of_rows=entropy),
    "margin": Uncertainty(of_labels=binary_margin, of_rows=margin),
    "threshold": Uncertainty(of_labels=nearness, reads_thresholds=True),
}


def default_uncertainty(rule: Rule) -> str:
    """Returns the measure for a rule: by its thresholds, or without such entropy."""
    return "threshold" if rule.kind == "threshold" else "entropy"


def check_uncertainty(name: str, task: Task, rule: Rule) -> Uncertainty:
    """Returns a measure by its name.

    Raises:
        SettingsError: When there is none, the classifier's rule lacks what it reads, or
            its labels have shares.
    """
    if task.has_weights:
        raise SettingsError(
            f"Expected a classifier whose labels are true or not. Received: "
            f"task={task.value!r}, where a text of several topics looks as one does "
            f"that the classifier is unsure of. Draw the rows to label by lot."
        )
    measure = UNCERTAINTIES[known_name(UNCERTAINTIES, name, "uncertainty")]
    if measure.reads_thresholds and rule.kind != "threshold":
        raise SettingsError(
            f"Expected a classifier that gives labels from a probability on. Received: "
            f"uncertainty={name!r}, and its rule is {rule.kind!r}, for task={task}. "
            f"Use `--uncertainty margin`."
        )
    return measure


def label_uncertainty(
    measure: Uncertainty, probabilities: np.ndarray, task: Task, rule: Rule
) -> np.ndarray:
    """Returns what each label adds to the uncertainty of a row.

    Where labels are independent their uncertainties over the number of labels; where
    one of them is true, the row's shared out by probability.

    Args:
        measure: One of `UNCERTAINTIES`.
        probabilities: Calibrated, float `(rows, num_classes)`.
        task: What a row's labels mean.
        rule: The classifier's.

    Returns:
        float64 `(rows, num_classes)`; each row's sum is from 0 to 1.
    """
    probabilities = probabilities.astype(np.float64)
    num_classes = probabilities.shape[1]
    if task is Task.MULTILABEL or measure.of_rows is None:
        thresholds = rule.threshold_of(num_classes)
        of_each = np.zeros(num_classes) if thresholds is None else thresholds
        return measure.of_labels(probabilities, of_each.astype(float)) / num_classes
    return measure.of_rows(probabilities)[:, None] * probabilities


def rare_weights(train_rows: np.ndarray, boost: float) -> np.ndarray:
    """Returns how much the uncertainty of each label counts, float64 `(num_classes,)`.

    Args:
        train_rows: int `(num_classes,)`, how many training rows each label has.
        boost: 0 for all alike; 1 for the inverse of the rows (plus one), as class
            weights have it; what lies between is between. The mean weight is 1.
    """
    weights = ((1 + train_rows.max()) / (1 + train_rows.astype(np.float64))) ** boost
    return weights / weights.mean()
