"""Numbers to text: tables on the screen, CSV, Markdown, JSON, history and plots."""

from kerascls.evaluation.reports.differences import render_difference
from kerascls.evaluation.reports.plots.curves import (
    plot_coverage,
    plot_precision_recall,
    plot_reliability,
)
from kerascls.evaluation.reports.plots.history import plot_class_history, plot_history
from kerascls.evaluation.reports.plots.label_effects import plot_label_effects
from kerascls.evaluation.reports.plots.pairs import plot_confusion, plot_pairs
from kerascls.evaluation.reports.plots.scores import plot_scores
from kerascls.evaluation.reports.tables import render_report, render_table

__all__ = [
    "plot_class_history",
    "plot_confusion",
    "plot_coverage",
    "plot_history",
    "plot_label_effects",
    "plot_pairs",
    "plot_precision_recall",
    "plot_reliability",
    "plot_scores",
    "render_difference",
    "render_report",
    "render_table",
]
