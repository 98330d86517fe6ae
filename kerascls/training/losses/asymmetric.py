"""A focal loss that is harder on easy negatives than on easy positives."""

from typing import Any

import keras
from keras import ops

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.losses.focal import sigmoid_logs, softmax_logs
from kerascls.training.losses.label_loss import MeanOverLabels


@keras.saving.register_keras_serializable("kerascls")
class AsymmetricLoss(MeanOverLabels):
    """The asymmetric loss: easy negatives count less than easy positives.

    For `"multilabel"`, the mean over labels of -t_k (1 - p_k)^g+ log p_k -
    (1 - t_k) q_k^g- log(1 - q_k), where p_k is the sigmoid and q_k = max(p_k - m, 0):
    negatives below the margin m do not count at all. For `"multiclass"`, the sum over
    labels of -t_k (1 - p_k)^g+ log p_k of the label that is true, and of
    -t_k p_k^g- log p_k of the others, p being the softmax; these have a target only
    by label smoothing. Without focus and margin it is cross-entropy. The paper takes
    the sum over labels where this takes the mean.

    Args:
        task: What a row's labels mean.
        gamma_positive: g+, from 0.
        gamma_negative: g-, from 0.
        margin: m in [0, 1), for `"multilabel"` only.
        label_smoothing: Share of a target that is spread evenly.
    """

    def __init__(
        self,
        task: Task,
        gamma_positive: float,
        gamma_negative: float,
        margin: float = 0.0,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(task, label_smoothing)
        self.gamma_positive, self.gamma_negative = gamma_positive, gamma_negative
        self.margin = margin

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        names = ("gamma_positive", "gamma_negative", "margin")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

    def of_classes(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row that has one label, `(batch,)`."""
        yes, no = softmax_logs(logits)
        focus = targets * self.gamma_positive * no
        focus += (1 - targets) * self.gamma_negative * yes
        return -ops.sum(self.smoothed(targets) * ops.exp(focus) * yes, axis=-1)

    def of_labels(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row and label, `(batch, num_classes)`."""
        smoothed = self.smoothed(targets)
        yes, no = sigmoid_logs(logits)
        positive = smoothed * ops.exp(self.gamma_positive * no) * yes
        return -positive - (1 - smoothed) * self._of_negatives(yes, no)

    def _of_negatives(self, yes: Any, no: Any) -> Any:
        """Returns q^g- log(1 - q) of each label."""
        if not self.margin:
            return ops.exp(self.gamma_negative * yes) * no
        counts = ops.exp(yes) > self.margin
        # `where` within the power: 0 to a power below 1 has no finite gradient.
        q = ops.where(counts, ops.exp(yes) - self.margin, 0.5)
        # 1 - q, of which 1 - p may be too little to be seen beside p.
        rest = ops.where(counts, ops.exp(no) + self.margin, 1.0)
        return ops.where(counts, q**self.gamma_negative * ops.log(rest), 0.0)


def asymmetric_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> AsymmetricLoss:
    """Returns the asymmetric loss.

    Args:
        task: What a row's labels mean.
        counts: Of the training rows; it does not use them.
        settings: `gamma_positive` and `gamma_negative` from 0, the latter being the
            larger; `negative_margin` in [0, 1), for `"multilabel"` only.
        label_smoothing: Share of a target that is spread evenly. The form for
            `"multiclass"`, which is the authors' code's, needs some.

    References:
        - [Asymmetric Loss For Multi-Label
          Classification](https://arxiv.org/abs/2009.14119)
    """
    return AsymmetricLoss(
        task,
        settings.gamma_positive,
        settings.gamma_negative,
        settings.negative_margin,
        label_smoothing,
    )
