"""Losses that compare the labels that a row has with those that it lacks."""

from typing import Any

import keras
from keras import ops

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.losses.label_loss import LabelLoss


@keras.saving.register_keras_serializable("kerascls")
class ZlprLoss(LabelLoss):
    """Zero-bounded log-sum-exp and pairwise rank-based loss.

    log(1 + sum of t_k exp(-z_k)) + log(1 + sum of (1 - t_k) exp(z_k)): labels of a row
    are pushed above 0 and above those that it lacks, which are pushed below 0. What is
    frequent is learned where it stands in the way of another, so negatives need no
    weights. Label smoothing gives the paper's soft version. There is no mean over
    labels: the sums are in the logarithm.
    """

    def of_rows(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row, `(batch,)`."""
        smoothed = self.smoothed(targets)
        return _log_one_plus(smoothed, -logits) + _log_one_plus(1 - smoothed, logits)


def _log_one_plus(shares: Any, exponents: Any) -> Any:
    """Returns log(1 + sum of shares * exp(exponents)), `(batch,)`."""
    # `where` within the logarithm: that of 0 has no finite gradient.
    logs = ops.log(ops.where(shares > 0, shares, 1.0))
    terms = ops.where(shares > 0, exponents + logs, -1e9)
    return ops.softplus(ops.logsumexp(terms, axis=-1))


def zlpr_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> ZlprLoss:
    """Returns the ZLPR loss, which has no parameters.

    Args:
        task: `"multilabel"`.
        counts: Of the training rows; it does not use them.
        settings: It does not use them.
        label_smoothing: Share of a target that is spread evenly, in [0, 1).

    References:
        - [ZLPR: A Novel Loss for Multi-label
          Classification](https://arxiv.org/abs/2208.02955)
    """
    return ZlprLoss(task, label_smoothing)
