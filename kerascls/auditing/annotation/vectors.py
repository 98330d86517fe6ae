"""How far rows are from each other, without a table of all pairs."""

from typing import Protocol

import numpy as np

from kerascls.models.linear.tfidf import SparseRows


class Vectors(Protocol):
    """A vector for each row.

    Attributes:
        squares: float64 `(rows,)`, the squared length of each.
    """

    squares: np.ndarray

    def products(self, row: int) -> np.ndarray:
        """Returns the dot product of every vector with one, float64 `(rows,)`."""


def squared_distances(vectors: Vectors, row: int) -> np.ndarray:
    """Returns the squared distance of every vector to one, float64 `(rows,)`."""
    squares = vectors.squares
    distances = squares + squares[row] - 2 * vectors.products(row)
    distances[row] = 0  # and nothing that rounding leaves
    return np.maximum(distances, 0)


class Dense:
    """Vectors in a matrix.

    Args:
        matrix: float32 `(rows, width)`.
    """

    def __init__(self, matrix: np.ndarray) -> None:
        self._matrix = np.asarray(matrix, np.float32)
        self.squares = np.einsum("rw,rw->r", self._matrix, self._matrix).astype(float)

    def products(self, row: int) -> np.ndarray:
        """Returns dot products, see `Vectors`."""
        return (self._matrix @ self._matrix[row]).astype(np.float64)


class Sparse:
    """Vectors of mostly zeros, as TF-IDF weights are.

    Args:
        rows: The matrix.
        width: Its columns.
    """

    def __init__(self, rows: SparseRows, width: int) -> None:
        self._rows, self._width = rows, width
        self._row_of = np.repeat(np.arange(len(rows)), np.diff(rows.offsets))
        self.squares = self._sums(rows.values**2)

    def products(self, row: int) -> np.ndarray:
        """Returns dot products, see `Vectors`."""
        of_row = slice(*self._rows.offsets[row : row + 2])
        dense = np.zeros(self._width)
        dense[self._rows.columns[of_row]] = self._rows.values[of_row]
        return self._sums(self._rows.values * dense[self._rows.columns])

    def _sums(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self._row_of, values, minlength=len(self._rows))


class Gradients:
    """The gradients of the last layer's weights, which are outer products.

    The product of two outer products is that of their factors' products, so none is
    ever made.

    Args:
        residuals: float32 `(rows, num_classes)`, of the logits.
        states: What the last layer reads.
    """

    def __init__(self, residuals: np.ndarray, states: Vectors) -> None:
        self._residuals, self._states = Dense(residuals), states
        self.squares = self._residuals.squares * states.squares

    def products(self, row: int) -> np.ndarray:
        """Returns dot products, see `Vectors`."""
        return self._residuals.products(row) * self._states.products(row)
