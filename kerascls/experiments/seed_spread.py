"""Reports of several seeds as one table: mean and spread of every score."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from kerascls.evaluation.metrics.distributions import TITLES
from kerascls.evaluation.metrics.spread import Spread
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rows import report_rows
from kerascls.evaluation.reports.tables import MAX_NAME_WIDTH
from kerascls.system.console import drawn_lines
from kerascls.system.files import as_csv


def spreads(reports: Sequence[Report]) -> list[Spread]:
    """Returns the F1 of each class over reports on the same rows, then averages.

    Of distributions the mean distances follow.
    """
    tables = [report_rows(report.scores, report.task) for report in reports]
    found = [
        Spread(rows[0].name, tuple(row.f1 for row in rows), rows[0].is_class)
        for rows in zip(*tables, strict=True)
    ]
    means = [one.scores.distances for one in reports if one.scores.distances]
    return found + [
        Spread(title, tuple(one[name] for one in means), False)
        for name, title in (TITLES.items() if means else ())
    ]


def render_spreads(
    scores: Sequence[Spread], *, title: str | None = None, width: int = 100
) -> str:
    """Draws mean, standard deviation, smallest and largest value of each score."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("f1-score", max_width=MAX_NAME_WIDTH, overflow="fold")
    for heading in ("mean", "std", "min", "max"):
        table.add_column(heading, justify="right", no_wrap=True)
    for index, score in enumerate(scores):
        if index and scores[index - 1].is_class and not score.is_class:
            table.add_section()
        # As Text: a label such as "[red]" is no markup.
        table.add_row(*map(Text, (score.name, *_cells(score))))
    lines = [title] if title else []
    return "\n".join([*lines, *drawn_lines(table, width)])


def spreads_csv(scores: Sequence[Spread], runs: Sequence[str]) -> str:
    """Returns the table as CSV, with a column for each of the named runs."""
    rows = [(score.name, score.mean, score.std, *score.values) for score in scores]
    return as_csv([("score", "mean", "std", *runs), *rows])


def _cells(score: Spread) -> list[str]:
    known = score.known
    ends = (min(known), max(known)) if known else (None, None)
    numbers = (score.mean, score.std, *ends)
    return ["n/a" if number is None else f"{number:.4f}" for number in numbers]
