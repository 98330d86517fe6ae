"""A report as files: CSV for Excel, Markdown for people, JSON for programs."""

import csv
from io import StringIO
from pathlib import Path

import numpy as np

from kerascls.evaluation.reports.details import PER_CLASS, Details
from kerascls.evaluation.reports.distributions import (
    SHARES,
    distance_records,
    distribution_markdown,
    mass_records,
)
from kerascls.evaluation.reports.errors import safe_cell
from kerascls.evaluation.reports.language import Language, language_of
from kerascls.evaluation.reports.markdown_table import markdown_table
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rows import NUM_AVERAGES, Row, report_rows
from kerascls.evaluation.reports.tables import (
    NUMBERS,
    detail_lines,
    report_lines,
    shown,
)
from kerascls.system.files import as_csv, as_json, write_all

CSV_FILE = "report.csv"
MARKDOWN_FILE = "report.md"
REPORT_FILE = "report.json"
# Of distributions.
DISTANCES_FILE = "distances.csv"
MASSES_FILE = "masses.csv"
F1_AT_HALF = "f1 at 0.5"
_NO_AVERAGES = [""] * NUM_AVERAGES


def write_report(
    directory: str | Path, report: Report, *, language: str = "en"
) -> list[Path]:
    """Writes `report.csv`, `report.md` and `report.json`, each in one step.

    The CSV file starts with a byte order mark, so that Excel reads it as UTF-8.

    Args:
        directory: Where to; made if it does not exist.
        report: What to write.
        language: That of `report.md`, of `LANGUAGES`.

    Returns:
        The paths of the files: three, and of distributions two more, `distances.csv`
        and `masses.csv`.
    """
    contents = {
        CSV_FILE: report_csv(report).encode("utf-8-sig"),
        MARKDOWN_FILE: report_markdown(report, language=language).encode(),
        REPORT_FILE: as_json(report.to_dict()),
    }
    if report.distribution is not None:
        tables = {
            DISTANCES_FILE: distance_records(report),
            MASSES_FILE: mass_records(report.distribution),
        }
        contents |= {
            name: as_csv(rows).encode("utf-8-sig") for name, rows in tables.items()
        }
    return write_all(directory, contents)


def report_csv(report: Report) -> str:
    """Returns the table as CSV, one row per class, then the averages.

    The last column tells them apart, also where a class is named like an average.
    Where the report has scores from probability 0.5 on, so has the column before.
    """
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    more = {}
    if report.at_half is not None:
        more[F1_AT_HALF] = [row.f1 for row in report_rows(report.at_half, report.task)]
    if report.distribution is not None:
        for name, values in report.distribution.shares.items():
            more[SHARES[name]] = [*values.tolist(), *[None] * NUM_AVERAGES]
    writer.writerow(("class", *NUMBERS, *more, "kind"))
    for index, row in enumerate(report_rows(report.scores, report.task)):
        numbers = (row.precision, row.recall, row.f1, row.support)
        others = (values[index] for values in more.values())
        writer.writerow((safe_cell(row.name), *numbers, *others, row.kind))
    return stream.getvalue()


def report_markdown(report: Report, *, language: str = "en") -> str:
    """Returns the report as Markdown: a table and the lines that judge it."""
    say = language_of(language)
    more = _more_columns(report, say)
    judging = report_lines(report, say)
    if report.details:
        judging = [*judging, *detail_lines(report.details, say)]
    title = say("Scores")
    if report.source:
        title = say("Scores on {source}", source=report.source_in(say))
    headings = [say("class"), *map(say, NUMBERS), say("in training"), *more]
    rows = [
        _cells(row, report, [values[index] for values in more.values()], say)
        for index, row in enumerate(report_rows(report.scores, report.task))
    ]
    lines = [
        f"# {title}",
        "",
        say(
            "Task: {task}. Rows: {n}.",
            task=say(report.task.value),
            n=f"{report.scores.rows:,}",
        ),
        "",
        *(f"- {line}" for line in judging),
        "",
        *markdown_table(headings, rows),
    ]
    lines += distribution_markdown(report, say)
    if report.features is not None:
        lines += report.features.markdown(say)
    if report.label_effects is not None:
        lines += report.label_effects.markdown(say)
    return "\n".join(lines) + "\n"


def _cells(row: Row, report: Report, more: list[str], say: Language) -> list[str]:
    name, *cells = row.cells()
    in_training = f"{report.train_support.get(row.name, 0):,}"
    cells.append(in_training if row.is_class and report.train_support else "")
    return [name if row.is_class else say(name), *cells, *more]


def _more_columns(report: Report, say: Language) -> dict[str, list[str]]:
    """Returns, by heading, what else is known of each class, and of averages."""
    columns = {}
    if report.at_half is not None:
        rows = report_rows(report.at_half, report.task)
        columns[say(F1_AT_HALF)] = [row.cells()[3] for row in rows]
    if report.details is not None:
        columns |= _detail_columns(report.details, say)
    if report.distribution is not None:
        columns |= {
            say(SHARES[name]): [*map(shown, values.tolist()), *_NO_AVERAGES]
            for name, values in report.distribution.shares.items()
        }
    return columns


def _detail_columns(details: Details, say: Language) -> dict[str, list[str]]:
    columns = {
        say(PER_CLASS[name]): [*map(shown, values.tolist()), *_NO_AVERAGES]
        for name, values in details.classes.items()
        if name != "threshold" or not np.isnan(values).all()
    }
    level = f"{100 * details.intervals.level:g}"
    columns[say("f1 {level} % interval", level=level)] = [
        *(
            say("n/a")
            if np.isnan(low)
            else say("{low} to {high}", low=shown(low), high=shown(high))
            for low, high in details.intervals.f1.tolist()
        ),
        *_NO_AVERAGES,
    ]
    return columns
