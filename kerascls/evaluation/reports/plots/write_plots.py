"""All pictures of a report as PNG files."""

import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from kerascls.evaluation.reports.plots.curves import (
    plot_coverage,
    plot_precision_recall,
    plot_reliability,
)
from kerascls.evaluation.reports.plots.fonts import missing_glyphs
from kerascls.evaluation.reports.plots.history import plot_class_history, plot_history
from kerascls.evaluation.reports.plots.label_effects import plot_label_effects
from kerascls.evaluation.reports.plots.pairs import plot_confusion, plot_pairs
from kerascls.evaluation.reports.plots.scores import plot_scores
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.scored_rows import ScoredRows
from kerascls.system.files import write_all

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLOTS_FOLDER = "plots"
PLOTS = (
    *("scores", "confusion", "pairs", "precision_recall", "reliability", "coverage"),
    *("label_effects", "history", "class_history"),
)


def write_plots(
    directory: str | Path,
    report: Report,
    scored: ScoredRows,
    history_csv: str | Path | None = None,
    *,
    dpi: int = 150,
    language: str = "en",
) -> list[Path]:
    """Writes every plot of a report as PNG, each in one step.

    These are `scores.png`, `confusion.png` (multi-class) or `pairs.png` (multi-label),
    `precision_recall.png`, `reliability.png`, `coverage.png`, `label_effects.png` where
    training did something about skewed labels, and with a history `history.png` and
    `class_history.png`.

    Args:
        directory: Where to; made if it does not exist.
        report: Scores of the rows.
        scored: The rows themselves.
        history_csv: The history of the training.
        dpi: Dots per inch.
        language: Of `LANGUAGES`.

    Returns:
        The paths of the files.
    """
    contents = png_files(lambda: _figures(report, scored, history_csv, language), dpi)
    return write_all(directory, contents)


def png_files(draw: Callable[[], "dict[str, Figure]"], dpi: int) -> dict[str, bytes]:
    """Returns the figures that a function draws, by name, as PNG files by file name.

    What no font has is said once, to the caller of the caller.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        contents = {f"{name}.png": _png(fig, dpi) for name, fig in draw().items()}
    _warn_once({str(warning.message): warning.category for warning in caught})
    return contents


def _warn_once(messages: dict[str, type[Warning]]) -> None:
    # A missing font is said once, not for each picture and each character.
    others = {m: c for m, c in messages.items() if not m.startswith("Glyph ")}
    for message, category in others.items():
        warnings.warn(message, category, stacklevel=4)
    glyphs = missing_glyphs(messages)
    if glyphs and not any(m.startswith("No installed font") for m in others):
        warnings.warn(glyphs, stacklevel=4)


def _figures(
    report: Report, scored: ScoredRows, history_csv: str | Path | None, language: str
) -> dict[str, "Figure"]:
    figures = {"scores": plot_scores(report, language=language)}
    if report.task.has_one_label:
        figures["confusion"] = plot_confusion(scored, language=language)
    else:
        figures["pairs"] = plot_pairs(scored, language=language)
    figures["precision_recall"] = plot_precision_recall(scored, language=language)
    figures["reliability"] = plot_reliability(scored, language=language)
    figures["coverage"] = plot_coverage(scored, report.rule, language=language)
    if report.label_effects is not None:
        effects = report.label_effects
        figures["label_effects"] = plot_label_effects(effects, language=language)
    if history_csv is not None:
        figures["history"] = plot_history(history_csv, language=language)
        figures["class_history"] = plot_class_history(history_csv, language=language)
    return figures


def _png(figure: "Figure", dpi: int) -> bytes:
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=dpi)
    return stream.getvalue()
