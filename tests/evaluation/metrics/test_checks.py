"""Arrays that metrics cannot count are refused with what was received."""

import numpy as np
import pytest

from kerascls.errors import NotFiniteError, SettingsError
from kerascls.evaluation.metrics.checks import check_decisions, check_probabilities

TRUE = np.ones((2, 3), np.bool_)


@pytest.mark.parametrize("other", [np.int64, np.float32, object])
def test_decisions_are_bool(other):
    with pytest.raises(SettingsError, match=f"dtypes=bool, {np.dtype(other)}"):
        check_decisions(TRUE, TRUE.astype(other))


@pytest.mark.parametrize("shape", [(3, 2), (2, 4), (2, 3, 1), (6,)])
def test_all_arrays_have_one_shape(shape):
    with pytest.raises(SettingsError, match=r"shapes=\(2, 3\), .*pad_columns"):
        check_decisions(TRUE, np.ones(shape, np.bool_))


@pytest.mark.parametrize("shape", [(0, 3), (2, 0), (6,), (1, 2, 3)])
def test_there_are_rows_and_labels_and_nothing_else(shape):
    with pytest.raises(SettingsError, match="neither of them 0"):
        check_decisions(np.ones(shape, np.bool_))


def test_any_number_of_decisions_is_compared():
    check_decisions(TRUE, ~TRUE, TRUE)
    with pytest.raises(SettingsError):
        check_decisions(TRUE, ~TRUE, TRUE[:1])


def test_probabilities_have_the_shape_of_the_targets():
    check_probabilities(TRUE, np.zeros((2, 3), np.float16))
    with pytest.raises(SettingsError, match=r"\(2, 3\), \(3, 2\)"):
        check_probabilities(TRUE, np.zeros((3, 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_cells_that_are_no_numbers_are_counted(bad):
    probabilities = np.zeros((2, 3))
    probabilities[0, :2] = bad
    with pytest.raises(NotFiniteError, match="in 2 of 6 cells"):
        check_probabilities(TRUE, probabilities)
