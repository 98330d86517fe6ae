"""One score over several runs."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """One score over several runs.

    Args:
        name: A label, whose F1 it is, or the average or accuracy.
        values: One for each run, in their order; None for a class that is neither
            true nor predicted there.
        is_class: Whether it is about one label.
    """

    name: str
    values: tuple[float | None, ...]
    is_class: bool

    @property
    def known(self) -> list[float]:
        """The values that there are."""
        return [value for value in self.values if value is not None]

    @property
    def mean(self) -> float | None:
        """Mean of the known values."""
        return float(np.mean(self.known)) if self.known else None

    @property
    def std(self) -> float | None:
        """Standard deviation of a run (n - 1), from two known values on."""
        return float(np.std(self.known, ddof=1)) if len(self.known) > 1 else None
