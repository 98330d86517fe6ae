"""A cross-entropy in which what is right already counts less."""

from typing import Any

import numpy as np
from keras import ops

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.losses.label_loss import LabelLoss, as_shares, log_odds


class FocalLoss(LabelLoss):
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

    def of_rows(self, targets: Any, logits: Any) -> Any:
        """Returns the focal loss of each row, `(batch,)`."""
        targets = self.smoothed(targets)
        if self.task is Task.MULTICLASS:
            yes, no = softmax_logs(logits)
            return -ops.sum(targets * ops.exp(self.gamma * no) * yes, axis=-1)
        yes, no = sigmoid_logs(logits)
        positive = -self.positive * targets * ops.exp(self.gamma * no) * yes
        negative = -self.negative * (1 - targets) * ops.exp(self.gamma * yes) * no
        return ops.mean(positive + negative, axis=-1)

    def start(self, shares: np.ndarray) -> np.ndarray:
        """Returns the shares of labels by weight."""
        if self.positive == self.negative:
            return shares
        return as_shares(
            log_odds(shares) + np.log(self.positive / self.negative), self.task
        )


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
