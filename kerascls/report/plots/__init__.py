"""Pictures of a training and of a report, drawn by matplotlib."""

from kerascls.report.plots.curves import (
    plot_coverage,
    plot_precision_recall,
    plot_reliability,
)
from kerascls.report.plots.files import write_plots
from kerascls.report.plots.fonts import CHINESE_FONTS
from kerascls.report.plots.history import plot_class_history, plot_history
from kerascls.report.plots.pairs import plot_confusion, plot_pairs
from kerascls.report.plots.scores import plot_scores

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
