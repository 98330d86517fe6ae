"""How skewed labels are, in the numbers that are usual for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

# Least rows of a label of each bracket, the largest first.
BRACKETS = {"head": 100, "middle": 10, "tail": 0}


def bracket_of(rows: int) -> str:
    """Returns the bracket of a label with so many rows, of `BRACKETS`.

    Example:
        >>> bracket_of(99)
        'middle'
    """
    return next(name for name, least in BRACKETS.items() if rows >= least)


@dataclass(frozen=True)
class Bracket:
    """The labels with a number of rows in some range.

    Args:
        labels: How many there are.
        rows: Their rows, one of several labels counted for each.
    """

    labels: int
    rows: int


@dataclass(frozen=True)
class Imbalance:
    """How far labels are from having as many rows each.

    Args:
        ratio: Rows of the most frequent label for one of the rarest.
        mean_ratio: Mean over the labels of the rows of the most frequent for one of
            theirs, MeanIR.
        ratio_of: By label, the rows of the most frequent for one of its own, IRLbl.
        evenness: Entropy of the label of a random positive, as a share of what as
            many rows for each label would give: 1 for balanced labels.
        effective_labels: How many labels of the same frequency have that entropy.
        brackets: By name, those of `BRACKETS`.

    References:
        Charte et al., Addressing imbalance in multilabel classification (2015);
        Pielou, The measurement of diversity (1966); Hill, Diversity and evenness
        (1973).
    """

    ratio: float
    mean_ratio: float
    ratio_of: dict[str, float]
    evenness: float
    effective_labels: float
    brackets: dict[str, Bracket]

    @classmethod
    def of(cls, rows_of: Mapping[str, int]) -> "Imbalance":
        """Returns that of labels by their rows, of which each has at least one."""
        counts = np.fromiter(rows_of.values(), np.int64, len(rows_of))
        if not len(counts):
            empty = dict.fromkeys(BRACKETS, Bracket(0, 0))
            return cls(1.0, 1.0, {}, 1.0, 0.0, empty)
        ratios = counts.max() / counts
        shares = counts / counts.sum()
        entropy = float(-(shares * np.log(shares)).sum())
        most = float(np.log(len(counts)))
        return cls(
            ratio=float(ratios.max()),
            mean_ratio=float(ratios.mean()),
            ratio_of=dict(zip(rows_of, ratios.tolist(), strict=True)),
            evenness=entropy / most if most else 1.0,
            effective_labels=float(np.exp(entropy)),
            brackets=_brackets(counts),
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain JSON types."""
        return asdict(self)


def _brackets(counts: np.ndarray) -> dict[str, Bracket]:
    names = [bracket_of(rows) for rows in counts.tolist()]
    inside = {name: counts[np.array(names) == name] for name in BRACKETS}
    return {name: Bracket(len(of), int(of.sum())) for name, of in inside.items()}
