"""A cross-entropy in which what is right already counts less."""

from typing import Any

import keras
import numpy as np
from keras import ops

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.data.targets import Targets
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.losses.label_loss import MeanOverLabels


@keras.saving.register_keras_serializable("kerascls")
class FocalLoss(MeanOverLabels):
    """The focal loss: what is right already counts less.

    For `"multiclass"`, the sum over labels of -t_k (1 - p_k)^gamma log p_k, p being
    the softmax. For `"multilabel"`, the mean over labels of
    -a t_k (1 - p_k)^gamma log p_k - b (1 - t_k) p_k^gamma log(1 - p_k), p_k being the
    sigmoid. gamma = 0 is cross-entropy; the paper takes 0 to 5, and 2 at best.

    Args:
        task: What a row's labels mean.
        gamma: From 0.
        positive: a, of having a label; for `"multilabel"` only.
        negative: b, of lacking it.
        label_smoothing: Share of a target that is spread evenly.
    """

    def __init__(
        self,
        task: Task,
        gamma: float,
        positive: float = 1.0,
        negative: float = 1.0,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(task, label_smoothing)
        self.gamma = gamma
        self.positive, self.negative = positive, negative

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        weights = {"positive": self.positive, "negative": self.negative}
        return {**super().get_config(), "gamma": self.gamma, **weights}

    def of_classes(self, targets: Any, logits: Any) -> Any:
        """Returns the focal loss of each row that has one label, `(batch,)`."""
        yes, no = softmax_logs(logits)
        terms = self.smoothed(targets) * ops.exp(self.gamma * no) * yes
        return -ops.sum(terms, axis=-1)

    def of_labels(self, targets: Any, logits: Any) -> Any:
        """Returns the focal loss of each row and label, `(batch, num_classes)`."""
        targets = self.smoothed(targets)
        yes, no = sigmoid_logs(logits)
        positive = -self.positive * targets * ops.exp(self.gamma * no) * yes
        negative = -self.negative * (1 - targets) * ops.exp(self.gamma * yes) * no
        return positive + negative

    def effects(self, targets: Targets) -> dict[str, np.ndarray]:
        """Returns the weights of having and lacking a label, where they differ."""
        if self.positive == self.negative:
            return {}
        ones = np.ones(targets.num_classes)
        return {
            "positive_weight": self.positive * ones,
            "negative_weight": self.negative * ones,
        }


def focal_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> FocalLoss:
    """Returns the focal loss.

    With `focal_alpha`, having and lacking a label weigh as alpha to 1 - alpha, as in
    the paper, but scaled so that the mean weight over the training rows is 1.

    Args:
        task: What a row's labels mean.
        counts: Of the training rows.
        settings: `focal_gamma` from 0; `focal_alpha` in (0, 1), or None for both
            alike, for `"multilabel"` only.
        label_smoothing: Share of a target that is spread evenly.

    References:
        - [Focal Loss for Dense Object Detection](https://arxiv.org/abs/1708.02002),
          equations 4 and 5
    """
    alpha, positive, negative = settings.focal_alpha, 1.0, 1.0
    if alpha is not None:
        share = float(np.mean(counts.positives)) / max(counts.num_rows, 1)
        scale = alpha * share + (1 - alpha) * (1 - share)
        positive, negative = alpha / scale, (1 - alpha) / scale
    return FocalLoss(task, settings.focal_gamma, positive, negative, label_smoothing)


def sigmoid_logs(logits: Any) -> tuple[Any, Any]:
    """Returns log p and log(1 - p), p being the sigmoid of each logit."""
    return -ops.softplus(-logits), -ops.softplus(logits)


def softmax_logs(logits: Any) -> tuple[Any, Any]:
    """Returns log p and log(1 - p), p being the softmax over labels.

    Exact also where one p is nearly 1: 1 - p is then what the others sum up to.
    """
    best = ops.max(logits, axis=-1, keepdims=True)
    is_best = ops.one_hot(
        ops.argmax(logits, axis=-1), logits.shape[-1], dtype=logits.dtype
    )
    # (batch, 1): what the others sum up to, against the best
    others = ops.logsumexp(logits - 1e9 * is_best, axis=-1, keepdims=True)
    total = others + ops.softplus(best - others)
    yes = is_best * -ops.softplus(others - best) + (1 - is_best) * (logits - total)
    # Of others than the best p is a half at most; the best must not give infinity.
    rest = ops.log1p(-ops.minimum(ops.exp(logits - total), 0.75))
    no = is_best * -ops.softplus(best - others) + (1 - is_best) * rest
    return yes, no
