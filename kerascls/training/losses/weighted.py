"""Cross-entropies in which some labels count more than others."""

from typing import Any

import keras
import numpy as np
from keras import ops

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.data.targets import Targets
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.losses.label_loss import (
    MeanOverLabels,
    as_shares,
    binary_cross_entropies,
    softmax_cross_entropy,
)


@keras.saving.register_keras_serializable("kerascls")
class WeightedCrossEntropy(MeanOverLabels):
    """Cross-entropy in which what is true decides how much it counts.

    For `"multiclass"`, w_y CE(t, z) of a row with the label y. For `"multilabel"`, the
    mean over labels of w_k BCE(t_k, z_k), w_k being the weight of a yes where the row
    has the label and of a no where it lacks it. Label smoothing makes t of what is
    true; the weight stays that of what is true.

    Args:
        task: What a row's labels mean.
        positive: Weights of having each label, float `(num_classes,)`.
        negative: Weights of lacking it; for `"multilabel"` only.
        label_smoothing: Share of a target that is spread evenly.
    """

    def __init__(
        self,
        task: Task,
        positive: np.ndarray,
        negative: np.ndarray,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(task, label_smoothing)
        self.positive = np.asarray(positive, np.float32)
        self.negative = np.asarray(negative, np.float32)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "positive": self.positive.tolist(),
            "negative": self.negative.tolist(),
        }

    def of_classes(self, targets: Any, logits: Any) -> Any:
        """Returns the weighted loss of each row that has one label, `(batch,)`."""
        weights = ops.sum(targets * self.positive, axis=-1)  # (batch,)
        return weights * softmax_cross_entropy(self.smoothed(targets), logits)

    def of_labels(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row and label, `(batch, num_classes)`."""
        weights = targets * self.positive + (1 - targets) * self.negative
        return weights * binary_cross_entropies(self.smoothed(targets), logits)

    def effects(self, targets: Targets) -> dict[str, np.ndarray]:
        """Returns the weights."""
        if np.array_equal(self.positive, self.negative):
            return {"weight": self.positive}
        return {"positive_weight": self.positive, "negative_weight": self.negative}

    def start(self, shares: np.ndarray) -> np.ndarray:
        """Returns the shares of labels by weight."""
        if self.task is Task.MULTICLASS:
            return as_shares(np.log(shares * self.positive), self.task)
        return super().start(shares)


def class_weight_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> WeightedCrossEntropy:
    """Returns a cross-entropy whose weights are inverse to the rows of a label.

    w_k is proportional to (1 / n_k)^power, n_k being the training rows that have the
    label k, and at most `max_weight` times the smallest. The mean weight over the
    training rows is 1, so that a learning rate keeps its meaning. A label without a
    row counts as one with a single row.

    For `"multiclass"` w_k weighs rows. For `"multilabel"` it weighs labels, yes and no
    alike: rare labels get their share of what is learned, and probabilities stay
    honest. (Keras's `class_weight` would take the weight of the first label that a
    row has, for all its labels.)

    Args:
        task: What a row's labels mean.
        counts: Of the training rows.
        settings: `weight_power` in (0, 1], `max_weight` from 1.
        label_smoothing: Share of a target that is spread evenly.

    References:
        - [Logistic Regression in Rare Events Data](https://doi.org/10.1093/oxfordjournals.pan.a004868)
        - [Exploring the Limits of Weakly Supervised
          Pretraining](https://arxiv.org/abs/1805.00932), for the root
    """
    weights = np.maximum(counts.positives, 1.0) ** -settings.weight_power
    weights = np.minimum(weights / weights.min(), settings.max_weight)
    return _by_label(task, counts, weights, label_smoothing)


def class_balanced_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> WeightedCrossEntropy:
    """Returns a cross-entropy whose weights are inverse to the effective rows.

    w_k is proportional to (1 - beta) / (1 - beta^n_k): the more rows a label has, the
    more the next one is like them. beta = 0 is no weights at all; towards 1 they are
    inverse to the rows. Otherwise as `class_weight_loss`; for `"multilabel"` the
    weights are of labels, yes and no alike, as in [Huang et al.
    (2021)](https://arxiv.org/abs/2109.04712). The paper scales the mean over labels
    to 1, here it is that over the training rows.

    Args:
        task: What a row's labels mean.
        counts: Of the training rows.
        settings: `class_balanced_beta` in [0, 1).
        label_smoothing: Share of a target that is spread evenly.

    References:
        - [Class-Balanced Loss Based on Effective Number of
          Samples](https://arxiv.org/abs/1901.05555)
    """
    beta, rows = settings.class_balanced_beta, np.maximum(counts.positives, 1.0)
    weights = (1 - beta) / -np.expm1(rows * np.log(beta)) if beta else 1.0 + 0 * rows
    return _by_label(task, counts, weights, label_smoothing)


def pos_weight_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> WeightedCrossEntropy:
    """Returns a binary cross-entropy in which having a rare label counts more.

    A yes of the label k weighs ((N - n_k) / n_k)^power times a no, and at most
    `max_weight` times; n_k of the N training rows have it. With power 1 both sides
    weigh the same in sum: recall rises, precision falls, and probabilities are those
    of a world in which each label is as likely as not. The mean weight over rows and
    labels is 1. A label without a row counts as one with a single row.

    Args:
        task: `"multilabel"`.
        counts: Of the training rows.
        settings: `weight_power` in (0, 1], `max_weight` from 1.
        label_smoothing: Share of a target that is spread evenly.

    References:
        - [Logistic Regression in Rare Events Data](https://doi.org/10.1093/oxfordjournals.pan.a004868)
    """
    negatives = np.maximum(counts.negatives, 1.0)
    odds = negatives / np.maximum(counts.positives, 1.0)
    yes = np.minimum(odds**settings.weight_power, settings.max_weight)
    scale = np.mean(counts.positives * yes + counts.negatives) / counts.num_rows
    return WeightedCrossEntropy(
        task, yes / scale, np.full_like(yes, 1 / scale), label_smoothing
    )


def _by_label(
    task: Task, counts: LabelCounts, weights: np.ndarray, label_smoothing: float
) -> WeightedCrossEntropy:
    """Returns the loss with weights whose mean over the training rows is 1."""
    # A row of several classes has one of them; each row says yes or no of all labels.
    rows = counts.positives if task is Task.MULTICLASS else np.ones(len(weights))
    weights = weights / np.average(weights, weights=rows if rows.any() else None)
    return WeightedCrossEntropy(task, weights, weights, label_smoothing)
