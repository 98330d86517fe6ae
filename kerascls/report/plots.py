"""Pictures of a training and of a report, drawn by matplotlib."""

import unicodedata
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kerascls.report.history import read_history
from kerascls.report.report import Report
from kerascls.report.rows import score_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Arial Unicode MS",
)


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
    from matplotlib.figure import Figure

    rows = read_history(history_csv)
    figure = Figure(figsize=(9, 3.5), layout="constrained")
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


def plot_scores(report: Report, *, max_classes: int = 40) -> "Figure":
    """Draws F1 of each class as a bar, its support written beside it.

    Args:
        report: What an evaluation returned.
        max_classes: Draw only so many classes, those with the most support.

    Returns:
        A matplotlib `Figure`, see `plot_history`.
    """
    import matplotlib
    from matplotlib.figure import Figure

    rows = [row for row in score_rows(report.scores) if row.is_class]
    rows = sorted(rows, key=lambda row: -row.support)[:max_classes]
    families = _font_families(row.name for row in rows)
    # A label such as "$5 - $9" is no formula.
    style = {"font.family": families, "text.parse_math": False}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(7, 1 + 0.3 * len(rows)), layout="constrained")
        axes = figure.subplots()
        places = range(len(rows))
        bars = axes.barh(places, [row.f1 or 0 for row in rows], color="tab:blue")
        axes.bar_label(bars, [f"{row.support:,}" for row in rows], padding=3)
        axes.set_yticks(places, [row.name for row in rows])
        axes.axvline(report.scores.macro.f1, color="tab:orange", label="macro-F1")
        axes.invert_yaxis()
        axes.set(xlim=(0, 1.12), xlabel="F1 (numbers: support)", title=report.source)
        axes.legend(loc="lower right")
    return figure


def _plot_line(axes, rows: list[dict[str, str]], name: str, column: str, label: str):
    # Averages stand behind the classes, so the last row of a name is the average.
    values = {int(r["epoch"]): r[column] for r in rows if r["class"] == name}
    points = [(epoch, float(value)) for epoch, value in values.items() if value]
    if points:
        axes.plot(*zip(*points, strict=True), marker="o", label=label)


def _font_families(texts: Iterable[str]) -> list[str]:
    """Returns fonts to try in order, one with Chinese in front where it is needed."""
    from matplotlib import font_manager

    if not any(unicodedata.east_asian_width(c) in "WF" for t in texts for c in t):
        return ["sans-serif"]
    installed = {font.name for font in font_manager.fontManager.ttflist}
    chinese = [name for name in CHINESE_FONTS if name in installed]
    if not chinese:
        warnings.warn(
            "No installed font has Chinese characters, so the plot shows boxes. "
            "Install one, e.g. Noto Sans CJK (Debian, Ubuntu: apt install "
            "fonts-noto-cjk), and start Python anew.",
            stacklevel=3,
        )
    return [*chinese[:1], "sans-serif"]
