"""Pictures of probabilities: precision and recall, reliability, coverage.

Each is a matplotlib `Figure`, see `plot_history`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.curves import precision_recall_curve_points
from kerascls.evaluation.reports.colours import colours
from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.reports.plots.fonts import (
    drawn_labels,
    new_figure,
    shortened,
    text_style,
)
from kerascls.evaluation.reports.scored_curves import (
    scored_coverage,
    scored_reliability,
)
from kerascls.evaluation.scored_rows import ScoredRows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_precision_recall(
    scored: ScoredRows,
    *,
    labels: Sequence[str] | None = None,
    language: str = "en",
) -> "Figure":
    """Draws precision against recall of labels over all thresholds.

    A dot is where the label stands with the labels that were chosen.

    Args:
        scored: Rows of any task.
        labels: Which labels to draw; by default the eight with the most true rows.
        language: Of `LANGUAGES`.

    Raises:
        SettingsError: When training did not have a label.
    """
    say = language_of(language)
    support = dict(zip(scored.labels, scored.targets.sum(axis=0).tolist(), strict=True))
    known = {label: support[label] for label in scored.labels[: scored.known]}
    columns = [scored.labels.index(label) for label in drawn_labels(labels, known)]
    names = [shortened(scored.labels[column]) for column in columns]
    with text_style(names, say):
        figure = new_figure((7, 4.5))
        axes = figure.subplots()
        for column, name, colour in zip(columns, names, colours(columns), strict=True):
            target, chosen = scored.targets[:, column], scored.chosen[:, column]
            precision, recall, _ = precision_recall_curve_points(
                target, scored.probabilities[:, column]
            )
            axes.plot(recall, precision, label=name, color=colour)
            if target.any() and chosen.any():
                hits = (target & chosen).sum()
                point = hits / target.sum(), hits / chosen.sum()
                axes.plot(*point, "o", color=colour)
        axes.set(xlabel=say("recall"), ylabel=say("precision"))
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
        axes.grid(alpha=0.3)
        figure.legend(loc="outside right upper")
    return figure


def plot_reliability(
    scored: ScoredRows, *, bins: int = 15, language: str = "en"
) -> "Figure":
    """Draws how often labels are true against the probability they got.

    Multi-label looks at every cell of the labels that training had, multi-class at
    the likeliest label of each row. Points on the diagonal are calibrated. A histogram
    is below.

    Args:
        scored: Rows of any task.
        bins: How many bins of equal width.
        language: Of `LANGUAGES`.
    """
    say = language_of(language)
    measured = scored_reliability(scored, bins)
    with text_style((), say):
        figure = new_figure((5, 5.5))
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        axes.plot((0, 1), (0, 1), "--", color="gray", label=say("calibrated"))
        used = measured.counts > 0
        points = measured.confidence[used], measured.frequency[used]
        axes.plot(*points, marker="o", label=f"ECE {measured.error:.4f}")
        axes.set(ylabel=say("share that is true"), xlim=(0, 1), ylim=(0, 1.02))
        axes.grid(alpha=0.3)
        axes.legend(loc="upper left")
        edges = np.linspace(0, 1, bins + 1)
        bars = {"align": "edge", "edgecolor": "white"}
        below.bar(edges[:-1], measured.counts, 1 / bins, **bars)
        below.set(xlabel=say("probability"), ylabel=say("count"), yscale="log")
        below.yaxis.set_minor_formatter("")  # there is room for powers of ten only
    return figure


def plot_coverage(
    scored: ScoredRows, rule: Rule | None = None, *, language: str = "en"
) -> "Figure":
    """Draws accuracy against the share of rows that are sure enough to be answered.

    Args:
        scored: Rows of any task.
        rule: What chose their labels; needed only if it abstains.
        language: Of `LANGUAGES`.
    """
    say = language_of(language)
    curve = scored_coverage(scored, rule)
    with text_style((), say):
        figure = new_figure((5.5, 4))
        axes = figure.subplots()
        axes.plot(curve.coverage, curve.accuracy)
        axes.plot(curve.coverage[:1], curve.accuracy[:1], "o", color="tab:blue")
        axes.set(
            xlabel=say("share of rows answered"),
            ylabel=say("share of answers entirely right"),
            xlim=(0, 1.02),
            ylim=(0, 1.02),
        )
        axes.grid(alpha=0.3)
    return figure
