"""What the charts of the page draw, as JSON types."""

from pathlib import Path
from typing import Any

import numpy as np

from kerascls.labels import Task
from kerascls.report.class_history import class_history
from kerascls.report.coverage import coverage_curve
from kerascls.report.html import numbers
from kerascls.report.html.rounding import rounded, shortest
from kerascls.report.html.scores import own_thresholds
from kerascls.report.pairs import (
    co_occurrences,
    confusion_counts,
    error_pairs,
    largest_pairs,
    most_involved,
)
from kerascls.report.report import Report
from kerascls.report.threshold_counts import threshold_counts
from kerascls.scored_rows import ScoredRows

MAX_MATRIX_LABELS = 40
MAX_PAIRS = 20


def label_curves(report: Report, scored: ScoredRows) -> list[dict[str, list]]:
    """Returns for each known label how often it is given at each threshold."""
    own = own_thresholds(report, scored)
    counts = [
        threshold_counts(
            scored.targets[:, label], scored.probabilities[:, label], own[label]
        )
        for label in range(scored.known)
    ]
    return [
        {
            "thresholds": shortest(one.thresholds),
            "given": one.given.tolist(),
            "hits": one.hits.tolist(),
        }
        for one in counts
    ]


def coverage_points(scored: ScoredRows) -> dict[str, list]:
    """Returns how many rows are answered, and rightly, by the probability asked."""
    curve = coverage_curve(scored)
    return {
        "thresholds": shortest(curve.thresholds),
        "answered": curve.answered.tolist(),
        "right": curve.right.tolist(),
    }


def reliability_bins(scored: ScoredRows) -> dict[str, Any]:
    """Returns bins of mean probability, frequency and count: of all, of each label."""
    known = scored.targets[:, : scored.known], scored.probabilities[:, : scored.known]
    columns = range(scored.known)
    return {
        "all": _bins(*known, task=scored.task),
        "labels": [_bins(*(part[:, [column]] for part in known)) for column in columns],
    }


def matrices(scored: ScoredRows) -> list[dict[str, Any]]:
    """Returns tables of label by label: confusion, or errors and co-occurrence."""
    if scored.task is Task.MULTICLASS:
        return [_matrix("confusion", confusion_counts(scored))]
    return [
        _matrix("errors", error_pairs(scored)),
        _matrix("together", co_occurrences(scored.targets)),
    ]


def history_lines(
    history_csv: str | Path, scored: ScoredRows
) -> dict[str, Any] | None:
    """Returns the lines of the training: averages, losses, F1 of each label.

    There are none before the first epoch is done.
    """
    history = class_history(history_csv)
    if not history.epochs:
        return None
    nothing = (None,) * len(history.epochs)
    return {
        "epochs": list(history.epochs),
        "averages": {name: _filled(line) for name, line in history.averages.items()},
        "losses": {name: _filled(line) for name, line in history.losses.items()},
        "classes": [
            _filled(history.classes.get(label, nothing)) for label in scored.labels
        ],
    }


def _bins(
    targets: np.ndarray, probabilities: np.ndarray, **task: Task
) -> dict[str, list]:
    found = numbers.reliability(targets, probabilities, **task)
    used = found.counts > 0
    return {
        "confidence": rounded(found.confidence[used]),
        "frequency": rounded(found.frequency[used]),
        "counts": found.counts[used].tolist(),
    }


def _matrix(kind: str, counts: np.ndarray) -> dict[str, Any]:
    shown = most_involved(counts, MAX_MATRIX_LABELS)
    pairs = largest_pairs(np.triu(counts) if kind == "together" else counts, MAX_PAIRS)
    return {
        "kind": kind,
        "labels": shown.tolist(),
        "counts": counts[np.ix_(shown, shown)].tolist(),
        "pairs": [list(pair) for pair in pairs],
    }


def _filled(line: tuple[float | None, ...]) -> list[float | None]:
    return rounded(np.nan if value is None else value for value in line)
