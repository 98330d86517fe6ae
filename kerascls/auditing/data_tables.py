"""What is in labelled files, as lines for the screen."""

from collections.abc import Iterator

from kerascls.auditing.data_stats import SHOWN_LABELS, DataStats
from kerascls.auditing.tables import one_line, printable
from kerascls.system.words import count

BAR_WIDTH = 30


def stats_lines(stats: DataStats) -> Iterator[str]:
    """Yields rows, labels with a bar for each, and lengths."""
    for file, rows in stats.files.items():
        yield printable(f"{file}: {count(rows, 'row')}")
    yield f"task: {stats.task}"
    if stats.skipped_rows:
        yield f"bad rows left out: {stats.skipped_rows:,}"
    yield from map(printable, stats.notes)
    yield ""
    yield from _labels(stats)
    yield ""
    yield "characters of a text"
    yield "  " + "  ".join(
        f"{name} {value:,.0f}" for name, value in stats.chars.items()
    )
    if stats.empty_texts:
        yield f"  empty texts: {stats.empty_texts:,}"


def _labels(stats: DataStats) -> Iterator[str]:
    yield (
        f"{count(len(stats.labels), 'label')}, {stats.labels_per_row:.2f} for a row; "
        f"the most frequent has {stats.skew:,.1f} rows for one of the rarest"
    )
    shown = list(stats.labels.items())
    more = len(shown) - SHOWN_LABELS
    if more > 0:  # the rarest are as telling as the most frequent
        shown = [*shown[: SHOWN_LABELS // 2], *shown[-SHOWN_LABELS // 2 :]]
    largest = max(stats.labels.values(), default=1)
    for place, (name, rows) in enumerate(shown):
        if more > 0 and place == SHOWN_LABELS // 2:
            yield f"  ... {more:,} more"
        bar = ("#" * max(1, round(BAR_WIDTH * rows / largest))).ljust(BAR_WIDTH)
        yield f"  {rows:>9,} {rows / stats.rows:7.2%}  {bar}  {one_line(name)}"
    if stats.rows_without_label:
        share = stats.rows_without_label / stats.rows
        yield f"  {stats.rows_without_label:>9,} {share:7.2%}  without any label"
