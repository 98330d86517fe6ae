"""Losses that ask more of rare labels: logits are shifted before they are compared."""

from typing import Any

import keras
import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.data.targets import Targets
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.losses.label_loss import (
    MeanOverLabels,
    as_shares,
    binary_cross_entropies,
    log_odds,
    softmax_cross_entropy,
)


@keras.saving.register_keras_serializable("kerascls")
class ShiftedCrossEntropy(MeanOverLabels):
    """Cross-entropy of logits to which something is added, by label and by target.

    CE(t, z + c + t_true d): c is added to all logits, d to those of labels that are
    true. Label smoothing is of t alone.

    Args:
        task: What a row's labels mean.
        always: c, float64 `(num_classes,)`.
        if_true: d, float64 `(num_classes,)`.
        label_smoothing: Share of a target that is spread evenly.
    """

    def __init__(
        self,
        task: Task,
        always: np.ndarray,
        if_true: np.ndarray,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(task, label_smoothing)
        self.always = np.asarray(always, np.float32)
        self.if_true = np.asarray(if_true, np.float32)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "always": self.always.tolist(),
            "if_true": self.if_true.tolist(),
        }

    def of_classes(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row that has one label, `(batch,)`."""
        return softmax_cross_entropy(*self._compared(targets, logits))

    def of_labels(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row and label, `(batch, num_classes)`."""
        return binary_cross_entropies(*self._compared(targets, logits))

    def _compared(self, targets: Any, logits: Any) -> tuple[Any, Any]:
        shifted = logits + self.always + targets * self.if_true
        return self.smoothed(targets), shifted

    def effects(self, targets: Targets) -> dict[str, np.ndarray]:
        """Returns the margins, which are asked of a label that is true or is not."""
        if not self.always.any():
            return {"margin": -self.if_true}
        yes = -self.always - self.if_true
        return {"positive_margin": yes, "negative_margin": self.always}


@keras.saving.register_keras_serializable("kerascls")
class LogitAdjustedCrossEntropy(ShiftedCrossEntropy):
    """Cross-entropy of logits to which the frequencies of labels are added.

    A model then need not say how frequent a label is, and scores all alike.
    """

    def effects(self, targets: Targets) -> dict[str, np.ndarray]:
        """Returns what is added to each logit."""
        return {"adjustment": self.always}

    def start(self, shares: np.ndarray) -> np.ndarray:
        """Returns the shares whose logits, adjusted, say those of the labels."""
        if self.task is Task.MULTICLASS:
            return as_shares(np.log(shares) - self.always, self.task)
        return super().start(shares)


def logit_adjusted_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> LogitAdjustedCrossEntropy:
    """Returns the logit-adjusted cross-entropy.

    CE(t, z + tau log n/N) for `"multiclass"`, n being the training rows that have a
    label. For `"multilabel"`, which is no part of the paper, each label is a problem
    of two classes: BCE(t_k, z_k + tau log(n_k / (N - n_k))). z alone answers, as in a
    world in which all labels are as likely; with tau = 0 it is cross-entropy, and for
    `"multiclass"` also where all labels have as many rows. A label without a row
    counts as one with half a row.

    Args:
        task: What a row's labels mean.
        counts: Of the training rows.
        settings: `logit_tau` from 0; 1 is what the paper proves right.
        label_smoothing: Share of a target that is spread evenly.

    References:
        - [Long-Tail Learning via Logit Adjustment](https://arxiv.org/abs/2007.07314),
          equation 10
    """
    shares, multiclass = counts.shares, Task(task) is Task.MULTICLASS
    added = settings.logit_tau * (np.log(shares) if multiclass else log_odds(shares))
    return LogitAdjustedCrossEntropy(task, added, 0 * added, label_smoothing)


def ldam_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> ShiftedCrossEntropy:
    """Returns the cross-entropy with label-distribution-aware margins.

    The logit of the true label is lowered by m_k = m (n_min / n_k)^(1/4) before it is
    compared, n_k being the training rows that have it and n_min those of the rarest
    label that has any. For `"multilabel"`, which is no part of the paper, each label
    is a problem of two classes: where it is lacking, its logit is raised by
    m (n_min / (N - n_k))^(1/4). m = 0 is cross-entropy.

    The paper divides weights and features by their lengths and multiplies their
    product by s = 30, with m = 0.5 before that; heads here are not normalised, so that
    their logits are the paper's s z, and m is in these: its value would be 15, and the
    default here is 3. Nor are weights changed late in training (its DRW).

    Args:
        task: What a row's labels mean.
        counts: Of the training rows.
        settings: `ldam_margin`, m, from 0, in logits.
        label_smoothing: Share of a target that is spread evenly.

    References:
        - [Learning Imbalanced Datasets with Label-Distribution-Aware Margin
          Loss](https://arxiv.org/abs/1906.07413)
    """
    known = counts.positives[counts.positives > 0]
    fewest = known.min() if len(known) else 1

    def margin(rows: np.ndarray) -> np.ndarray:
        return settings.ldam_margin * (fewest / np.maximum(rows, fewest)) ** 0.25

    of_yes = margin(counts.positives)
    if Task(task) is Task.MULTICLASS:
        return ShiftedCrossEntropy(task, 0 * of_yes, -of_yes, label_smoothing)
    of_no = margin(counts.negatives)
    return ShiftedCrossEntropy(task, of_no, -of_yes - of_no, label_smoothing)
