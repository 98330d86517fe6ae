"""What the page shows, as plain JSON types; the page itself computes no scores twice.

The page moves thresholds, so it gets counts (given, rightly given) on a grid of
thresholds of each label, never the rows: its size does not grow with their number.
"""

from pathlib import Path
from typing import Any

from kerascls.evaluation.reports.details import details_of
from kerascls.evaluation.reports.distributions import (
    distance_rows,
    mass_table,
    meanings,
)
from kerascls.evaluation.reports.features import shown_ngram
from kerascls.evaluation.reports.html.chart_data import (
    coverage_points,
    history_lines,
    label_curves,
    matrices,
    reliability_bins,
)
from kerascls.evaluation.reports.html.errors import worst_mistakes
from kerascls.evaluation.reports.html.scores import (
    class_columns,
    headline,
    is_plain,
    rounded,
)
from kerascls.evaluation.reports.label_effects import effective_rows_meaning
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.tables import detail_lines, report_lines
from kerascls.evaluation.scored_rows import ScoredRows

MAX_CHARS = 1500  # longer texts are cut there


def payload(
    report: Report,
    scored: ScoredRows,
    history_csv: str | Path | None = None,
    *,
    max_mistakes: int = 200,
    say: Language = ENGLISH,
) -> dict[str, Any]:
    """Returns everything the page shows.

    Args:
        report: Scores of the rows.
        scored: The rows themselves.
        history_csv: The history of the training, if there is one.
        max_mistakes: How many mistakes to list.
        say: The language of the page.
    """
    details = report.details or details_of(
        scored, report.rule.threshold_of(scored.known)
    )
    return {
        "words": dict(say.words),
        "task": report.task.value,
        "rows": len(scored),
        "wrong": int(scored.wrong.sum()),
        "labels": list(scored.labels),
        "known": scored.known,
        "plain": is_plain(report),
        "notes": report_lines(report, say),
        # The first line has the intervals, which stand beside their scores.
        "more": detail_lines(details, say)[1:],
        "headline": headline(report, details),
        "classes": class_columns(report, scored, details),
        "curves": label_curves(report, scored),
        "coverage": coverage_points(report, scored),
        "reliability": reliability_bins(scored),
        "matrices": matrices(scored),
        "history": history_lines(history_csv, scored) if history_csv else None,
        "features": _features(report, scored),
        "effects": _effects(report, say),
        "distribution": _distribution(report, say),
        "mistakes": worst_mistakes(scored, max_mistakes, MAX_CHARS),
    }


def _effects(report: Report, say: Language) -> dict[str, Any] | None:
    """Returns what training did about skewed labels: words, and a line for each."""
    effects = report.label_effects
    if effects is None:
        return None
    headings, *rows = effects.table(say)
    return {
        "lines": [*effects.lines(say), effective_rows_meaning(say)],
        "headings": headings,
        "rows": rows,
        "bars": [
            [int(effects.rows[column]), *rounded([effects.effective_rows[column]])]
            for column in effects.order
        ],
    }


def _distribution(report: Report, say: Language) -> dict[str, Any] | None:
    """Returns what is said of distributions: lines, and tables of cells."""
    if report.distribution is None:
        return None
    tables = [distance_rows(report, say), mass_table(report.distribution, say)]
    return {"lines": meanings(say), "tables": tables}


def _features(report: Report, scored: ScoredRows) -> list[list[list]] | None:
    """Returns n-grams and weights of each label, as they are shown."""
    if report.features is None:
        return None
    of_label = report.features.of_label
    return [
        [[shown_ngram(ngram), round(weight, 2)] for ngram, weight in ngrams.items()]
        for ngrams in (of_label.get(label, {}) for label in scored.labels)
    ]
