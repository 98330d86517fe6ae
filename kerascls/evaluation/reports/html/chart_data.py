"""What the charts of the page draw, as JSON types."""

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.evaluation.metrics.calibration_errors import Reliability, reliability
from kerascls.evaluation.reports.history import class_history
from kerascls.evaluation.reports.html.scores import own_thresholds, rounded, shortest
from kerascls.evaluation.reports.html.threshold_counts import threshold_counts
from kerascls.evaluation.reports.pairs import (
    co_occurrences,
    confusion_counts,
    error_pairs,
    largest_pairs,
    most_involved,
)
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.scored_curves import (
    scored_coverage,
    scored_reliability,
)
from kerascls.evaluation.scored_rows import ScoredRows

MAX_MATRIX_LABELS = 40
MAX_PAIRS = 15


def label_curves(report: Report, scored: ScoredRows) -> list[dict[str, list]]:
    """Returns for each known label how often it is given at each threshold."""
    own = own_thresholds(report, scored)
    cells = zip(scored.targets.T, scored.probabilities.T, own, strict=True)
    counts = [threshold_counts(*column) for column in islice(cells, scored.known)]
    return [
        {
            "thresholds": shortest(label.thresholds),
            "given": label.predicted.tolist(),
            "hits": label.hits.tolist(),
        }
        for label in counts
    ]


def coverage_points(report: Report, scored: ScoredRows) -> dict[str, list]:
    """Returns share and accuracy of the rows answered, by the probability asked."""
    curve = scored_coverage(scored, report.rule)
    return {
        "thresholds": shortest(curve.thresholds),
        "coverage": rounded(curve.coverage),
        "accuracy": rounded(curve.accuracy),
    }


def reliability_bins(scored: ScoredRows) -> dict[str, Any]:
    """Returns bins of mean probability, frequency and count: of all, of each label."""
    columns = (np.s_[:, column : column + 1] for column in range(scored.known))
    labels = [reliability(scored.truth[c], scored.probabilities[c]) for c in columns]
    return {
        "all": _bins(scored_reliability(scored)),
        "labels": list(map(_bins, labels)),
    }


def matrices(scored: ScoredRows) -> list[dict[str, Any]]:
    """Returns tables of label by label: confusion, or errors and co-occurrence."""
    if scored.task.has_one_label:
        return [_matrix("confusion", confusion_counts(scored))]
    return [
        _matrix("errors", error_pairs(scored)),
        _matrix("together", co_occurrences(scored.targets)),
    ]


def history_lines(history_csv: str | Path, scored: ScoredRows) -> dict[str, Any] | None:
    """Returns the lines of the training: macro-F1, and F1 of each label.

    There are none before the first epoch is done.
    """
    history = class_history(history_csv)
    if not history.epochs:
        return None
    nothing = (None,) * len(history.epochs)
    return {
        "epochs": list(history.epochs),
        "macro": _filled(history.averages["macro avg"]),
        "classes": [
            _filled(history.classes.get(label, nothing)) for label in scored.labels
        ],
    }


def _bins(bins: Reliability) -> dict[str, list]:
    used = bins.counts > 0
    return {
        "confidence": rounded(bins.confidence[used]),
        "frequency": rounded(bins.frequency[used]),
        "counts": bins.counts[used].tolist(),
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
