"""Precision, recall and F1 of decisions, per class and on average."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.checks import check_decisions
from kerascls.settings.training import is_smaller_better

_AVERAGES = ("micro", "macro", "weighted")
_COLUMNS = {
    "precision": np.float64,
    "recall": np.float64,
    "f1": np.float64,
    "support": np.int64,
    "predicted": np.int64,
}


@dataclass(frozen=True)
class Average:
    """Precision, recall and F1 over all classes, by one way of averaging."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, eq=False)
class Scores:
    """What `score` returns: one entry per class, three averages and the accuracy.

    Args:
        labels: Names of the classes, in the order of the columns.
        precision: float64 `(num_classes,)`; 0 where nothing was predicted.
        recall: float64 `(num_classes,)`; 0 where nothing was true.
        f1: float64 `(num_classes,)`; 0 where neither was.
        support: int64 `(num_classes,)`, rows that truly have the label.
        predicted: int64 `(num_classes,)`, rows that got the label.
        micro: From the counts of all classes taken together.
        macro: Mean over the classes that are `present`.
        weighted: Mean over classes, weighted by their support.
        accuracy: Share of rows whose set of labels is right as a whole.
        rows: How many rows were scored.
        distances: Of distributions, the means of `distributions.MEASURES`; None of
            other tasks.
    """

    labels: tuple[str, ...]
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    predicted: np.ndarray
    micro: Average
    macro: Average
    weighted: Average
    accuracy: float
    rows: int
    distances: dict[str, float] | None = None

    @property
    def present(self) -> np.ndarray:
        """Which classes are true or predicted in some row, bool `(num_classes,)`."""
        return (self.support > 0) | (self.predicted > 0)

    def _repr_html_(self) -> str:
        from kerascls.evaluation.reports.notebook import scores_html

        return scores_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Returns the scores as plain JSON types."""
        columns = (getattr(self, name).tolist() for name in _COLUMNS)
        classes = zip(self.labels, zip(*columns, strict=True), strict=True)
        return {
            "rows": self.rows,
            "accuracy": self.accuracy,
            **{name: asdict(getattr(self, name)) for name in _AVERAGES},
            **({"distances": self.distances} if self.distances else {}),
            "classes": {
                label: dict(zip(_COLUMNS, numbers, strict=True))
                for label, numbers in classes
            },
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Scores":
        """Returns the scores that `to_dict` wrote."""
        classes = values["classes"]
        fields: dict[str, Any] = {
            name: np.array([numbers[name] for numbers in classes.values()], dtype)
            for name, dtype in _COLUMNS.items()
        }
        fields |= {name: Average(**values[name]) for name in _AVERAGES}
        return cls(
            labels=tuple(classes),
            **fields,
            accuracy=values["accuracy"],
            rows=values["rows"],
            distances=values.get("distances"),
        )


def averages(scores: Scores) -> dict[str, float]:
    """Returns the scores over all labels that a training is judged by."""
    return {
        "accuracy": scores.accuracy,
        "micro_f1": scores.micro.f1,
        "macro_f1": scores.macro.f1,
        "macro_precision": scores.macro.precision,
        "macro_recall": scores.macro.recall,
        "weighted_f1": scores.weighted.f1,
        **(scores.distances or {}),
    }


def named_score(scores: Scores, name: str) -> float:
    """Returns one of `averages`, or of one label, as in `"f1:LABEL"`."""
    kind, _, label = name.partition(":")
    if not label:
        return averages(scores)[name]
    return float(getattr(scores, kind)[scores.labels.index(label)])


def goal_of(scores: Scores, name: str) -> float:
    """Returns one of the numbers of `named_score`, so that the larger is the better."""
    value = named_score(scores, name)
    return -value if is_smaller_better(name) else value


def score(targets: np.ndarray, predicted: np.ndarray, labels: Iterable[str]) -> Scores:
    """Compares true and predicted labels, class by class and on average.

    A quotient without denominator counts as 0. Classes with neither a true nor a
    predicted row are left out of the macro average, which is what scikit-learn
    computes when `labels=` names only the classes that occur.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        predicted: bool `(rows, num_classes)`, the labels that were chosen. Labels
            the model never saw are columns of False, see `pad_columns`.
        labels: Names of the classes, in the order of the columns.

    Returns:
        A `Scores`.

    Raises:
        SettingsError: When an array is not bool, there is no row, or the shapes
            differ from each other or from the number of labels.

    Example:
        >>> scores = score(targets, predicted, ("体育", "健康"))
        >>> scores.macro.f1
    """
    labels = tuple(labels)
    check_decisions(targets, predicted)
    if targets.shape[1] != len(labels):
        raise SettingsError(
            f"Scores need a name for each column. Received: shape={targets.shape}, "
            f"{len(labels)} labels. Labels unseen in training are added with "
            f"`pad_columns`."
        )
    hits = np.count_nonzero(targets & predicted, axis=0)
    support = np.count_nonzero(targets, axis=0)
    num_predicted = np.count_nonzero(predicted, axis=0)
    precision = hits / np.maximum(num_predicted, 1)
    recall = hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(support + num_predicted, 1)
    present = (support > 0) | (num_predicted > 0)
    total = int(support.sum())
    per_class = (precision, recall, f1)
    return Scores(
        labels=labels,
        precision=precision,
        recall=recall,
        f1=f1,
        support=support.astype(np.int64),
        predicted=num_predicted.astype(np.int64),
        micro=_micro(int(hits.sum()), total, int(num_predicted.sum())),
        macro=_average(per_class, present, total),
        weighted=_average(per_class, support, total),
        accuracy=float((targets == predicted).all(axis=1).mean()),
        rows=len(targets),
    )


def pad_columns(array: np.ndarray, num_columns: int) -> np.ndarray:
    """Adds columns of zeros (False) for the labels that a model does not know.

    Args:
        array: `(rows, known)` of any dtype.
        num_columns: Columns to have, at least `known`.

    Returns:
        `(rows, num_columns)` of the same dtype; `array` itself if it fits already.

    Raises:
        SettingsError: When `array` has more columns than that.
    """
    missing = num_columns - array.shape[1]
    if missing < 0:
        raise SettingsError(
            f"Columns can be added, not taken away. Received: {array.shape[1]} "
            f"columns, num_columns={num_columns}. Give the label set that the "
            "array was made with, or a longer one."
        )
    return np.pad(array, ((0, 0), (0, missing))) if missing else array


def _micro(hits: int, support: int, predicted: int) -> Average:
    return Average(
        precision=hits / max(predicted, 1),
        recall=hits / max(support, 1),
        f1=2 * hits / max(support + predicted, 1),
        support=support,
    )


def _average(
    per_class: tuple[np.ndarray, ...], weights: np.ndarray, support: int
) -> Average:
    weights = weights.astype(np.float64)
    total = weights.sum() or 1.0
    precision, recall, f1 = (float(values @ weights / total) for values in per_class)
    return Average(precision, recall, f1, support)
