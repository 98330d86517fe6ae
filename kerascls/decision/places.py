"""Places in sorted probabilities, searched for all labels at once."""

import numpy as np

from kerascls.decision.curves import Curves

# Qualities that are this close are one value that was rounded twice.
_SAME = 1e-9


def first_place(wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the first true place of each row and whether there is one.

    Args:
        wanted: bool `(labels, places)`.

    Returns:
        int `(labels,)`, 0 where there is none, and bool `(labels,)`.
    """
    places = wanted.argmax(axis=1)
    return places, wanted[np.arange(len(wanted)), places]


def nearest_best_place(
    curves: Curves, quality: np.ndarray, towards: np.ndarray
) -> np.ndarray:
    """Returns the place of the highest quality; of equals that nearest to a threshold.

    Args:
        curves: Of some labels.
        quality: float64 `(labels, rows + 1)`; changed where no threshold is possible.
        towards: float32 `(labels,)`.

    Returns:
        int `(labels,)`.
    """
    quality[~curves.possible] = -np.inf
    best = quality >= quality.max(axis=1, keepdims=True) - _SAME
    labels, places = np.nonzero(best)
    distances = np.abs(curves.thresholds_at(labels, places) - towards[labels])
    order = np.lexsort((distances, labels))
    return places[order][np.searchsorted(labels, np.arange(len(towards)))]
