"""The difference of two runs as text."""

from math import isnan

from rich import box
from rich.table import Table
from rich.text import Text

from kerascls.evaluation.diff import RunDifference
from kerascls.evaluation.metrics import Difference
from kerascls.evaluation.reports.tables import MAX_NAME_WIDTH, SCORE_NAMES
from kerascls.system.console import drawn_lines


def render_difference(
    found: RunDifference, *, max_classes: int = 10, width: int = 100
) -> str:
    """Draws the headline scores of both runs and the classes whose F1 moved most.

    Args:
        found: What `diff` returned.
        max_classes: How many classes to show.
        width: Columns of text available.
    """
    test = found.bootstrap
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("", max_width=MAX_NAME_WIDTH, overflow="fold")
    interval = f"{100 * test.level:g} % interval"
    for heading in ("A", "B", "B - A", interval, "p", "support"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, one in test.headline.items():
        table.add_row(*map(Text, (SCORE_NAMES[name], *_cells(one), f"{found.rows:,}")))
    table.add_section()
    moved = found.moved()
    for name, support, one in moved[:max_classes]:
        table.add_row(*map(Text, (name, *_cells(one), f"{support:,}")))
    lines = [f"A: {found.run_a}", f"B: {found.run_b}", *drawn_lines(table, width)]
    return "\n".join([*lines, *_sentences(found, len(moved), max_classes)])


def _sentences(found: RunDifference, moved: int, max_classes: int) -> list[str]:
    lines = [
        f"F1 moved in {moved} of {len(found.labels)} classes"
        + (
            f"; the {max_classes} that moved most are shown."
            if moved > max_classes
            else "."
        ),
        f"Rows that only A got right: {found.only_a:,}; only B: {found.only_b:,}.",
        f"Paired bootstrap, {found.bootstrap.resamples:,} resamples; p is two-sided, "
        f"and not corrected for the number of classes.",
    ]
    lines += [
        f"{run} was tuned since: these are the scores of its old rule. Evaluate it "
        "with --report once more."
        for run in found.tuned_since
    ]
    for run, names in (("A", found.lacked_by_a), ("B", found.lacked_by_b)):
        if names:
            lines.append(f"Not trained by {run}: {', '.join(names)}.")
    return lines


def _cells(one: Difference) -> list[str]:
    return [
        _number(one.a, ".4f"),
        _number(one.b, ".4f"),
        _number(one.difference, "+.4f"),
        f"{_number(one.low, '+.4f')} to {_number(one.high, '+.4f')}",
        _number(one.p, ".3f"),
    ]


def _number(value: float, form: str) -> str:
    return "n/a" if isnan(value) else format(value, form)
