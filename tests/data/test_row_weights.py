"""Weights of rows, by those of their labels."""

import numpy as np
import pytest

from kerascls.data.labels import LabelSet
from kerascls.data.row_weights import row_weights
from kerascls.errors import DataError

LABELS = LabelSet(("a", "b", "c"))
TARGETS = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]], bool)


def test_a_row_has_the_mean_weight_of_its_labels_scaled_to_a_mean_of_one():
    found = row_weights(TARGETS, LABELS, {"a": 3.0})
    np.testing.assert_allclose(found, np.array([3, 1, 2, 1]) / 1.75)
    assert found.dtype == np.float32


def test_weights_have_a_mean_of_one_over_the_rows_of_an_epoch():
    drawn = np.array([0, 0, 0, 1, 2])
    found = row_weights(TARGETS, LABELS, {"a": 3.0}, drawn)
    np.testing.assert_allclose(found, np.array([3, 1, 2, 1]) / (12 / 5))
    assert found[drawn].mean() == pytest.approx(1)


def test_equal_weights_change_nothing():
    weights = dict.fromkeys(LABELS, 5.0)
    np.testing.assert_allclose(row_weights(TARGETS[:3], LABELS, weights), 1)


def test_labels_that_training_lacked_count_as_one():
    wide = np.pad(TARGETS, [(0, 0), (0, 1)])
    wide[3, 3] = True
    found = row_weights(wide, LABELS, {"a": 3.0})
    np.testing.assert_allclose(found, np.array([3, 1, 2, 1]) / 1.75)


def test_an_unknown_label_is_refused():
    with pytest.raises(DataError, match="label='d'"):
        row_weights(TARGETS, LABELS, {"d": 2.0})
