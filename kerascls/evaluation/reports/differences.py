"""The difference of two runs as text."""

from math import isnan

from rich.text import Text

from kerascls.evaluation.diff import RunDifference
from kerascls.evaluation.metrics.bootstrap import Difference
from kerascls.evaluation.reports.tables import SCORE_NAMES, number_table
from kerascls.system.console import drawn_lines


def render_difference(
    difference: RunDifference, *, max_classes: int = 10, width: int = 100
) -> str:
    """Draws the headline scores of both runs and the classes whose F1 moved most.

    Args:
        difference: What `diff` returned.
        max_classes: How many classes to show.
        width: Columns of text available.
    """
    interval = f"{100 * difference.bootstrap.level:g} % interval"
    table = number_table("A", "B", "B - A", interval, "p", "support")
    for name, score in difference.bootstrap.headline.items():
        table.add_row(*_cells(SCORE_NAMES[name], score, difference.rows))
    table.add_section()
    moved = difference.moved()
    for name, support, score in moved[:max_classes]:
        table.add_row(*_cells(name, score, support))
    lines = [f"A: {difference.run_a}", f"B: {difference.run_b}"]
    lines += drawn_lines(table, width)
    return "\n".join([*lines, *_sentences(difference, len(moved), max_classes)])


def _sentences(difference: RunDifference, moved: int, max_classes: int) -> list[str]:
    most = f"; the {max_classes} that moved most are shown"
    lines = [
        f"F1 moved in {moved} of {len(difference.labels)} classes"
        f"{most if moved > max_classes else ''}.",
        f"Rows that only A got right: {difference.only_a:,}; only B: "
        f"{difference.only_b:,}.",
        f"Paired bootstrap, {difference.bootstrap.resamples:,} resamples; p is "
        f"two-sided, and not corrected for the number of classes.",
    ]
    lines += [
        f"{run} was tuned since: these are the scores of its old rule. Evaluate it "
        "with --report once more."
        for run in difference.tuned_since
    ]
    for run, names in (("A", difference.lacked_by_a), ("B", difference.lacked_by_b)):
        if names:
            lines.append(f"Not trained by {run}: {', '.join(names)}.")
    return lines


def _cells(name: str, score: Difference, support: int) -> list[Text]:
    cells = (
        name,
        _number(score.a, ".4f"),
        _number(score.b, ".4f"),
        _number(score.difference, "+.4f"),
        f"{_number(score.low, '+.4f')} to {_number(score.high, '+.4f')}",
        _number(score.p, ".3f"),
        f"{support:,}",
    )
    return [Text(cell) for cell in cells]  # a label such as "[b]" is no markup


def _number(value: float, form: str) -> str:
    return "n/a" if isnan(value) else format(value, form)
