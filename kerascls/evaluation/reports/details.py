"""What a report says beyond precision, recall and F1."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kerascls.evaluation.metrics.bootstrap import Intervals, bootstrap_intervals
from kerascls.evaluation.metrics.calibration_errors import (
    brier_score,
    label_brier_scores,
    label_calibration_errors,
)
from kerascls.evaluation.metrics.curves import average_precision, roc_auc
from kerascls.evaluation.metrics.ranking import RankingScores, ranking_scores
from kerascls.evaluation.metrics.resampling import HEADLINE
from kerascls.evaluation.metrics.row_scores import ExtraScores, extra_scores
from kerascls.evaluation.metrics.scores import Average
from kerascls.evaluation.reports.scored_curves import scored_reliability
from kerascls.evaluation.scored_rows import ScoredRows

# What there is by label, and its name for people.
PER_CLASS = {
    "threshold": "threshold",
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "calibration_error": "calibration error",
    "brier_score": "Brier score",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Details:
    """Scores of probabilities and of whole rows, and how far scores may vary.

    Args:
        labels: Names of the classes.
        classes: By name, those of `PER_CLASS`, float64 `(num_classes,)`; NaN where a
            score is undefined, and for labels that training lacked.
        extra: Samples average and Hamming loss.
        ranking: Of the labels of each row, all labels included.
        calibration_error: Expected calibration error: of all cells of the labels that
            training had, or of the likeliest label (multi-class).
        brier_score: Over the same labels (multi-label), or over all.
        intervals: Of the headline scores and F1 of each class.
    """

    labels: tuple[str, ...]
    classes: dict[str, np.ndarray]
    extra: ExtraScores
    ranking: RankingScores
    calibration_error: float
    brier_score: float
    intervals: Intervals

    def mean_of(self, name: str) -> float:
        """Returns the mean of a score over the classes that have it, or NaN.

        Args:
            name: One of `PER_CLASS`.
        """
        values = self.classes[name]
        values = values[~np.isnan(values)]
        return float(values.mean()) if len(values) else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Returns the details as plain JSON types; None where a score is undefined."""
        columns: dict[str, list[Any]]
        columns = {name: _plain(values) for name, values in self.classes.items()}
        columns["f1_interval"] = [_plain(ends) for ends in self.intervals.f1]
        return {
            "samples": asdict(self.extra.samples),
            "hamming": self.extra.hamming,
            "ranking": {n: _defined(v) for n, v in self.ranking.to_dict().items()},
            "calibration_error": self.calibration_error,
            "brier_score": self.brier_score,
            "intervals": {
                "level": self.intervals.level,
                "resamples": self.intervals.resamples,
                "seed": self.intervals.seed,
                **{name: list(self.intervals.headline[name]) for name in HEADLINE},
            },
            "classes": {
                label: {name: values[column] for name, values in columns.items()}
                for column, label in enumerate(self.labels)
            },
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Details":
        """Returns the details that `to_dict` wrote."""
        classes, intervals = values["classes"], values["intervals"]

        def column(name: str) -> np.ndarray:
            return np.array([scores[name] for scores in classes.values()], np.float64)

        return cls(
            labels=tuple(classes),
            classes={name: column(name) for name in PER_CLASS},
            extra=ExtraScores(Average(**values["samples"]), values["hamming"]),
            ranking=RankingScores.from_dict(_known(values["ranking"])),
            calibration_error=values["calibration_error"],
            brier_score=values["brier_score"],
            intervals=Intervals(
                headline={name: tuple(intervals[name]) for name in HEADLINE},
                f1=column("f1_interval"),
                **{name: intervals[name] for name in ("level", "resamples", "seed")},
            ),
        )


def details_of(
    scored: ScoredRows,
    thresholds: Sequence[float] | np.ndarray | None = None,
    *,
    resamples: int = 1000,
) -> Details:
    """Computes the details of a report.

    Args:
        scored: Rows with truth, probabilities and decision; at least one.
        thresholds: From which probability on each label is chosen, for the labels that
            training had; None where there are no thresholds.
        resamples: For intervals, see `bootstrap_intervals`.

    Raises:
        SettingsError: When there is no row.
        NotFiniteError: When a probability is not a finite number.

    Example:
        >>> details_of(ScoredRows.load(path)).ranking.p_at[1]
    """
    targets, probabilities = scored.targets, scored.probabilities
    truth = scored.truth
    known = targets[:, : scored.known], probabilities[:, : scored.known]
    shares = truth[:, : scored.known], known[1]
    judged = (truth, probabilities) if scored.task.sums_to_one else known
    classes = {
        "threshold": () if thresholds is None else thresholds,
        "average_precision": average_precision(*known),
        "roc_auc": roc_auc(*known),
        "calibration_error": label_calibration_errors(*shares),
        "brier_score": label_brier_scores(*shares),
    }
    return Details(
        labels=scored.labels,
        classes={n: _extended(v, len(scored.labels)) for n, v in classes.items()},
        extra=extra_scores(targets, scored.chosen),
        ranking=ranking_scores(targets, probabilities),
        calibration_error=scored_reliability(scored).error,
        brier_score=brier_score(*judged, task=scored.task),
        intervals=bootstrap_intervals(targets, scored.chosen, resamples=resamples),
    )


def _extended(values: Sequence[float] | np.ndarray, length: int) -> np.ndarray:
    return np.append(values, np.full(length - len(values), np.nan))


def _plain(values: np.ndarray) -> list[float | None]:
    return [_defined(value) for value in values.tolist()]


def _defined(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _defined(inner) for key, inner in value.items()}
    return None if isinstance(value, float) and np.isnan(value) else value


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(inner) for key, inner in value.items()}
    return float("nan") if value is None else value
