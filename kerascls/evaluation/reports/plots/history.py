"""Pictures of a training, epoch by epoch."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kerascls.evaluation.reports.colours import colours
from kerascls.evaluation.reports.history import class_history
from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.reports.plots.fonts import (
    drawn_labels,
    new_figure,
    shortened,
    text_style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_AVERAGES = {
    "macro avg": "macro-F1",
    "micro avg": "micro-F1",
    "accuracy": "accuracy",
}


def plot_history(history_csv: str | Path, *, language: str = "en") -> "Figure":
    """Draws loss, and macro- and micro-F1 with accuracy, over the epochs.

    Args:
        history_csv: The file that `ScoreTable` wrote.
        language: Of `LANGUAGES`.

    Returns:
        A matplotlib `Figure`; `figure.savefig("history.png")` stores it, and a
        notebook shows it after `%matplotlib inline`.

    Example:
        >>> plot_history("runs/news/history.csv").savefig("history.png")
    """
    say = language_of(language)
    history = class_history(history_csv)
    with text_style((), say):
        figure = new_figure((9, 3.5))
        loss_axes, score_axes = figure.subplots(1, 2)
        for name, values in history.losses.items():
            _plot_line(loss_axes, history.epochs, values, say(name))
        for name, label in _AVERAGES.items():
            values = history.averages.get(name, ())
            _plot_line(score_axes, history.epochs, values, say(label))
        loss_axes.set(xlabel=say("epoch"), ylabel=say("mean loss"))
        score_axes.set(xlabel=say("epoch"), ylabel=say("validation"), ylim=(0, 1))
        for axes in (loss_axes, score_axes):
            axes.locator_params(axis="x", integer=True)
            axes.grid(alpha=0.3)
            if axes.lines:
                axes.legend()
    return figure


def plot_class_history(
    history_csv: str | Path,
    *,
    labels: Sequence[str] | None = None,
    language: str = "en",
) -> "Figure":
    """Draws F1 of classes on the validation data over the epochs, and macro-F1.

    Args:
        history_csv: The file that `ScoreTable` wrote.
        labels: Which classes to draw; by default the eight with the most
            validation rows.
        language: Of `LANGUAGES`.

    Raises:
        SettingsError: When the history has no such class.
    """
    say = language_of(language)
    history = class_history(history_csv)
    names = drawn_labels(labels, history.support)
    with text_style(names, say):
        figure = new_figure((7, 4))
        axes = figure.subplots()
        places = [[*history.classes].index(name) for name in names]
        for name, colour in zip(names, colours(places), strict=True):
            values, label = _with_gaps(history.classes[name]), shortened(name)
            axes.plot(history.epochs, values, marker="o", label=label, color=colour)
        macro = _with_gaps(history.averages["macro avg"])
        axes.plot(history.epochs, macro, "--", color="gray", label=say("macro-F1"))
        axes.set(xlabel=say("epoch"), ylabel=say("F1 on validation data"))
        axes.set(ylim=(0, 1.02))
        axes.locator_params(axis="x", integer=True)
        axes.grid(alpha=0.3)
        figure.legend(loc="outside right upper")
    return figure


def _with_gaps(values: Sequence[float | None]) -> list[float]:
    # matplotlib leaves a gap at NaN.
    return [float("nan") if value is None else value for value in values]


def _plot_line(
    axes: "Axes",
    epochs: Sequence[float],
    values: Sequence[float | None],
    label: str,
) -> None:
    lines = zip(epochs, values, strict=False)
    points = [point for point in lines if point[1] is not None]
    if points:
        axes.plot(*zip(*points, strict=True), marker="o", label=label)
