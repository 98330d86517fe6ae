"""Scores that look at each row's set of labels."""

from dataclasses import dataclass

import numpy as np

from kerascls.evaluation.metrics.checks import check_decisions
from kerascls.evaluation.metrics.scores import Average


@dataclass(frozen=True)
class ExtraScores:
    """What `extra_scores` returns.

    Args:
        samples: Precision, recall and F1 of each row, averaged over rows; its support
            is that of all labels.
        hamming: Hamming loss, the share of cells (row, label) that are wrong.
    """

    samples: Average
    hamming: float


def extra_scores(targets: np.ndarray, chosen: np.ndarray) -> ExtraScores:
    """Scores the label sets of rows.

    A quotient without denominator counts as 0, as in `score`: a row that has no label
    and gets none adds nothing to samples-F1.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        chosen: bool `(rows, num_classes)`, the labels that were chosen.

    Raises:
        SettingsError: When the arrays do not fit each other.
    """
    check_decisions(targets, chosen)
    hits = np.count_nonzero(targets & chosen, axis=1)
    true = np.count_nonzero(targets, axis=1)
    predicted = np.count_nonzero(chosen, axis=1)
    samples = Average(
        precision=float((hits / np.maximum(predicted, 1)).mean()),
        recall=float((hits / np.maximum(true, 1)).mean()),
        f1=float((2 * hits / np.maximum(true + predicted, 1)).mean()),
        support=int(true.sum()),
    )
    return ExtraScores(samples, float((targets != chosen).mean()))
