"""A picture of a score table."""

from typing import TYPE_CHECKING

from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.reports.plots.fonts import new_figure, shortened, text_style
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rows import score_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TITLE_CHARS = 60


def plot_scores(
    report: Report, *, max_classes: int = 40, language: str = "en"
) -> "Figure":
    """Draws F1 of each class as a bar, its support written beside it.

    Args:
        report: What an evaluation returned.
        max_classes: Draw only so many classes, those with the most support.
        language: Of `LANGUAGES`.
    """
    say = language_of(language)
    rows = [row for row in score_rows(report.scores) if row.is_class]
    rows = sorted(rows, key=lambda row: -row.support)[:max_classes]
    names = [shortened(row.name) for row in rows]
    title = shortened(report.source or "", _TITLE_CHARS)
    with text_style([*names, title], say):
        figure = new_figure((7, 1 + 0.3 * len(rows)))
        axes = figure.subplots()
        heights = range(len(rows))
        bars = axes.barh(heights, [row.f1 or 0 for row in rows], color="tab:blue")
        axes.bar_label(bars, [f"{row.support:,}" for row in rows], padding=3)
        axes.set_yticks(heights, names)
        axes.axvline(report.scores.macro.f1, color="tab:orange", label=say("macro-F1"))
        axes.invert_yaxis()
        axes.set(xlim=(0, 1.12), xlabel=say("F1 (numbers: support)"), title=title)
        axes.legend(loc="lower right")
    return figure
