"""Weights that know of a row's other labels, and leniency to negatives."""

from dataclasses import asdict
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.data.targets import Targets
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.losses.focal import sigmoid_logs
from kerascls.training.losses.label_loss import LabelLoss, log_odds


@keras.saving.register_keras_serializable("kerascls")
class DistributionBalancedLoss(LabelLoss):
    """The distribution-balanced loss, with focus.

    The mean over labels of r_k (-t_k (1 - p_k)^g log p_k -
    (1 - t_k) q_k^g log(1 - q_k) / l), where p_k is the sigmoid of z_k - v_k and q_k
    that of l (z_k - v_k). v_k = kappa log(N / n_k - 1) asks more of rare labels, and l
    makes a negative count less once it is low. r_k = alpha + sigmoid(beta (s_k - mu))
    undoes that a row of several labels would be drawn for each of them, where labels
    are drawn alike: s_k = (1 / n_k) / sum of 1 / n_i over the labels i of the row. In
    a row without labels all s_k are infinite.

    Weights lie between alpha and alpha + 1, so they are not scaled to a mean of 1.
    With kappa = 0, l = 1, g = 0, and beta so small that all weights are one, it is
    cross-entropy. Label smoothing is of t alone, not of the weights.

    Args:
        counts: Of the training rows; a label without one counts in weights as one with
            a single row, in v as one with half a row.
        settings: `map_alpha` from 0, `map_beta` above 0, `map_mu` from 0,
            `negative_scale` from 1, `bias_kappa` from 0, `focal_gamma` from 0.
        label_smoothing: Share of a target that is spread evenly.
    """

    def __init__(
        self,
        counts: LabelCounts,
        settings: ImbalanceSettings,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(Task.MULTILABEL, label_smoothing)
        self.counts, self.settings = counts, settings
        self.inverse = 1 / np.maximum(counts.positives, 1).astype(np.float32)
        margins = -settings.bias_kappa * log_odds(counts.shares)
        self.margins = margins.astype(np.float32)

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs."""
        return {
            "counts": {
                **asdict(self.counts),
                "positives": self.counts.positives.tolist(),
            },
            "settings": self.settings.model_dump(),
            "label_smoothing": self.label_smoothing,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns the loss that `get_config` described."""
        positives = np.array(config["counts"]["positives"])
        return cls(
            LabelCounts(**{**config["counts"], "positives": positives}),
            ImbalanceSettings(**config["settings"]),
            config["label_smoothing"],
        )

    def of_rows(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row, `(batch,)`."""
        gamma, scale = self.settings.focal_gamma, self.settings.negative_scale
        smoothed, logits = self.smoothed(targets), logits - self.margins
        yes, no = sigmoid_logs(logits)
        positive = smoothed * ops.exp(gamma * no) * yes
        yes, no = sigmoid_logs(scale * logits)
        negative = (1 - smoothed) / scale * ops.exp(gamma * yes) * no
        return -ops.mean(self.weights(targets) * (positive + negative), axis=-1)

    def weights(self, targets: Any) -> Any:
        """Returns the weight of each row and label, `(batch, num_classes)`."""
        drawn = ops.sum(targets * self.inverse, axis=-1, keepdims=True)  # (batch, 1)
        # Below 1e-12 there are no labels; the sigmoid is 1 long before that.
        share = self.inverse / ops.maximum(drawn, 1e-12)
        settings = self.settings
        slope = settings.map_beta * (share - settings.map_mu)
        return settings.map_alpha + ops.sigmoid(slope)

    def effects(self, targets: Targets) -> dict[str, np.ndarray]:
        """Returns mean weights of the rows that have a label, and what is added."""
        columns, settings = targets.columns, self.settings
        inverse = self.inverse[columns]
        rows = np.repeat(np.arange(len(targets)), np.diff(targets.offsets))
        share = inverse / np.bincount(rows, inverse, minlength=len(targets))[rows]
        slope = settings.map_beta * (share - settings.map_mu)
        weights = settings.map_alpha + 1 / (1 + np.exp(-slope))
        counts = np.bincount(columns, minlength=targets.num_classes)
        sums = np.bincount(columns, weights, minlength=targets.num_classes)
        return {
            "positive_weight": sums / np.maximum(counts, 1),
            "adjustment": -self.margins,
        }


def distribution_balanced_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> DistributionBalancedLoss:
    """Returns the distribution-balanced loss.

    The defaults are those with which Huang et al. train on Reuters-21578.

    Args:
        task: `"multilabel"`.
        counts: Of the training rows.
        settings: See `DistributionBalancedLoss`.
        label_smoothing: Share of a target that is spread evenly.

    References:
        - [Distribution-Balanced Loss for Multi-Label Classification in Long-Tailed
          Datasets](https://arxiv.org/abs/2007.09654)
        - [Balancing Methods for Multi-label Text Classification with Long-Tailed Class
          Distribution](https://arxiv.org/abs/2109.04712), with focus
    """
    return DistributionBalancedLoss(counts, settings, label_smoothing)
