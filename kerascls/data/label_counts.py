"""How many training rows have each label."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from kerascls.data.targets import Targets


@dataclass(frozen=True, eq=False)
class LabelCounts:
    """How many rows there are, and how many of them have each label.

    Of training rows alone: what others have is not known in training.

    Args:
        num_rows: Rows, those without a label included.
        positives: int64 `(num_classes,)`, rows that have each label; 0 where none has.
    """

    num_rows: int
    positives: np.ndarray

    @classmethod
    def of(cls, targets: Targets) -> Self:
        """Counts the labels of rows."""
        positives = np.bincount(targets.columns, minlength=targets.num_classes)
        return cls(len(targets), positives.astype(np.int64))

    @property
    def negatives(self) -> np.ndarray:
        """Rows that lack each label, int64 `(num_classes,)`."""
        return self.num_rows - self.positives

    @property
    def shares(self) -> np.ndarray:
        """Share of rows that have each label, float64 `(num_classes,)`.

        Never quite 0 or 1, whose logits are infinite: half a row more has each label,
        and half a row more lacks it.
        """
        return (self.positives + 0.5) / (self.num_rows + 1)
