"""Headline numbers and the class table, as JSON types."""

from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from kerascls.evaluation.metrics.scores import Scores, averages
from kerascls.evaluation.reports.details import Details
from kerascls.evaluation.reports.distributions import DistributionDetails
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.tables import SCORE_NAMES
from kerascls.evaluation.scored_rows import ScoredRows


def headline(report: Report, details: Details) -> list[dict[str, Any]]:
    """Returns the numbers on top of the page, each with interval and baseline."""
    if report.distribution is not None and report.scores.distances is not None:
        return _distances(report, report.distribution, report.scores.distances)
    intervals = details.intervals
    return [
        {
            "key": name,
            "name": SCORE_NAMES[name],
            "value": _value(report.scores, name),
            "interval": rounded(intervals.headline[name]),
            "level": f"{100 * intervals.level:g}",
            **_baseline(report, name),
        }
        for name in ("macro_f1", "micro_f1", "weighted_f1", "accuracy")
        # With one label for each row, micro-F1 is the accuracy.
        if not report.task.has_one_label or name != "micro_f1"
    ]


def _distances(
    report: Report, details: DistributionDetails, ours: dict[str, float]
) -> list[dict[str, Any]]:
    against, theirs = "baseline", averages(report.baseline)
    if report.linear is not None and report.linear.scores.distances is not None:
        against, theirs = "linear", averages(report.linear.scores)
    return [
        {
            "key": name,
            "name": SCORE_NAMES[name],
            "value": ours[name],
            "interval": rounded(details.intervals[name]),
            "level": f"{100 * details.level:g}",
            "against": against,
            "baseline": theirs[name],
        }
        for name in ("kl", "jensen_shannon", "intersection", "top_1")
    ]


def _baseline(report: Report, name: str) -> dict[str, Any]:
    """Returns what is to be beaten: the linear model, or the best without looking."""
    if report.linear is not None:
        return {"against": "linear", "baseline": _value(report.linear.scores, name)}
    blind = [report.baseline, report.all_labels]
    values = [_value(scores, name) for scores in blind if scores is not None]
    return {"against": "baseline", "baseline": max(values)}


def class_columns(
    report: Report, scored: ScoredRows, details: Details
) -> dict[str, list | None]:
    """Returns the columns of the class table, in the order of the labels."""
    train = report.train_support
    return {
        "support": scored.targets.sum(axis=0).tolist(),
        "train": [train.get(label, 0) if train else None for label in scored.labels],
        "given": scored.chosen.sum(axis=0).tolist(),
        "hits": (scored.targets & scored.chosen).sum(axis=0).tolist(),
        "low": rounded(details.intervals.f1[:, 0]),
        "high": rounded(details.intervals.f1[:, 1]),
        "average_precision": rounded(details.classes["average_precision"]),
        "roc_auc": rounded(details.classes["roc_auc"]),
        "threshold": own_thresholds(report, scored),
        "at_half": _f1_at_half(report),
    }


def _f1_at_half(report: Report) -> list[float | None] | None:
    """Returns the F1 of each label from probability 0.5 on, where that was scored."""
    if (scores := report.at_half) is None:
        return None
    return rounded(np.where(scores.present, scores.f1, np.nan))


def own_thresholds(report: Report, scored: ScoredRows) -> list[float | None]:
    """Returns the threshold that the rule has for each label, None for none."""
    thresholds = report.rule.threshold_of(scored.known)
    known = [] if thresholds is None else shortest(thresholds)
    return [*known, *[None] * (len(scored.labels) - len(known))]


def is_plain(report: Report) -> bool:
    """Returns whether each label is given by its threshold alone."""
    rule = report.rule
    limits = rule.min_labels, rule.max_labels, rule.abstain_below
    return rule.kind == "threshold" and limits == (0, None, None)


def _value(scores: Scores, name: str) -> float:
    if name == "accuracy":
        return scores.accuracy
    return getattr(scores, name.removesuffix("_f1")).f1


def rounded(values: Iterable[float], digits: int = 4) -> list[float | None]:
    """Returns numbers rounded, None for those that are not finite."""
    return [round(float(x), digits) if isfinite(x) else None for x in values]


def shortest(values: np.ndarray) -> list[float]:
    """Returns float32 numbers with as few digits as tell them apart, 0.1 as 0.1."""
    return [float(str(value)) for value in values.astype(np.float32)]
