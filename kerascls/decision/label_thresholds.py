"""Fits a threshold for each label on validation data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.activations import check_rows
from kerascls.decision.costs import CostMatrix
from kerascls.decision.curves import sort_labels
from kerascls.decision.global_threshold import OBJECTIVES, fit_threshold
from kerascls.decision.objectives import LabelObjective, parse_objective
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError

# Numbers handled at once: fewer cost overhead, more leave the cache.
_CHUNK = 2**21
# Logits beyond this are no different threshold, but would outweigh all others.
_LARGEST_LOGIT = 16.0


@dataclass(frozen=True, eq=False)
class FittedRule:
    """A rule, and what is to be known about how it was fitted.

    Args:
        rule: How probabilities become labels.
        default: float32 `(num_classes,)`, the thresholds that labels were shrunk
            towards and that those without a positive keep. None for rules that have
            no threshold for each label.
        positives: int64 `(num_classes,)`, validation rows that have the label.
        unreached: bool `(num_classes,)`, labels that miss the target (of precision)
            at every threshold.
    """

    rule: Rule
    default: np.ndarray | None
    positives: np.ndarray
    unreached: np.ndarray

    @property
    def without_positives(self) -> np.ndarray:
        """Labels nothing could be fitted for, bool `(num_classes,)`."""
        return self.positives == 0


def fit_rule(
    targets: np.ndarray,
    probabilities: np.ndarray,
    objective: str | LabelObjective | CostMatrix = "f1",
    *,
    task: Task = Task.MULTILABEL,
    labels: Sequence[str] | None = None,
    shrinkage: float | None = None,
    default: float | None = None,
) -> FittedRule:
    """Fits the rule that is best for an objective on these rows.

    A threshold of its own is searched for each label, by one sort. A label with few
    positives has few thresholds to choose from and takes the luckiest, so its own is
    shrunk towards a default, which is the best one for all labels:

        logit(threshold) = (n logit(own) + s logit(default)) / (n + s)

    where n is the number of positives and s the `shrinkage`: as if the default had
    been found on s positives. It is done in logits because the probabilities of rare
    labels crowd near 0, where a mean of probabilities would be but the larger of the
    two. The default is the threshold with the best macro F-beta, or the best for
    precision or recall when all labels are taken together as if they were one, or for
    costs fp / (fp + fn) of each label.

    Labels without a positive keep the default. Where a precision is reached nowhere
    the label is flagged as `unreached`; see `PrecisionAt`.

    Args:
        targets: bool `(rows, num_classes)`, validation rows, never test rows.
        probabilities: float32 `(rows, num_classes)`, from 0 to 1.
        objective: As `parse_objective` reads it, or what that returns.
        task: `"multiclass"` takes costs only: a matrix.
        labels: Names of the columns, needed for `"cost:FILE"`.
        shrinkage: s above; 0 leaves each label its own threshold. By default that of
            the objective: 200 for F-beta, else 10.
        default: The threshold to shrink towards, instead of the fitted one. For the
            sake of micro-F1 give that of `fit_threshold(..., "micro_f1")`.

    Returns:
        A `FittedRule`.

    Raises:
        SettingsError: When an argument has no meaning, or task and objective do not
            go together.
        NotFiniteError: When a probability is not a finite number.
        DataError: When a file of costs cannot be used.

    References:
        Lipton, Elkan, Narayanaswamy: "Optimal thresholding of classifiers to maximize
        F1 measure" (2014), on how thresholds of rare labels overfit.
    """
    if isinstance(objective, str):
        objective = parse_objective(objective, labels)
    _check_task(objective, Task(task))
    if shrinkage is None:
        shrinkage = getattr(objective, "shrinkage", 0)
    probabilities = _checked(targets, probabilities, shrinkage)
    positives = np.count_nonzero(targets, axis=0)
    if isinstance(objective, CostMatrix | str):
        rule = _rule_of_all(targets, probabilities, objective)
        return FittedRule(rule, None, positives, np.zeros(len(positives), np.bool_))
    shared: float | np.ndarray
    if default is None:
        shared = objective.default(targets, probabilities)
    else:
        Rule("threshold", default)  # refuses what is no threshold
        shared = default
    towards = np.broadcast_to(np.float32(shared), len(positives))
    thresholds, reached = _own(
        targets, probabilities, objective, towards, positives, shrinkage
    )
    thresholds = np.where(positives > 0, thresholds, towards)
    rule = Rule("threshold", thresholds=tuple(thresholds.tolist()))
    return FittedRule(rule, towards, positives, ~reached & (positives > 0))


def _rule_of_all(
    targets: np.ndarray, probabilities: np.ndarray, objective: CostMatrix | str
) -> Rule:
    if isinstance(objective, str):
        return fit_threshold(targets, probabilities, objective)
    rule = Rule("cost", costs=objective.costs)
    rule.apply(probabilities[:0])  # refuses costs of another number of labels
    return rule


def _own(
    targets: np.ndarray,
    probabilities: np.ndarray,
    objective: LabelObjective,
    towards: np.ndarray,
    positives: np.ndarray,
    shrinkage: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the shrunk threshold of each label and whether it is good enough."""
    thresholds, reached = towards.copy(), np.ones(len(positives), np.bool_)
    width = max(1, _CHUNK // max(1, len(targets)))
    for start in range(0, len(positives) if len(targets) else 0, width):
        columns = slice(start, start + width)
        curves = sort_labels(targets, probabilities, columns)
        indices, reached[columns] = objective.choose(curves, towards[columns])
        own = curves.thresholds_at(np.arange(len(indices)), indices)
        if shrinkage:
            shrunk = shrink(own, towards[columns], positives[columns], shrinkage)
            own = objective.settle(curves, own, shrunk)
        thresholds[columns] = own
    return thresholds, reached


def shrink(
    own: np.ndarray, towards: np.ndarray, positives: np.ndarray, shrinkage: float
) -> np.ndarray:
    """Moves thresholds towards others, in logits, the more the fewer positives.

    All are `(labels,)`, thresholds from 0 to 1; for `shrinkage`, above 0, and the
    formula see `fit_rule`. Returns float32.
    """
    weight = positives / (positives + shrinkage)
    logits = weight * _logit(own) + (1 - weight) * _logit(towards)
    return (1 / (1 + np.exp(-logits))).astype(np.float32)


def _logit(shares: np.ndarray) -> np.ndarray:
    shares = np.asarray(shares, np.float64)
    with np.errstate(divide="ignore"):
        logits = np.log(shares) - np.log1p(-shares)
    return np.clip(logits, -_LARGEST_LOGIT, _LARGEST_LOGIT)


def _check_task(objective: str | LabelObjective | CostMatrix, task: Task) -> None:
    if (task is Task.MULTICLASS) != isinstance(objective, CostMatrix):
        raise SettingsError(
            "A multi-class rule is fitted for a matrix of costs, a multi-label rule "
            f"for one of {', '.join(OBJECTIVES)}, f1, precision@, recall@ or costs of "
            f"each label. Received: task={task.value!r}, objective={objective!r:.200}. "
            "Give a file of costs in the form of the task, or for multi-class none: "
            "the likeliest label is best for accuracy."
        )


def _checked(
    targets: np.ndarray, probabilities: np.ndarray, shrinkage: float
) -> np.ndarray:
    probabilities = check_rows(targets, probabilities, "probabilities")
    low, high = probabilities.min(initial=0), probabilities.max(initial=1)
    if low < 0 or high > 1:
        raise SettingsError(
            f"Probabilities are from 0 to 1. Received: values from {low} to {high}. "
            "Turn logits into probabilities first."
        )
    if not 0 <= shrinkage < np.inf:
        raise SettingsError(
            "Shrinkage is a number of positives, from 0 on. Received: "
            f"shrinkage={shrinkage!r}. Give 0 for none."
        )
    return probabilities
