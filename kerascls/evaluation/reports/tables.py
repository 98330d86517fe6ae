"""Scores as text for the screen, drawn by rich so that Chinese stays aligned."""

from math import isnan

from rich import box
from rich.table import Table
from rich.text import Text

from kerascls.evaluation.metrics.ranking import TOP_FIVE
from kerascls.evaluation.metrics.scores import Scores
from kerascls.evaluation.reports.baselines import SCORE_NAMES, baseline_lines, numbers
from kerascls.evaluation.reports.details import Details
from kerascls.evaluation.reports.distributions import (
    distance_rows,
    mass_table,
    meanings,
)
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rows import NUM_AVERAGES, Row, score_rows
from kerascls.evaluation.reports.rules import rule_line
from kerascls.system.console import drawn_lines

NUMBERS = ("precision", "recall", "f1-score", "support")
MAX_NAME_WIDTH = 48


def render_table(
    scores: Scores,
    *,
    title: str | None = None,
    best: Scores | None = None,
    change: str = "Δ best",
    max_classes: int | None = None,
    more_in: str = "report.csv",
    width: int = 100,
) -> str:
    """Draws a table of precision, recall, F1 and support.

    Args:
        scores: What `metrics.score` returned. A class with neither a true nor a
            predicted row shows `n/a`.
        title: A line above the table.
        best: Scores of the best epoch so far; adds a column with the change of F1
            (of the accuracy in its row).
        change: Heading of that column.
        max_classes: Show only so many classes, those with the most support.
        more_in: Where the others are, for the line that stands for them.
        width: Columns of text available.

    Returns:
        Plain text without trailing newline.
    """
    table = number_table(*NUMBERS, *((change,) if best else ()))
    rows = score_rows(scores)
    classes = _most_supported(rows[:-NUM_AVERAGES], max_classes)
    rows_before = score_rows(best) if best else []
    before = {(row.name, row.is_class): row.f1 for row in rows_before}
    for row in classes:
        table.add_row(*_cells(row, before))
    if hidden := len(scores.labels) - len(classes):
        table.add_row(f"... {hidden} more in {more_in}")
    table.add_section()
    for row in rows[-NUM_AVERAGES:]:
        table.add_row(*_cells(row, before))
    return "\n".join([*([title] if title else []), *drawn_lines(table, width)])


def number_table(*headings: str) -> Table:
    """Returns a table with a column of names, then columns of numbers."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("", max_width=MAX_NAME_WIDTH, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def render_report(report: Report, *, max_classes: int | None = None) -> str:
    """Draws the table of a report and, below, what is needed to judge it."""
    table = render_table(report.scores, title=report.source, max_classes=max_classes)
    if report.distribution is not None:
        table = "\n".join([*_distribution_tables(report), table])
    details = detail_lines(report.details)[:2] if report.details else []
    return "\n".join([table, *report_lines(report), *details])


def _distribution_tables(report: Report) -> list[str]:
    """Draws distances, and what is missed at each mass."""
    lines = []
    masses = mass_table(report.distribution) if report.distribution else []
    # Without intervals, which would not fit on the screen.
    distances = [[row[0], row[1], *row[3::2]] for row in distance_rows(report)]
    for headings, *rows in (distances, masses):
        table = number_table(*headings[1:])
        for row in rows:
            table.add_row(*map(Text, row))
        lines += drawn_lines(table)
    return [*lines, *meanings()]


def report_lines(report: Report, say: Language = ENGLISH) -> list[str]:
    """Returns what a report says beside its table, a sentence a line.

    Its notes are in English, as they were said on the screen.
    """
    lines = baseline_lines(report, say)
    if line := rule_line(report.rule, say):
        lines.append(line)
    if report.at_half is not None:
        scores = numbers(report.at_half, say)
        lines.append(
            say("From probability 0.5 on, before calibration: {scores}.", scores=scores)
        )
    if report.label_effects is not None:
        lines += report.label_effects.lines(say)
    unseen = (
        f"{label} ({say('1 row') if rows == 1 else say('{n} rows', n=rows)})"
        for label, rows in report.unseen.items()
    )
    if report.unseen:
        labels = say(", ").join(unseen)
        lines.append(say("Unseen in training: {labels}.", labels=labels))
    return [*lines, *(say("Note: {line}", line=line) for line in report.notes)]


def detail_lines(details: Details, say: Language = ENGLISH) -> list[str]:
    """Returns the headline scores of details, a sentence a line."""
    level, ranking = details.intervals.level, details.ranking
    intervals = (
        say(
            "{score} {low} to {high}",
            score=say(SCORE_NAMES[name]),
            low=f"{low:.4f}",
            high=f"{high:.4f}",
        )
        for name, (low, high) in details.intervals.headline.items()
    )
    at = {"P": ranking.p_at, "R": ranking.r_at, "nDCG": ranking.ndcg_at}
    by_k = (f"{name}@{k} {shown(at[name][k])}" for name in at for k in at[name])
    return [
        say(
            "{level} % intervals: {intervals}.",
            level=f"{100 * level:g}",
            intervals=say(", ").join(intervals),
        ),
        say(
            "Samples-F1 {f1}, Hamming loss {hamming}, mean average precision "
            "{precision}, mean ROC AUC {auc}.",
            f1=shown(details.extra.samples.f1),
            hamming=shown(details.extra.hamming),
            precision=shown(details.mean_of("average_precision")),
            auc=shown(details.mean_of("roc_auc")),
        ),
        say("Ranking: {by_k}.", by_k=say(", ").join(by_k)),
        _order_line(details, say),
        say(
            "Expected calibration error {error}, Brier score {brier}.",
            error=shown(details.calibration_error),
            brier=shown(details.brier_score),
        ),
    ]


def _order_line(details: Details, say: Language) -> str:
    ranking = details.ranking
    if len(details.labels) <= TOP_FIVE:  # all labels are in the top five
        return say("Label-ranking average precision {lrap}.", lrap=shown(ranking.lrap))
    return say(
        "Label-ranking average precision {lrap}, top-five score {top_five}.",
        lrap=shown(ranking.lrap),
        top_five=shown(ranking.top_five),
    )


def shown(value: float | None) -> str:
    """Returns a score with four decimals, `n/a` for None or NaN."""
    return "n/a" if value is None or isnan(value) else f"{value:.4f}"


def _most_supported(rows: list[Row], limit: int | None) -> list[Row]:
    if limit is None or len(rows) <= limit:
        return rows
    by_support = sorted(range(len(rows)), key=lambda i: (-rows[i].support, i))
    return [rows[i] for i in sorted(by_support[:limit])]


def _cells(row: Row, before: dict[tuple[str, bool], float | None]) -> list[Text]:
    cells = row.cells()
    if before:
        cells.append(_change(row.f1, before.get((row.name, row.is_class))))
    # Text, not str: a label such as "[b]" is no markup.
    return [Text(cell) for cell in cells]


def _change(value: float | None, before: float | None) -> str:
    if value is None or before is None:
        return ""
    shown = f"{value - before:+.4f}"
    return "=" if float(shown) == 0 else shown
