"""Reports of several seeds as one table: mean and spread of every score."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np
from rich import box
from rich.table import Table
from rich.text import Text

from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rows import report_rows
from kerascls.evaluation.reports.tables import MAX_NAME_WIDTH
from kerascls.system.console import drawn_lines


@dataclass(frozen=True)
class Spread:
    """One score over several runs.

    Args:
        name: A label, whose F1 it is, or the average or accuracy.
        values: One for each run, in their order; None for a class that is neither
            true nor predicted there.
        is_class: Whether it is about one label.
    """

    name: str
    values: tuple[float | None, ...]
    is_class: bool

    @property
    def known(self) -> list[float]:
        """The values that there are."""
        return [value for value in self.values if value is not None]

    @property
    def mean(self) -> float | None:
        """Mean of the known values."""
        return float(np.mean(self.known)) if self.known else None

    @property
    def std(self) -> float | None:
        """Standard deviation of a run (n - 1), from two known values on."""
        return float(np.std(self.known, ddof=1)) if len(self.known) > 1 else None


def spreads(reports: Sequence[Report]) -> list[Spread]:
    """Returns the F1 of each class over all reports, then averages and accuracy.

    Args:
        reports: On the same test part and labels.
    """
    tables = [report_rows(report.scores, report.task) for report in reports]
    return [
        Spread(rows[0].name, tuple(row.f1 for row in rows), rows[0].is_class)
        for rows in zip(*tables, strict=True)
    ]


def render_spreads(
    found: Sequence[Spread], *, title: str | None = None, width: int = 100
) -> str:
    """Draws mean, standard deviation, smallest and largest value of each score.

    Args:
        found: What `spreads` returned.
        title: A line above the table.
        width: Columns of text available.
    """
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("f1-score", max_width=MAX_NAME_WIDTH, overflow="fold")
    for heading in ("mean", "std", "min", "max"):
        table.add_column(heading, justify="right", no_wrap=True)
    for number, one in enumerate(found):
        if number and found[number - 1].is_class and not one.is_class:
            table.add_section()
        table.add_row(*map(Text, (one.name, *_cells(one))))
    lines = [title] if title else []
    return "\n".join([*lines, *drawn_lines(table, width)])


def spreads_csv(found: Sequence[Spread], names: Sequence[str]) -> str:
    """Returns the table as CSV, with a column for each run.

    Args:
        found: What `spreads` returned.
        names: Of the runs.
    """
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("score", "mean", "std", *names))
    for one in found:
        writer.writerow((one.name, one.mean, one.std, *one.values))
    return stream.getvalue()


def _cells(one: Spread) -> list[str]:
    known = one.known
    values = (one.mean, one.std, *((min(known), max(known)) if known else (None, None)))
    return ["n/a" if value is None else f"{value:.4f}" for value in values]
