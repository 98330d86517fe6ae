"""How good labels and probabilities are, as numbers; `reports/` makes text of them."""

from kerascls.evaluation.metrics.bootstrap import (
    Difference,
    Intervals,
    PairedBootstrap,
    bootstrap_intervals,
    paired_bootstrap,
)
from kerascls.evaluation.metrics.calibration_errors import (
    Reliability,
    brier_score,
    expected_calibration_error,
    label_brier_scores,
    label_calibration_errors,
    reliability,
)
from kerascls.evaluation.metrics.curves import (
    average_precision,
    precision_recall_curve_points,
    roc_auc,
)
from kerascls.evaluation.metrics.ranking import RankingScores, ranking_scores
from kerascls.evaluation.metrics.resampling import HEADLINE, resampled_weights
from kerascls.evaluation.metrics.row_scores import ExtraScores, extra_scores
from kerascls.evaluation.metrics.scores import Average, Scores, pad_columns, score

__all__ = [
    "HEADLINE",
    "Average",
    "Difference",
    "ExtraScores",
    "Intervals",
    "PairedBootstrap",
    "RankingScores",
    "Reliability",
    "Scores",
    "average_precision",
    "bootstrap_intervals",
    "brier_score",
    "expected_calibration_error",
    "extra_scores",
    "label_brier_scores",
    "label_calibration_errors",
    "pad_columns",
    "paired_bootstrap",
    "precision_recall_curve_points",
    "ranking_scores",
    "reliability",
    "resampled_weights",
    "roc_auc",
    "score",
]
