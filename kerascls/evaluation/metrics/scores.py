"""Precision, recall and F1 of decisions, per class and on average."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kerascls.errors import SettingsError


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
        predicted: int64 `(num_classes,)`, rows that were given the label.
        micro: From the counts of all classes taken together.
        macro: Mean over the classes that are `present`.
        weighted: Mean over classes, weighted by their support.
        accuracy: Share of rows whose set of labels is right as a whole.
        rows: How many rows were scored.
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

    @property
    def present(self) -> np.ndarray:
        """Which classes are true or predicted in some row, bool `(num_classes,)`."""
        return (self.support > 0) | (self.predicted > 0)

    def to_dict(self) -> dict[str, Any]:
        """Returns the scores as plain JSON types."""
        classes = {
            label: {
                "precision": float(self.precision[column]),
                "recall": float(self.recall[column]),
                "f1": float(self.f1[column]),
                "support": int(self.support[column]),
                "predicted": int(self.predicted[column]),
            }
            for column, label in enumerate(self.labels)
        }
        averages = {n: asdict(getattr(self, n)) for n in ("micro", "macro", "weighted")}
        return {
            "rows": self.rows,
            "accuracy": self.accuracy,
            **averages,
            "classes": classes,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Scores":
        """Returns the scores that `to_dict` wrote."""
        classes = values["classes"]

        def column(key: str, dtype: type) -> np.ndarray:
            return np.array([entry[key] for entry in classes.values()], dtype)

        return cls(
            labels=tuple(classes),
            precision=column("precision", np.float64),
            recall=column("recall", np.float64),
            f1=column("f1", np.float64),
            support=column("support", np.int64),
            predicted=column("predicted", np.int64),
            micro=Average(**values["micro"]),
            macro=Average(**values["macro"]),
            weighted=Average(**values["weighted"]),
            accuracy=values["accuracy"],
            rows=values["rows"],
        )


def score(targets: np.ndarray, predicted: np.ndarray, labels: Iterable[str]) -> Scores:
    """Compares true and predicted labels, class by class and on average.

    A quotient without denominator counts as 0. Classes with neither a true nor a
    predicted row are left out of the macro average, which is what scikit-learn
    computes when `labels=` names only the classes that occur.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        predicted: bool `(rows, num_classes)`, the labels that were given. Labels
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
    _check(targets, predicted, labels)
    hits = np.count_nonzero(targets & predicted, axis=0)
    support = np.count_nonzero(targets, axis=0)
    given = np.count_nonzero(predicted, axis=0)
    precision = _divide(hits, given)
    recall = _divide(hits, support)
    f1 = _divide(2 * hits, support + given)
    present = (support > 0) | (given > 0)
    total = int(support.sum())
    per_class = (precision, recall, f1)
    return Scores(
        labels=labels,
        precision=precision,
        recall=recall,
        f1=f1,
        support=support.astype(np.int64),
        predicted=given.astype(np.int64),
        micro=_micro(int(hits.sum()), total, int(given.sum())),
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


def _micro(hits: int, support: int, given: int) -> Average:
    return Average(
        precision=hits / given if given else 0.0,
        recall=hits / support if support else 0.0,
        f1=2 * hits / (support + given) if support + given else 0.0,
        support=support,
    )


def _average(
    per_class: tuple[np.ndarray, ...], weights: np.ndarray, support: int
) -> Average:
    weights = weights.astype(np.float64)
    total = weights.sum() or 1.0
    return Average(*(float(values @ weights / total) for values in per_class), support)


def _divide(counts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    return counts / np.maximum(totals, 1)


def _check(targets: np.ndarray, predicted: np.ndarray, labels: tuple[str, ...]) -> None:
    for name, array in (("targets", targets), ("predicted", predicted)):
        if array.dtype != np.bool_:
            raise SettingsError(
                f"Scores are counted on bool arrays. Received: {name}.dtype="
                f"{array.dtype}. Turn it into one first, e.g. `{name} > 0.5`."
            )
    expected = (len(targets), len(labels))
    if targets.shape != expected or predicted.shape != expected or not len(targets):
        raise SettingsError(
            "Scores need at least one row, and arrays of (rows, labels). Received: "
            f"targets.shape={targets.shape}, predicted.shape={predicted.shape}, "
            f"{len(labels)} labels. Labels unseen in training are added with "
            "`pad_columns`."
        )
