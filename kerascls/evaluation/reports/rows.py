"""Scores as rows: one for each class, then the averages and the accuracy."""

from dataclasses import dataclass

from kerascls.data.labels import Task
from kerascls.evaluation.metrics import Average, Scores


@dataclass(frozen=True)
class Row:
    """One line of a score table, whatever it is written to.

    Args:
        name: The label, or `"micro avg"`, `"accuracy"`, `"macro avg"`,
            `"weighted avg"`.
        precision: None where it does not apply, like `recall` and `f1`: in the row
            of the accuracy, and for a class that is neither true nor predicted.
        recall: See `precision`.
        f1: See `precision`; the accuracy itself in the row `"accuracy"`.
        support: Rows that truly have the label; all rows for the accuracy.
        is_class: Whether the row is about one label.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    is_class: bool = False


def score_rows(scores: Scores) -> list[Row]:
    """Returns a row per class, then micro, accuracy, macro and weighted."""
    return [
        *_class_rows(scores),
        _average_row("micro avg", scores.micro),
        Row("accuracy", None, None, scores.accuracy, scores.rows),
        _average_row("macro avg", scores.macro),
        _average_row("weighted avg", scores.weighted),
    ]


def report_rows(scores: Scores, task: Task) -> list[Row]:
    """Returns the rows of `report.csv`, in the order scikit-learn prints them.

    These are `score_rows`, for multi-class without micro average: with one label
    given to each row it equals the accuracy.

    Args:
        scores: What `metrics.score` returned.
        task: `"multiclass"` or `"multilabel"`.
    """
    rows = score_rows(scores)
    if Task(task) is Task.MULTILABEL:
        return rows
    return [row for row in rows if row.is_class or row.name != "micro avg"]


def _class_rows(scores: Scores) -> list[Row]:
    columns = zip(
        scores.labels,
        scores.present,
        scores.precision.tolist(),
        scores.recall.tolist(),
        scores.f1.tolist(),
        scores.support.tolist(),
        strict=True,
    )
    return [
        Row(label, *(values if present else (None, None, None)), support, is_class=True)
        for label, present, *values, support in columns
    ]


def _average_row(name: str, average: Average) -> Row:
    return Row(name, average.precision, average.recall, average.f1, average.support)
