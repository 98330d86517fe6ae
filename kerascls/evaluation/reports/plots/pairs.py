"""Pictures of pairs of labels: confused, given instead, true together."""

from typing import TYPE_CHECKING

import numpy as np

from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.reports.pairs import (
    co_occurrences,
    confusion_counts,
    error_pairs,
    most_involved,
)
from kerascls.evaluation.reports.plots.fonts import new_figure, shortened, text_style
from kerascls.evaluation.scored_rows import ScoredRows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MAX_LABELS_WITH_NUMBERS = 25


def plot_confusion(
    scored: ScoredRows, *, max_labels: int = 40, language: str = "en"
) -> "Figure":
    """Draws how often rows of each true label were given each label.

    A colour is the share of the true label's rows, a number the rows themselves.

    Args:
        scored: Rows of a multi-class task.
        max_labels: Draw only so many labels, those confused most.
        language: Of `LANGUAGES`.
    """
    say = language_of(language)
    counts = confusion_counts(scored)
    shown = most_involved(counts, max_labels)
    names = [shortened(scored.labels[label]) for label in shown]
    # Rows without an answer count, too, as they do on the page.
    support = scored.targets.sum(axis=0)
    shares = counts / np.maximum(support, 1)[:, np.newaxis]
    inside = np.ix_(shown, shown)
    with text_style(names, say):
        side = 2.5 + 0.32 * len(shown)
        figure = new_figure((side, side), layout="compressed")
        axes = figure.subplots()
        _draw(axes, counts[inside], shares[inside], names)
        axes.set(xlabel=say("given"), ylabel=say("true"))
    return figure


def plot_pairs(
    scored: ScoredRows, *, max_labels: int = 40, language: str = "en"
) -> "Figure":
    """Draws which labels were given where others were missed, and which are together.

    Args:
        scored: Rows of a multi-label task.
        max_labels: Draw only so many labels, those with the most errors.
        language: Of `LANGUAGES`.
    """
    say = language_of(language)
    errors, together = error_pairs(scored), co_occurrences(scored.targets)
    shown = most_involved(errors, max_labels)
    names = [shortened(scored.labels[label]) for label in shown]
    inside = np.ix_(shown, shown)
    with text_style(names, say):
        side = 2.5 + 0.32 * len(shown)
        figure = new_figure((2 * side, side), layout="compressed")
        left, right = figure.subplots(1, 2)
        for axes, counts in ((left, errors[inside]), (right, together[inside])):
            # The support on the diagonal would leave the pairs without colour.
            pairs = counts - np.diag(counts.diagonal())
            _draw(axes, counts, np.sqrt(pairs / max(pairs.max(), 1)), names)
        title = say("missed, and given instead")
        left.set(title=title, xlabel=say("given"), ylabel=say("missed"))
        right.set(title=say("true together"))
    return figure


def _draw(
    axes: "Axes", counts: np.ndarray, shares: np.ndarray, names: list[str]
) -> None:
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    if len(names) > _MAX_LABELS_WITH_NUMBERS:
        return
    for row, column in np.argwhere(counts > 0):
        colour = "white" if shares[row, column] > 0.5 else "black"
        number = f"{counts[row, column]}"
        axes.text(
            column, row, number, ha="center", va="center", color=colour, fontsize=8
        )
