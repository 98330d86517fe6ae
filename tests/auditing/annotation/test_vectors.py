"""Distances of rows are those of their vectors, in whatever form these are held."""

import numpy as np
import pytest

from kerascls.auditing.annotation.vectors import (
    Dense,
    Gradients,
    Sparse,
    squared_distances,
)
from kerascls.models.linear.tfidf import SparseRows

MATRIX = np.float32([[1, 0, 2], [0, 0, 0], [0, 3, 0], [1, 0, 2]])


def sparse() -> Sparse:
    columns = np.array([0, 2, 1, 0, 2], np.int32)
    values = np.array([1.0, 2, 3, 1, 2])
    return Sparse(SparseRows(np.array([0, 2, 2, 3, 5]), columns, values), 3)


def expected(matrix, row):
    return ((matrix - matrix[row]) ** 2).sum(axis=1)


@pytest.mark.parametrize("make", [lambda: Dense(MATRIX), sparse])
@pytest.mark.parametrize("row", range(4))
def test_distances_are_those_of_the_matrix(make, row):
    found = squared_distances(make(), row)
    np.testing.assert_allclose(found, expected(MATRIX, row), atol=1e-5)
    assert found[row] == 0


def test_gradients_are_outer_products_that_are_never_made():
    random = np.random.default_rng(0)
    residuals = random.normal(size=(5, 4)).astype(np.float32)
    states = random.normal(size=(5, 3)).astype(np.float32)
    outer = np.einsum("rl,rw->rlw", residuals, states).reshape(5, -1)
    for row in range(5):
        found = squared_distances(Gradients(residuals, Dense(states)), row)
        np.testing.assert_allclose(found, expected(outer, row), atol=1e-4)


def test_rounding_makes_no_negative_distance():
    far = Dense(np.full((3, 50), 1000.1, np.float32))
    assert (squared_distances(far, 1) >= 0).all()
