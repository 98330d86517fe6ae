"""Ways to choose labels out of rows of probabilities, vectorised over the rows."""

import numpy as np

ROUNDING = 1e-6


def top_k(probabilities: np.ndarray, k: int) -> np.ndarray:
    """Chooses the k likeliest labels; of equally likely ones the first columns.

    Args:
        probabilities: float `(rows, num_classes)`.
        k: At least 1; all labels where there are fewer.

    Returns:
        bool `(rows, num_classes)`, exactly `min(k, num_classes)` true in each row.
    """
    chosen = np.zeros(probabilities.shape, np.bool_)
    if k == 1:
        columns = probabilities.argmax(axis=1)[:, None]  # (rows, 1)
    else:
        columns = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    np.put_along_axis(chosen, columns, True, axis=1)
    return chosen


def smallest_sets(probabilities: np.ndarray, mass: float) -> np.ndarray:
    """Chooses for each row the fewest labels whose share of its sum reaches `mass`.

    Labels are taken by falling probability until their sum is at least `mass` times
    the sum of the row. Rows of zeros get none.

    Args:
        probabilities: float `(rows, num_classes)`, not negative.
        mass: Above 0, at most 1.

    Returns:
        bool `(rows, num_classes)`.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=1).astype(np.float64)
    sums = np.cumsum(falling, axis=1)
    before = np.pad(sums[:, :-1], ((0, 0), (1, 0)))
    chosen = np.zeros(probabilities.shape, np.bool_)
    # Short of it by the rounding of float32 is enough.
    wanted = mass * sums[:, -1:] * (1 - ROUNDING)
    np.put_along_axis(chosen, order, before < wanted, axis=1)
    return chosen


def least_cost(probabilities: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """Chooses the one label with the least expected cost; of equal ones the likeliest.

    Args:
        probabilities: float `(rows, num_classes)`, each row sums to 1.
        costs: float64 `(num_classes, num_classes)`, `costs[true, predicted]`.

    Returns:
        bool `(rows, num_classes)`, one true in each row.
    """
    expected = probabilities.astype(np.float64) @ costs
    # Sums in another order differ in their last digits: such costs count as equal.
    least = expected <= expected.min(axis=1, keepdims=True) * (1 + 1e-12)
    return top_k(np.where(least, probabilities, -1), 1)


def limit(
    chosen: np.ndarray, probabilities: np.ndarray, least: int, most: int
) -> np.ndarray:
    """Adds the likeliest other labels, or keeps the likeliest chosen ones.

    Args:
        chosen: bool `(rows, num_classes)`.
        probabilities: float `(rows, num_classes)`.
        least: Labels a row gets at least, if there are so many.
        most: Labels a row gets at most.

    Returns:
        bool `(rows, num_classes)`; rows within the limits are as they were.
    """
    counts = np.count_nonzero(chosen, axis=1)
    wrong = np.flatnonzero((counts < least) | (counts > most))
    # The last key counts most: chosen labels first, each group by probability.
    order = np.lexsort((-probabilities[wrong], ~chosen[wrong]), axis=1)
    wanted = np.clip(counts[wrong], least, most)[:, None]
    limited = np.zeros((len(wrong), chosen.shape[1]), np.bool_)
    np.put_along_axis(limited, order, np.arange(chosen.shape[1]) < wanted, axis=1)
    result = chosen.copy()
    result[wrong] = limited
    return result
