"""A picture of labelled text: rows of each label, how skewed they are, lengths."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.data.imbalance import BRACKETS
from kerascls.evaluation.reports.plots.fonts import new_figure, shortened, text_style
from kerascls.system.words import count

if TYPE_CHECKING:
    from kerascls.auditing.data_stats import DataStats

MAX_LABELS = 40
DPI = 150


def data_png(stats: "DataStats") -> bytes:
    """Returns a PNG of the most frequent labels, of all by rank, and of lengths."""
    shown = [shortened(name) for name in [*stats.labels][:MAX_LABELS]]
    with text_style(shown):
        figure = new_figure((12, max(5.0, 1.2 + 0.28 * len(shown))))
        halves: Any = figure.subfigures(1, 2, width_ratios=(1.1, 1))
        left, right = halves
        above, below = right.subplots(2, 1)
        _draw_labels(left.subplots(), stats, shown)
        _draw_ranks(above, stats)
        _draw_lengths(below, stats)
        stream = BytesIO()
        figure.savefig(stream, format="png", dpi=DPI)
    return stream.getvalue()


def _draw_labels(axes: Any, stats: "DataStats", names: list[str]) -> None:
    counts = [*stats.labels.values()][: len(names)]
    more = len(stats.labels) - len(names)
    title = f"labels, {more:,} more not shown" if more else "labels"
    axes.set(xlabel="rows", title=title)
    if not names:
        return
    bars = axes.barh(range(len(names)), counts, color="tab:blue")
    axes.bar_label(bars, [f"{rows:,}" for rows in counts], padding=3)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.margins(x=0.15, y=0.02)


def _draw_ranks(axes: Any, stats: "DataStats") -> None:
    ranks, counts = range(1, len(stats.labels) + 1), [*stats.labels.values()]
    axes.plot(ranks, counts, ".-", color="tab:blue")
    axes.set_yscale("log")
    axes.set_ylim(0.8, 1.5 * max([*counts, *BRACKETS.values()]))
    for name, least in BRACKETS.items():
        labels = count(stats.imbalance.brackets[name].labels, "label")
        if least:
            axes.axhline(least, color="0.6", linestyle=":")
        place, where = (0.02, max(least, 1)), axes.get_yaxis_transform()
        axes.text(*place, f"{name}: {labels}", transform=where, fontsize=9, va="bottom")
    _plain_numbers(axes.yaxis)
    evenness = stats.imbalance.evenness
    title = f"skew: ratio {stats.skew:,.1f}, evenness {evenness:.2f}"
    axes.set(xlabel="rank of the label", ylabel="rows", title=title)


def _draw_lengths(axes: Any, stats: "DataStats") -> None:
    axes.hist(stats.lengths, bins=_bins(stats.lengths), color="tab:blue")
    axes.set_xscale("symlog", linthresh=10)
    _plain_numbers(axes.xaxis)
    axes.axvline(stats.chars["median"], color="tab:orange", label="median")
    axes.set(xlabel="characters", ylabel="rows", title="lengths of texts")
    axes.legend()


def _plain_numbers(axis: Any) -> None:
    # Powers of ten would be formulas, which `text_style` draws as they are written.
    from matplotlib.ticker import NullFormatter, StrMethodFormatter

    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axis.set_minor_formatter(NullFormatter())


def _bins(lengths: np.ndarray) -> np.ndarray:
    longest = max(int(lengths.max()), 1)
    return np.unique(np.geomspace(1, longest + 1, 40).astype(int) - 1).clip(0)
