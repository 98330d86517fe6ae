"""What is in labelled files, as lines for the screen."""

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from kerascls.auditing.data_stats import SHOWN_LABELS, DataStats
from kerascls.auditing.tables import one_line, printable
from kerascls.data.imbalance import BRACKETS, Imbalance, bracket_of
from kerascls.data.labels import Task
from kerascls.data.skewing import SkewedData
from kerascls.system.console import drawn_lines
from kerascls.system.words import count

BAR_WIDTH = 20
SHOWN_LACKING = 10


def stats_lines(stats: DataStats, width: int = 100) -> Iterator[str]:
    """Yields rows, labels with a bar for each, how skewed they are, and lengths.

    Args:
        stats: The numbers.
        width: Columns of text available.
    """
    for file, rows in stats.files.items():
        yield printable(f"{file}: {count(rows, 'row')}")
    yield f"task: {stats.task}"
    if stats.skipped_rows:
        yield f"bad rows left out: {stats.skipped_rows:,}"
    yield from map(printable, stats.notes)
    yield ""
    yield from _labels(stats, width)
    yield ""
    yield from _skew(stats)
    yield from _label_sets(stats)
    yield from _lacking(stats)
    yield ""
    yield "characters of a text"
    yield "  " + "  ".join(
        f"{name} {value:,.0f}" for name, value in stats.chars.items()
    )
    if stats.empty_texts:
        yield f"  empty texts: {stats.empty_texts:,}"


def skewed_lines(done: SkewedData, width: int = 100) -> Iterator[str]:
    """Yields what a skewed subset has of each class, and where that is written.

    Args:
        done: What was written.
        width: Columns of text available.
    """
    found = Imbalance.of(done.counts)
    yield printable(
        f"{done.output}: {count(done.rows, 'row')} as {done.format}, drawn with seed "
        f"{done.seed}; {found.ratio:,.1f} of the most frequent class for one of the "
        f"rarest"
    )
    yield printable(f"{done.origin}: how it was made")
    if done.skipped_rows:
        yield f"bad rows left out: {done.skipped_rows:,}"
    yield from map(printable, done.notes)
    for what, cells in done.lost.items():
        yield printable(f"not kept: {what} ({cells:,})")
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("class", overflow="fold")
    for heading in ("rows", "of"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, rows in done.counts.items():
        table.add_row(Text(one_line(name)), f"{rows:,}", f"{done.available[name]:,}")
    yield from drawn_lines(table, width)


def _labels(stats: DataStats, width: int) -> list[str]:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("label", overflow="fold")
    for heading in ("rows", "share", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("bracket", no_wrap=True)
    table.add_column("", no_wrap=True)
    shown, more = list(stats.labels.items()), len(stats.labels) - SHOWN_LABELS
    if more > 0:  # the rarest are as telling as the most frequent
        shown = [*shown[: SHOWN_LABELS // 2], *shown[-SHOWN_LABELS // 2 :]]
    largest = max(stats.labels.values(), default=1)
    for place, (name, rows) in enumerate(shown):
        if more > 0 and place == SHOWN_LABELS // 2:
            table.add_row(f"... {more:,} more")
        table.add_row(
            Text(one_line(name)),
            f"{rows:,}",
            f"{rows / stats.rows:.2%}",
            f"{stats.imbalance.ratio_of[name]:,.1f}",
            bracket_of(rows),
            "#" * max(1, round(BAR_WIDTH * rows / largest)),
        )
    if stats.rows_without_label:
        table.add_section()
        rows = stats.rows_without_label
        table.add_row("without any label", f"{rows:,}", f"{rows / stats.rows:.2%}")
    return drawn_lines(table, width)


def _skew(stats: DataStats) -> Iterator[str]:
    found = stats.imbalance
    if not stats.labels:
        return
    yield (
        f"{count(len(stats.labels), 'label')}; for one row of a label the most "
        f"frequent has {found.mean_ratio:,.1f} on average, {found.ratio:,.1f} for one "
        f"of the rarest"
    )
    yield (
        f"evenness {found.evenness:.3f} (1 is even), that of "
        f"{found.effective_labels:,.1f} labels with as many rows each"
    )
    brackets = (
        f"{name} ({_range(name)}) {count(one.labels, 'label')} with "
        f"{count(one.rows, 'row')}"
        for name, one in found.brackets.items()
    )
    yield "; ".join(brackets)


def _range(bracket: str) -> str:
    least = BRACKETS[bracket]
    above = [other for other in BRACKETS.values() if other > least]
    if not above:
        return f"{least:,} rows or more"
    return f"below {min(above):,}" if not least else f"{least:,} to {min(above) - 1:,}"


def _label_sets(stats: DataStats) -> Iterator[str]:
    if Task(stats.task).has_one_label:
        return
    sets = stats.label_sets
    yield (
        f"{stats.labels_per_row:.2f} labels for a row, {stats.density:.2%} of all; "
        f"{count(sets.different, 'set')} of labels, {sets.once:,} of one row alone"
    )
    sizes = (f"{rows:,} with {size}" for size, rows in sets.sizes.items())
    yield f"rows by number of labels: {', '.join(sizes)}"


def _lacking(stats: DataStats) -> Iterator[str]:
    for file, names in stats.lacking.items():
        shown = ", ".join(map(one_line, names[:SHOWN_LACKING]))
        more = ", ..." * (len(names) > SHOWN_LACKING)
        yield printable(
            f"no row in {file} for {len(names):,} of {len(stats.labels):,} labels: "
            f"{shown}{more}"
        )
