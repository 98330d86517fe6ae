"""Pictures of a training, epoch by epoch."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kerascls.errors import SettingsError
from kerascls.evaluation.reports.history import (
    ClassHistory,
    class_history,
    read_history,
)
from kerascls.evaluation.reports.plots.fonts import new_figure, shortened, text_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_LINES = 8


def plot_history(history_csv: str | Path) -> "Figure":
    """Draws loss, and macro- and micro-F1 with accuracy, over the epochs.

    Args:
        history_csv: The file that `ScoreTable` wrote.

    Returns:
        A matplotlib `Figure`; `figure.savefig("history.png")` stores it, and a
        notebook shows it after `%matplotlib inline`.

    Example:
        >>> plot_history("runs/news/history.csv").savefig("history.png")
    """
    rows = read_history(history_csv)
    figure = new_figure((9, 3.5))
    loss_axes, score_axes = figure.subplots(1, 2)
    for column in ("loss", "val_loss"):
        _plot_line(loss_axes, rows, "macro avg", column, column)
    for name, label in (
        ("macro avg", "macro-F1"),
        ("micro avg", "micro-F1"),
        ("accuracy", "accuracy"),
    ):
        _plot_line(score_axes, rows, name, "f1", label)
    loss_axes.set(xlabel="epoch", ylabel="loss")
    score_axes.set(xlabel="epoch", ylabel="validation", ylim=(0, 1))
    for axes in (loss_axes, score_axes):
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend()
    return figure


def plot_class_history(
    history_csv: str | Path, *, labels: Sequence[str] | None = None
) -> "Figure":
    """Draws F1 of classes on the validation data over the epochs, and macro-F1.

    Args:
        history_csv: The file that `ScoreTable` wrote.
        labels: Which classes to draw; by default the eight with the most
            validation rows.

    Returns:
        A matplotlib `Figure`, see `plot_history`.

    Raises:
        SettingsError: When the history has no such class.
    """
    history = class_history(history_csv)
    names = _most_supported(history) if labels is None else labels
    _check_known(names, history)
    with text_style(names):
        figure = new_figure((7, 4))
        axes = figure.subplots()
        for name in names:
            # NaN, not None: matplotlib leaves a gap there.
            values = [float("nan") if v is None else v for v in history.classes[name]]
            axes.plot(history.epochs, values, marker="o", label=shortened(name))
        macro = history.averages["macro avg"]
        axes.plot(history.epochs, macro, "--", color="gray", label="macro-F1")
        axes.set(xlabel="epoch", ylabel="F1 on validation data", ylim=(0, 1.02))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        figure.legend(loc="outside right upper")
    return figure


def _most_supported(history: ClassHistory) -> list[str]:
    names = sorted(history.support, key=lambda name: -history.support[name])
    return names[:MAX_LINES]


def _check_known(names: Sequence[str], history: ClassHistory) -> None:
    unknown = [name for name in names if name not in history.classes]
    if unknown:
        raise SettingsError(
            f"Expected classes of the history. Received: labels with {unknown[0]!r}. "
            f"Name some of {', '.join([*history.classes][:10])}."
        )


def _plot_line(
    axes, rows: list[dict[str, str]], name: str, column: str, label: str
) -> None:
    # Averages stand behind the classes, so the last row of a name is the average.
    values = {float(r["epoch"]): r[column] for r in rows if r["class"] == name}
    points = [(epoch, float(value)) for epoch, value in values.items() if value]
    if points:
        axes.plot(*zip(*points, strict=True), marker="o", label=label)
