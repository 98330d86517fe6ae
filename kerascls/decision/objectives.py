"""What the threshold of each label is fitted for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from kerascls.data.drawing import thinned
from kerascls.decision.costs import CostMatrix, read_costs
from kerascls.decision.curves import (
    Choice,
    Curves,
    first_true,
    nearest_best,
    sort_labels,
)
from kerascls.decision.global_threshold import (
    DEFAULT_THRESHOLD,
    OBJECTIVES,
    macro_threshold,
)
from kerascls.errors import SettingsError

# A count that is this close to what is asked is short of it by rounding only.
_ROUNDING = 1e-9


class LabelObjective(Protocol):
    """Chooses an index in the curve of each label; see `Curves`.

    `shrinkage` is how many positives the default counts, unless it is stated.
    """

    shrinkage: ClassVar[float]

    def default(
        self, targets: np.ndarray, probabilities: np.ndarray
    ) -> float | np.ndarray:
        """Returns the threshold that labels are shrunk towards, or one for each."""

    def choose(self, curves: Curves, towards: np.ndarray) -> Choice:
        """Returns the best index of each label, and whether it is good enough.

        Args:
            curves: Of some labels.
            towards: float32 `(labels,)`; of equally good thresholds the nearest to it
                is taken.
        """

    def settle(self, curves: Curves, own: np.ndarray, shrunk: np.ndarray) -> np.ndarray:
        """Returns the thresholds to take: of the best ones and the shrunk ones."""


@dataclass(frozen=True)
class FBeta:
    """F-beta: recall counts `beta` times as much as precision.

    The default is the one threshold with the best macro F-beta. It counts much, for
    F is flat around its maximum: where that lies among a hundred positives is mostly
    luck. Under cross-validation on the validation parts of six sets
    (benchmarks/tuning.py) 200 was the smallest of the strengths tried that cost no
    set more than .005 micro-F1 against the threshold shrunk towards, be that the one
    for macro-F1 or for micro-F1.
    """

    beta: float = 1.0
    shrinkage: ClassVar[float] = 200.0

    def default(self, targets: np.ndarray, probabilities: np.ndarray) -> float:
        return macro_threshold(targets, probabilities, self.beta)

    def choose(self, curves: Curves, towards: np.ndarray) -> Choice:
        weight = self.beta**2
        wanted = weight * curves.positives[:, None]  # (labels, 1)
        quality = curves.hits / np.maximum(curves.predicted + wanted, 1)
        indices = nearest_best(curves, quality * (1 + weight), towards)
        return indices, np.ones(len(indices), np.bool_)

    def settle(self, curves: Curves, own: np.ndarray, shrunk: np.ndarray) -> np.ndarray:
        return shrunk


@dataclass(frozen=True)
class PrecisionAt:
    """The lowest threshold, so the best recall, with at least this precision.

    Where no threshold reaches it, the one with the highest precision is taken, of
    equals the lowest, and the label is flagged. Shrinkage only raises a threshold, to
    the next that keeps the precision on these rows.
    """

    target: float
    shrinkage: ClassVar[float] = 10.0

    def default(self, targets: np.ndarray, probabilities: np.ndarray) -> float:
        return pooled_threshold(self, targets, probabilities)

    def choose(self, curves: Curves, towards: np.ndarray) -> Choice:
        indices, reached = first_true(self._enough(curves))
        precision = curves.hits / np.maximum(curves.predicted, 1)
        precision[~curves.possible] = -1
        precision[:, -1] = -1
        return np.where(reached, indices, precision.argmax(axis=1)), reached

    def settle(self, curves: Curves, own: np.ndarray, shrunk: np.ndarray) -> np.ndarray:
        start = (curves.values < shrunk[:, None]).sum(axis=1)
        enough = self._enough(curves)
        enough &= np.arange(enough.shape[1]) >= start[:, None]
        indices, reached = first_true(enough)
        raised = curves.thresholds_at(np.arange(len(own)), indices)
        raised = np.where(indices == start, shrunk, raised)
        return np.where(reached & (shrunk > own), raised, own)

    def _enough(self, curves: Curves) -> np.ndarray:
        enough = curves.hits >= self.target * curves.predicted - _ROUNDING
        enough &= curves.possible
        enough[:, -1] = False
        return enough


@dataclass(frozen=True)
class RecallAt:
    """The highest threshold, so the best precision, that keeps this recall.

    The lowest threshold has recall 1, so that every target is reached. Shrinkage only
    lowers a threshold, which keeps the recall on these rows.
    """

    target: float
    shrinkage: ClassVar[float] = 10.0

    def default(self, targets: np.ndarray, probabilities: np.ndarray) -> float:
        return pooled_threshold(self, targets, probabilities)

    def choose(self, curves: Curves, towards: np.ndarray) -> Choice:
        wanted = self.target * curves.positives[:, None] - _ROUNDING  # (labels, 1)
        enough = (curves.hits >= wanted) & curves.possible
        from_the_end, reached = first_true(enough[:, ::-1])
        return enough.shape[1] - 1 - from_the_end, reached

    def settle(self, curves: Curves, own: np.ndarray, shrunk: np.ndarray) -> np.ndarray:
        return np.minimum(own, shrunk)


def parse_objective(
    objective: str, labels: Sequence[str] | None = None
) -> str | LabelObjective | CostMatrix:
    """Reads what thresholds are fitted for.

    Args:
        objective: `"macro_f1"` or `"micro_f1"` for one threshold for all labels;
            `"f1"`, `"f0.5"` or another F-beta, `"precision@0.95"`, `"recall@0.9"`, or
            `"cost:FILE"` (see `read_costs`) for one for each label.
        labels: Names of the columns, needed for `"cost:FILE"`.

    Returns:
        One of `OBJECTIVES` as it is, else what chooses the thresholds.

    Raises:
        SettingsError: When there is no such objective.
        DataError: When a file of costs cannot be used.
    """
    if objective in OBJECTIVES:
        return objective
    if objective.startswith("cost:"):
        if labels is None:
            raise SettingsError(
                "Costs are stated by label name. Received: "
                f"objective={objective!r} and no labels. Give `labels=`."
            )
        return read_costs(Path(objective.removeprefix("cost:")), labels)
    if match := re.fullmatch(r"f(\d*\.?\d+)", objective):
        if (beta := float(match[1])) > 0:
            return FBeta(beta)
    if match := re.fullmatch(r"(precision|recall)@(\d*\.?\d+)", objective):
        if 0 < (target := float(match[2])) <= 1:
            return PrecisionAt(target) if match[1] == "precision" else RecallAt(target)
    raise SettingsError(
        f"Expected an objective: {', '.join(OBJECTIVES)}, f1, f0.5, f2, "
        "precision@0.95, recall@0.9 (above 0, at most 1) or cost:FILE. "
        f"Received: objective={objective!r}. Choose one of them."
    )


_LARGE = 2**24


def pooled_threshold(
    objective: LabelObjective, targets: np.ndarray, probabilities: np.ndarray
) -> float:
    """Returns the best threshold for the labels pooled; .5 when none is true anywhere.

    Above 16 million numbers, rows drawn by lot are looked at, unless no label is true
    in any of them.

    Args:
        objective: What the threshold is for.
        targets: bool `(rows, num_classes)`.
        probabilities: float32 `(rows, num_classes)`, from 0 to 1.
    """
    if not targets.any():
        return DEFAULT_THRESHOLD
    truth, pooled = thinned(targets, probabilities, most=_LARGE)
    if not truth.any():
        truth, pooled = targets, probabilities
    truth, pooled = truth.reshape(-1, 1), pooled.reshape(-1, 1)
    curves = sort_labels(truth, pooled, slice(0, 1))
    indices, _ = objective.choose(curves, np.full(1, DEFAULT_THRESHOLD, np.float32))
    return float(curves.thresholds_at(np.zeros(1, np.int64), indices)[0])
