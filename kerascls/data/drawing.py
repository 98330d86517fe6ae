"""Rows drawn by lot, where a decision needs not all of them.

The first rows, or every n-th, are no sample: files are sorted by label, by language or
by source, and rows of several sources take turns.
"""

import numpy as np


def drawn_rows(num_rows: int, most: int) -> np.ndarray:
    """Returns which of some rows to look at: the same of as many, in their order.

    Args:
        num_rows: How many there are.
        most: How many to draw, at least one where there is one; of fewer, all are.

    Returns:
        int64 `(rows,)`, ascending.
    """
    if num_rows <= most:
        return np.arange(num_rows)
    order = np.random.default_rng(0).permutation(num_rows)
    return np.sort(order[: max(1, most)])


def thinned(*tables: np.ndarray, most: int) -> tuple[np.ndarray, ...]:
    """Returns the same drawn rows of tables, so that each has at most some numbers.

    Args:
        tables: Each `(rows, columns)`, of one shape; returned as they are where they
            have no more numbers.
        most: How many; one row is left in any case.
    """
    num_rows, num_columns = tables[0].shape
    if num_rows * num_columns <= most:
        return tables
    rows = drawn_rows(num_rows, most // num_columns)
    return tuple(table[rows] for table in tables)
