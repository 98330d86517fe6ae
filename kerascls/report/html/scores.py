"""Headline numbers and the class table, as JSON types."""

from typing import Any

import numpy as np

from kerascls.labels import Task
from kerascls.report.html import numbers
from kerascls.report.html.rounding import rounded, shortest
from kerascls.report.report import Report
from kerascls.scored_rows import ScoredRows


def headline(report: Report, scored: ScoredRows) -> list[dict[str, Any]]:
    """Returns the numbers on top of the page, each with interval and baseline."""
    found, _ = numbers.bootstrap_intervals(scored.targets, scored.chosen)
    multilabel = report.task is Task.MULTILABEL
    names = {
        "macro": "macro-F1",
        "micro": "micro-F1",
        "weighted": "weighted-F1",
        "accuracy": "accuracy (whole sets)" if multilabel else "accuracy",
    }
    if not multilabel:  # equals the accuracy
        del names["micro"]
    return [
        {
            "key": key,
            "name": name,
            "value": _value(report.scores, key),
            "interval": rounded(found[key]),
            "level": 95,
            "baseline": _value(report.baseline, key),
        }
        for key, name in names.items()
    ]


def class_columns(report: Report, scored: ScoredRows) -> dict[str, list]:
    """Returns the columns of the class table, in the order of the labels."""
    targets, known = scored.targets, scored.known
    seen = targets[:, :known], scored.probabilities[:, :known]
    train = report.train_support
    _, intervals = numbers.bootstrap_intervals(targets, scored.chosen)
    return {
        "support": targets.sum(axis=0).tolist(),
        "train": [train.get(label, 0) if train else None for label in scored.labels],
        "given": scored.chosen.sum(axis=0).tolist(),
        "hits": (targets & scored.chosen).sum(axis=0).tolist(),
        "low": rounded(intervals[0]),
        "high": rounded(intervals[1]),
        "average_precision": _padded(numbers.average_precision(*seen), scored),
        "roc_auc": _padded(numbers.roc_auc(*seen), scored),
        "threshold": own_thresholds(report, scored),
    }


def own_thresholds(report: Report, scored: ScoredRows) -> list[float | None]:
    """Returns the threshold that the rule has for each label, None for none."""
    if report.rule.threshold is None:
        return [None] * len(scored.labels)
    same = np.full(scored.known, report.rule.threshold, np.float32)
    return _padded(shortest(same), scored, digits=9)


def _value(scores, key: str) -> float:
    return scores.accuracy if key == "accuracy" else getattr(scores, key).f1


def _padded(values, scored: ScoredRows, digits: int = 4) -> list[float | None]:
    """Returns a value per label; labels that training lacked have none."""
    return rounded(values, digits) + [None] * (len(scored.labels) - scored.known)
