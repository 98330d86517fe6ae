"""Labels that a classifier finds hard to believe, judged by cleanlab.

References:
    - [Confident learning: estimating uncertainty in dataset labels](
      https://arxiv.org/abs/1911.00068)
    - [Identifying incorrect annotations in multi-label classification data](
      https://arxiv.org/abs/2211.13895)
"""

import warnings
from dataclasses import dataclass

import numpy as np

from kerascls.auditing.findings import FoundRow, Section
from kerascls.auditing.rows import Rows, label_cell
from kerascls.data.labels import Task
from kerascls.system.words import count

KIND = "label_error"
TITLE = "Likely label errors"
# Below this probability a label is taken for wrong whatever confident learning says: it
# counts what is surer than the average, and so misses a single error now and then.
UNBELIEVABLE = 0.02


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows and labels that can be judged, with what a classifier says of them.

    Args:
        rows: int64 `(judged,)`, their numbers among all rows.
        names: The labels that can be judged.
        targets: bool `(judged, names)`, as labelled.
        probabilities: float `(judged, names)`, from a classifier that has not seen
            these labels.
        lines: Where the probabilities come from and what is not judged.
    """

    rows: np.ndarray
    names: tuple[str, ...]
    targets: np.ndarray
    probabilities: np.ndarray
    lines: tuple[str, ...]

    @property
    def differ(self) -> bool:
        """Whether there are two rows with different labels, as cleanlab needs."""
        return bool((self.targets != self.targets[:1]).any())


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """Rows whose labels are likely wrong.

    Args:
        rows: int64 `(wrong,)`, the likeliest error first.
        quality: float64 `(rows,)`, how well each row's labels fit; low where wrong.
        better: bool `(rows, num_classes)`, the labels to give instead.
        estimated: How many wrong rows confident learning counts.
    """

    rows: np.ndarray
    quality: np.ndarray
    better: np.ndarray
    estimated: int


def label_error_section(rows: Rows, judged: Judged) -> Section:
    """Returns the section on likely label errors, the likeliest first."""
    errors = find_label_errors(judged.targets, judged.probabilities, rows.task)
    may_be_none = not all(rows.labels)
    findings = []
    for index in errors.rows:
        row = int(judged.rows[index])
        # What could not be judged stays.
        kept = [name for name in rows.labels[row] if name not in judged.names]
        better = np.flatnonzero(errors.better[index])
        labels = [*kept, *(judged.names[column] for column in better)]
        if not labels and not may_be_none:
            labels = [judged.names[judged.probabilities[index].argmax()]]
        score = round(float(errors.quality[index]), 4)
        findings.append((FoundRow(row, label_cell(labels), score),))
    agreement = _agreement(judged, rows.task)
    lines = (
        f"{count(len(findings), 'row')} of {len(judged.rows):,} judged; confident "
        f"learning estimates about {errors.estimated:,} wrong in all",
        *judged.lines,
        f"the classifier agrees with the labels of {agreement:.1%} of the rows; the "
        f"fewer, the more of its doubts are mistakes of its own",
    )
    return Section(
        kind=KIND,
        title=TITLE,
        counts={
            "rows": len(findings),
            "estimated_rows": errors.estimated,
            "judged_rows": len(judged.rows),
            "agreement": agreement,
        },
        lines=lines,
        advice="Look at them from the top. The suggestion is what the classifier would "
        "say, no more; the score is how well the labels fit, from 0. Export them with "
        "--export, correct them, and take them over with `kerascls relabel`.",
        findings=tuple(findings),
    )


def find_label_errors(
    targets: np.ndarray, probabilities: np.ndarray, task: Task
) -> LabelErrors:
    """Finds rows whose labels are likely wrong.

    Multi-class: rows for which another class is likelier. Multi-label: rows with a
    label that confident learning takes for wrong, or the classifier for nearly
    impossible.

    Args:
        targets: bool `(rows, num_classes)`, as labelled.
        probabilities: float `(rows, num_classes)`, out of sample.
        task: What a row's labels mean.
    """
    probabilities = np.asarray(probabilities, np.float64)
    find = _find_one if task is Task.MULTICLASS else _find_several
    with warnings.catch_warnings():
        # cleanlab's, about labels with one row and, in notebooks, progress bars.
        warnings.simplefilter("ignore")
        wrong, quality, better, estimated = find(targets, probabilities)
    order = np.argsort(quality, kind="stable")
    return LabelErrors(order[wrong[order]], quality, better, estimated)


def _agreement(judged: Judged, task: Task) -> float:
    if not len(judged.rows):
        return 0.0
    if task is Task.MULTILABEL:
        agrees = ((judged.probabilities > 0.5) == judged.targets).all(axis=1)
    else:
        agrees = judged.probabilities.argmax(axis=1) == judged.targets.argmax(axis=1)
    return round(float(agrees.mean()), 4)


def _find_one(
    targets: np.ndarray, probabilities: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    from cleanlab.count import num_label_issues
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    labels = targets.argmax(axis=1)  # (rows,)
    wrong = find_label_issues(
        labels, probabilities, filter_by="predicted_neq_given", n_jobs=1
    )
    better = np.zeros(targets.shape, np.bool_)
    better[np.arange(len(labels)), probabilities.argmax(axis=1)] = True
    quality = get_label_quality_scores(labels, probabilities)
    return wrong, quality, better, int(num_label_issues(labels, probabilities))


def _find_several(
    targets: np.ndarray, probabilities: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    from cleanlab.multilabel_classification.filter import (
        find_multilabel_issues_per_class,
    )

    labels = [np.flatnonzero(row).tolist() for row in targets]
    wrong = find_multilabel_issues_per_class(labels, probabilities, n_jobs=1)
    # A label is taken for wrong only where the other answer is likelier.
    wrong &= (probabilities > 0.5) != targets
    estimated = int(wrong.any(axis=1).sum())
    believed = np.where(targets, probabilities, 1 - probabilities)
    wrong |= believed < UNBELIEVABLE
    # The minimum, not cleanlab's moving average over the labels: of many labels that
    # fit, a sure error in one would move it little.
    quality = believed.min(axis=1)
    return wrong.any(axis=1), quality, targets ^ wrong, estimated
