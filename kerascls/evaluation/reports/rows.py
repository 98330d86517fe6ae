"""Scores as rows: one for each class, then the averages and the accuracy."""

from dataclasses import dataclass

from kerascls.data.labels import Task
from kerascls.evaluation.metrics.scores import Average, Scores

NUM_AVERAGES = 4  # rows behind those of the classes


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

    @property
    def kind(self) -> str:
        """What files say of `is_class`: `"class"` or `"average"`."""
        return "class" if self.is_class else "average"

    def cells(self) -> list[str]:
        """Returns name and numbers as text, `n/a` where a class has no score."""
        absent = "n/a" if self.is_class else ""
        numbers = (self.precision, self.recall, self.f1)
        shown = (absent if value is None else f"{value:.4f}" for value in numbers)
        return [self.name, *shown, f"{self.support:,}"]


def score_rows(scores: Scores) -> list[Row]:
    """Returns a row per class, then micro, accuracy, macro and weighted."""
    columns = (scores.precision, scores.recall, scores.f1, scores.support)
    classes = zip(
        scores.labels,
        scores.present.tolist(),
        *(column.tolist() for column in columns),
        strict=True,
    )
    return [
        *(
            Row(label, precision, recall, f1, support, is_class=True)
            if present
            else Row(label, None, None, None, support, is_class=True)
            for label, present, precision, recall, f1, support in classes
        ),
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
        task: `"multiclass"`, `"multilabel"` or `"distribution"`.
    """
    rows = score_rows(scores)
    if not Task(task).has_one_label:
        return rows
    return [row for row in rows if row.is_class or row.name != "micro avg"]


def _average_row(name: str, average: Average) -> Row:
    return Row(name, average.precision, average.recall, average.f1, average.support)
