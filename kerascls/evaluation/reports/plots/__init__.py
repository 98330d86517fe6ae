"""Pictures of a training and of a report, drawn by matplotlib."""

from kerascls.evaluation.reports.plots.curves import (
    plot_coverage,
    plot_precision_recall,
    plot_reliability,
)
from kerascls.evaluation.reports.plots.fonts import CHINESE_FONTS
from kerascls.evaluation.reports.plots.history import plot_class_history, plot_history
from kerascls.evaluation.reports.plots.pairs import plot_confusion, plot_pairs
from kerascls.evaluation.reports.plots.scores import plot_scores
from kerascls.evaluation.reports.plots.write_plots import write_plots

__all__ = [
    "CHINESE_FONTS",
    "plot_class_history",
    "plot_confusion",
    "plot_coverage",
    "plot_history",
    "plot_pairs",
    "plot_precision_recall",
    "plot_reliability",
    "plot_scores",
    "write_plots",
]
