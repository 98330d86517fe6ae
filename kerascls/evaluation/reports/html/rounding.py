"""Arrays as short JSON numbers: a page must stay small, and has no NaN."""

from collections.abc import Iterable

import numpy as np


def rounded(values: Iterable[float], digits: int = 4) -> list[float | None]:
    """Returns numbers rounded, None for those that are not finite."""
    found = np.asarray(list(values), np.float64)
    return [
        round(value, digits) if np.isfinite(value) else None for value in found.tolist()
    ]


def shortest(values: np.ndarray) -> list[float]:
    """Returns float32 numbers with as few digits as tell them apart, 0.1 as 0.1."""
    return [float(str(value)) for value in values.astype(np.float32)]
