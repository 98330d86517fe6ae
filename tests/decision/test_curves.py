import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.decision.curves import first_true, halfway, nearest_best, sort_labels

COARSE = st.sampled_from([np.float32(v) for v in (0, 0.1, 0.3, 0.5, 0.7, 1)])


@st.composite
def judged_rows(draw):
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 3)))
    elements = draw(st.sampled_from([COARSE, st.floats(0, 1, width=32)]))
    probs = draw(hnp.arrays(np.float32, shape, elements=elements))
    return draw(hnp.arrays(np.bool_, shape)), probs


@given(judged_rows())
def test_counts_at_an_index_are_those_of_its_threshold(arrays):
    targets, probs = arrays
    curves = sort_labels(targets, probs, slice(0, probs.shape[1]))
    assert (curves.positives == targets.sum(axis=0)).all()
    for label, index in np.argwhere(curves.possible):
        threshold = curves.thresholds_at(np.array([label]), np.array([index]))
        chosen = probs[:, label] >= threshold
        assert chosen.sum() == curves.predicted[index]
        assert (chosen & targets[:, label]).sum() == curves.hits[label, index]


def test_only_the_wanted_columns_are_sorted():
    probs = np.float32([[0.9, 0.2, 0.5], [0.1, 0.8, 0.4]])
    curves = sort_labels(probs > 0.5, probs, slice(1, 3))
    assert curves.columns == slice(1, 3)
    np.testing.assert_array_equal(curves.values, np.float32([[0.2, 0.8], [0.4, 0.5]]))
    assert curves.hits.tolist() == [[1, 1, 0], [0, 0, 0]]


def test_equal_probabilities_cannot_be_parted_nor_certain_ones_excluded():
    probs = np.float32([[0.5], [0.5], [1]])
    curves = sort_labels(probs > 0.5, probs, slice(0, 1))
    assert curves.possible.tolist() == [[True, False, True, False]]


def test_zero_and_one_are_the_outermost_neighbours():
    probs = np.float32([[0.5], [0.75]])
    curves = sort_labels(probs > 0.6, probs, slice(0, 1))
    thresholds = curves.thresholds_at(np.zeros(3, int), np.arange(3))
    assert thresholds.tolist() == [0.25, 0.625, 0.875]


def test_between_neighbouring_floats_the_upper_is_taken():
    below = np.float32([0.5])
    above = np.nextafter(below, np.float32(1))
    assert halfway(below, above) == above
    assert halfway(below, below + np.float32(0.5)) == np.float32(0.75)


def test_the_first_true_entry_is_found_and_none_is_told():
    indices, reached = first_true(np.array([[0, 1, 1], [0, 0, 0]], bool))
    assert indices.tolist() == [1, 0]
    assert reached.tolist() == [True, False]


@pytest.mark.parametrize(("towards", "index"), [(0.0, 0), (0.45, 1), (1.0, 2)])
def test_of_equal_qualities_the_nearest_to_a_threshold_is_taken(towards, index):
    probs = np.float32([[0.3], [0.6]])
    curves = sort_labels(probs > 0.5, probs, slice(0, 1))
    quality = np.array([[1.0, 1 + 1e-12, 1.0]])
    assert nearest_best(curves, quality, np.float32([towards])).tolist() == [index]


def test_an_index_without_threshold_is_never_the_best():
    probs = np.float32([[0.5], [0.5], [1]])
    curves = sort_labels(probs > 0.7, probs, slice(0, 1))
    quality = np.array([[0.0, 9.0, 1.0, 9.0]])
    assert nearest_best(curves, quality, np.float32([0.5])).tolist() == [2]
