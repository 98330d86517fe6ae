"""What a wrong decision costs, and files that say so."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from kerascls.data.labels import LabelSet
from kerascls.data.readers import Record, read_columns, read_records
from kerascls.decision.curves import Choice, Curves, nearest_best
from kerascls.errors import DataError

_PER_LABEL = ("label", "false_positive", "false_negative")


@dataclass(frozen=True, eq=False)
class LabelCosts:
    """Multi-label: what a label given wrongly costs, and one that was missed.

    Args:
        false_positive: float64 `(num_classes,)`, not negative.
        false_negative: The same; never both 0.
    """

    false_positive: np.ndarray
    false_negative: np.ndarray
    shrinkage: ClassVar[float] = 10.0

    @property
    def thresholds(self) -> np.ndarray:
        """Where true probabilities make giving and leaving out cost the same.

        fp / (fp + fn), float32 `(num_classes,)`: Elkan, "The foundations of
        cost-sensitive learning" (2001), equation 2.
        """
        total = self.false_positive + self.false_negative
        return (self.false_positive / total).astype(np.float32)

    def default(self, targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        return self.thresholds

    def choose(self, curves: Curves, towards: np.ndarray) -> Choice:
        # By the larger of the two, so that what counts as equal has no unit.
        largest = np.maximum(self.false_positive, self.false_negative)
        wrong = (self.false_positive / largest)[curves.columns, None]
        missed = (self.false_negative / largest)[curves.columns, None]
        gain = (wrong + missed) * curves.hits - wrong * curves.predicted
        indices = nearest_best(curves, gain, towards)
        return indices, np.ones(len(indices), np.bool_)

    def settle(self, curves: Curves, own: np.ndarray, shrunk: np.ndarray) -> np.ndarray:
        return shrunk


@dataclass(frozen=True)
class CostMatrix:
    """Multi-class: `costs[true][predicted]`."""

    costs: tuple[tuple[float, ...], ...]


def read_costs(path: str | Path, labels: Sequence[str]) -> LabelCosts | CostMatrix:
    """Reads costs from a file of any format of labelled text.

    Multi-label: columns `label`, `false_positive`, `false_negative`. Multi-class: a
    first column, `true` for example, with the true label of each row, and a column
    for each label that may be given.

    Args:
        path: The table; every label has exactly one row.
        labels: Names of the labels, in the order of the columns of probabilities.

    Returns:
        A `LabelCosts` or a `CostMatrix`, as the columns say.

    Raises:
        DataError: When a column, label or cost is missing or wrong, with its line.

    Example:
        >>> read_costs("costs.csv", ("体育", "汽车")).thresholds
    """
    if not Path(path).is_file():
        raise DataError(
            f"Expected a file of costs. Received: {str(path)!r}, which is none. "
            "Correct the name behind cost:."
        )
    first, *others = read_columns(path)
    label_set = LabelSet(tuple(labels))
    if {first, *others} == set(_PER_LABEL):
        table = _read_table(path, label_set, "label", _PER_LABEL[1:])
        for record, costs in table.values():
            if not sum(costs):
                _fail(path, record, "both costs are 0, so nothing can be decided")
        return LabelCosts(*np.array([table[name][1] for name in label_set]).T)
    if set(others) == set(label_set):
        table = _read_table(path, label_set, first, label_set.names)
        return CostMatrix(tuple(table[name][1] for name in label_set))
    missing = sorted(set(label_set) - set(others))[:10]
    unknown = sorted(set(others) - set(label_set))[:10]
    raise DataError(
        f"Expected the columns {', '.join(_PER_LABEL)} (multi-label), or one with "
        f"the true labels and one for each label (multi-class). Received: "
        f"{str(path)!r}; for multi-class columns are missing: {missing}, and unknown: "
        f"{unknown}. Correct its header."
    )


def _read_table(
    path: str | Path, labels: LabelSet, key: str, columns: Sequence[str]
) -> dict[str, tuple[Record, tuple[float, ...]]]:
    table = {}
    for record in read_records(path):
        name = str(record.fields.get(key, ""))
        try:
            labels.column(name)
        except DataError as error:
            raise DataError(f"{path}:{record.line}: {error}") from error
        if name in table:
            _fail(path, record, f"the costs of {name!r} are there twice")
        table[name] = record, tuple(_cost(path, record, column) for column in columns)
    if missing := [name for name in labels if name not in table]:
        raise DataError(
            f"Expected a row with costs for each of {len(labels)} labels. Received: "
            f"{str(path)!r} without {', '.join(map(repr, missing[:10]))}"
            f"{', ...' if len(missing) > 10 else ''}. Add them."
        )
    return table


def _cost(path: str | Path, record: Record, column: str) -> float:
    cell: Any = record.fields.get(column)
    try:
        cost = float(cell)
    except (TypeError, ValueError):
        cost = math.nan
    if not 0 <= cost < math.inf:
        _fail(path, record, f"column {column!r} holds {cell!r}")
    return cost


def _fail(path: str | Path, record: Record, reason: str) -> None:
    raise DataError(
        f"{path}:{record.line}: Expected every cost to be a number from 0 on. "
        f"Received: {reason}. Correct that line."
    )
