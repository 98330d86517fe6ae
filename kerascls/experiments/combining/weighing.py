"""How much each of several runs counts, by what they say of the validation rows."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kerascls.data.labels import LabelSet
from kerascls.decision.fit_decision import rule_for
from kerascls.decision.mixing import (
    fit_weights,
    likelihoods,
    log_loss,
    mix,
    select_greedily,
)
from kerascls.evaluation.metrics.scores import named_score, pad_columns, score
from kerascls.evaluation.reports.tables import number_table
from kerascls.experiments.combining.candidates import Candidate
from kerascls.experiments.combining.valid_rows import ValidRows
from kerascls.settings.decision import DecisionSettings
from kerascls.settings.training import class_of_score
from kerascls.system.console import drawn_lines

# What has less weight than this changes no label, and costs its whole time.
LEAST_WEIGHT = 1e-3
LOSS = "loss"


@dataclass(frozen=True)
class Weighed:
    """A candidate and how it does on the validation rows.

    Args:
        name: The run, as it was named.
        weight: Of its probabilities; 0 for one that is left out.
        log_loss: Of its calibrated probabilities.
        score: What runs are told apart by, of the labels that it gives.
    """

    name: str
    weight: float
    log_loss: float
    score: float

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain JSON types."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Judge:
    """Scores on the validation rows; the larger the better.

    Args:
        rows: They, with what each candidate says of them.
        decision: How labels are made of the mean of several.
        best_by: A name as of `train.best_by`.
    """

    rows: ValidRows
    decision: DecisionSettings
    best_by: str

    def check(self) -> None:
        """Refuses a score of a label that there is not.

        Raises:
            DataError: Naming the nearest label.
        """
        label = class_of_score(self.best_by)
        if label is not None:
            LabelSet(self._labels).column(label)

    @property
    def _labels(self) -> tuple[str, ...]:
        return self.rows.rows.labels[: self.rows.rows.known]

    def loss(self, probabilities: np.ndarray) -> float:
        """Returns the log loss of probabilities, float `(rows, labels)`."""
        task = self.rows.rows.task
        return log_loss(self.rows.known_targets, probabilities, task)

    def of_labels(self, probabilities: np.ndarray, chosen: np.ndarray) -> float:
        """Returns the score of labels, bool `(rows, labels)`, that were given."""
        if self.best_by == LOSS:
            return -self.loss(probabilities)
        rows = self.rows.rows
        given = pad_columns(chosen, len(rows.labels))
        return named_score(score(rows.targets, given, rows.labels), self.best_by)

    def of_mean(self, mean: np.ndarray) -> tuple[float, ...]:
        """Returns the score of a mean, and of equal ones what has the smaller loss."""
        if self.best_by == LOSS:
            return (-self.loss(mean),)
        rows, likely = self.rows.rows, mean.astype(np.float32)
        rule = rule_for(
            *(self.decision, rows.task, self._labels),
            *(self.rows.known_targets, likely),
        )
        return self.of_labels(likely, rule.apply(likely)), -self.loss(mean)


def _fitted(judge: Judge) -> np.ndarray:
    rows = judge.rows
    targets, task = rows.known_targets, rows.rows.task
    return fit_weights(likelihoods(targets, rows.probabilities, task))


def _greedy(judge: Judge) -> np.ndarray:
    return select_greedily(judge.rows.probabilities, judge.of_mean)


def _equal(judge: Judge) -> np.ndarray:
    number = len(judge.rows.probabilities)
    return np.full(number, 1 / number)


# How weights are found, the first by default.
SELECTIONS: dict[str, Callable[[Judge], np.ndarray]] = {
    "fitted": _fitted,
    "greedy": _greedy,
    "equal": _equal,
}


def weigh(
    candidates: Sequence[Candidate], judge: Judge, select: str
) -> tuple[Weighed, ...]:
    """Returns the candidates with their weights, in their order."""
    weights = SELECTIONS[select](judge)
    weights = np.where(weights < LEAST_WEIGHT, 0, weights)
    weights = weights / weights.sum()
    said = judge.rows.probabilities
    return tuple(
        Weighed(
            name=one.name,
            weight=float(weight),
            log_loss=judge.loss(of_it),
            score=judge.of_labels(of_it, one.chosen(of_it)),
        )
        for one, weight, of_it in zip(candidates, weights, said, strict=True)
    )


def mean_of(weighed: Sequence[Weighed], rows: ValidRows) -> np.ndarray:
    """Returns the mean of all, float64 `(rows, labels)`."""
    return mix(rows.probabilities, [one.weight for one in weighed])


def best_of(weighed: Sequence[Weighed]) -> int:
    """Returns which has the best score; of equal ones that with the smaller loss."""
    return max(
        range(len(weighed)),
        key=lambda number: (weighed[number].score, -weighed[number].log_loss),
    )


def weights_table(
    weighed: Sequence[Weighed], ensemble: Weighed, best_by: str, width: int
) -> str:
    """Draws how each run, and their mean, does on the validation rows."""
    headings = ["weight", "log loss", *([] if best_by == LOSS else [best_by])]
    table = number_table(*headings)
    for one in (*weighed, ensemble):
        if one is ensemble:
            table.add_section()
        weight = "" if one is ensemble else f"{one.weight:.3f}"
        numbers = [weight, f"{one.log_loss:.4f}", f"{one.score:.4f}"]
        table.add_row(one.name, *numbers[: len(headings)])
    return "\n".join(drawn_lines(table, width))
