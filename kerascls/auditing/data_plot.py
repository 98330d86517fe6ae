"""A picture of labelled text: rows of each label, lengths of the texts."""

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from kerascls.evaluation.reports.plots.fonts import new_figure, shortened, text_style

if TYPE_CHECKING:
    from kerascls.auditing.data_stats import DataStats

MAX_LABELS = 40
DPI = 150


def data_png(stats: "DataStats") -> bytes:
    """Returns a PNG with a bar for each of the most frequent labels, and lengths."""
    labels = list(stats.labels.items())[:MAX_LABELS]
    names = [shortened(name) for name, _ in labels]
    with text_style(names):
        figure = new_figure((11, max(3.0, 1.2 + 0.28 * len(labels))))
        left, right = figure.subplots(1, 2)
        places = range(len(labels))
        bars = left.barh(places, [count for _, count in labels], color="tab:blue")
        left.bar_label(bars, [f"{count:,}" for _, count in labels], padding=3)
        left.set_yticks(places, names)
        left.invert_yaxis()
        left.margins(x=0.15)
        more = len(stats.labels) - len(labels)
        title = f"labels, {more} more not shown" if more else "labels"
        left.set(xlabel="rows", title=title)
        right.hist(stats.lengths, bins=_bins(stats.lengths), color="tab:blue")
        right.set_xscale("symlog", linthresh=10)
        right.axvline(stats.chars["median"], color="tab:orange", label="median")
        right.set(xlabel="characters", ylabel="rows", title="lengths of texts")
        right.legend()
        stream = BytesIO()
        figure.savefig(stream, format="png", dpi=DPI)
    return stream.getvalue()


def _bins(lengths: np.ndarray) -> np.ndarray:
    longest = max(int(lengths.max()), 1)
    return np.unique(np.geomspace(1, longest + 1, 40).astype(int) - 1).clip(0)
