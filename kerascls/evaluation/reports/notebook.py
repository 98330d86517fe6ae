"""Scores and reports as a notebook shows them."""

from kerascls.evaluation.metrics.scores import Scores
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rows import Row, score_rows
from kerascls.evaluation.reports.tables import NUMBERS, detail_lines, report_lines
from kerascls.system.notebooks import html_bar, html_lines, html_table


def scores_html(scores: Scores, title: str = "") -> str:
    """Returns the table of classes and averages, F1 as bars."""
    return html_table(("", *NUMBERS), map(_cells, score_rows(scores)), title)


def report_html_lines(report: Report) -> str:
    """Returns a report's table, and below what is needed to judge it."""
    details = detail_lines(report.details)[:2] if report.details else []
    lines = html_lines([*report_lines(report), *details])
    return scores_html(report.scores, report.source) + lines


def _cells(row: Row) -> tuple[str, ...]:
    name, precision, recall, f1, *rest = row.cells()
    return name, precision, recall, f1 if row.f1 is None else html_bar(row.f1), *rest
