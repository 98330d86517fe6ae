import numpy as np
import pytest

from kerascls.decision.selection import least_cost, limit, smallest_sets, top_k

ROW = np.float32([[0.2, 0.4, 0.4]])


@pytest.mark.parametrize("k", [1, 2, 3, 9])
def test_of_equally_likely_labels_the_first_columns_are_taken(k):
    order = [1, 2, 0]
    assert top_k(ROW, k)[0, order].tolist() == [index < k for index in range(3)]


def test_a_set_ends_with_the_label_that_reaches_the_mass():
    assert smallest_sets(ROW, 0.4).tolist() == [[False, True, False]]
    assert smallest_sets(ROW, 0.41).tolist() == [[False, True, True]]
    assert smallest_sets(ROW, 1.0).all()


def test_of_equal_costs_the_likeliest_label_is_taken():
    probs = np.float32([[0.3, 0.7]])
    assert least_cost(probs, np.zeros((2, 2))).tolist() == [[False, True]]
    # Costs that are equal but for the rounding of their sums.
    costs = np.array([[0.1 + 0.2, 0.3], [0.3, 0.3]])
    assert least_cost(probs, costs).tolist() == [[False, True]]


@pytest.mark.parametrize(
    ("chosen", "least", "most", "expected"),
    [
        ([0, 0, 0], 2, 3, [0, 1, 1]),
        ([1, 0, 0], 2, 3, [1, 1, 0]),
        ([1, 1, 1], 0, 1, [0, 1, 0]),
        ([1, 0, 0], 1, 1, [1, 0, 0]),
        ([0, 0, 0], 9, 9, [1, 1, 1]),
    ],
)
def test_a_row_gets_the_likeliest_others_or_keeps_its_likeliest(
    chosen, least, most, expected
):
    before = np.array([chosen], bool)
    result = limit(before, ROW, least, most)
    assert result.tolist() == [[bool(value) for value in expected]]
    assert before.tolist() == [[bool(value) for value in chosen]]
