import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from metrics_cases import scored_cells

from kerascls.errors import NotFiniteError, SettingsError
from kerascls.evaluation.metrics.curves import (
    average_precision,
    precision_recall_curve_points,
    roc_auc,
)

HALF = settings(max_examples=50)


@HALF
@given(scored_cells())
def test_average_precision_equals_that_of_sklearn(cells):
    from sklearn.metrics import average_precision_score

    for target, probability, ours in zip(
        *(array.T for array in cells), average_precision(*cells), strict=True
    ):
        if target.any():
            assert ours == pytest.approx(average_precision_score(target, probability))
        else:
            assert np.isnan(ours)


@HALF
@given(scored_cells())
def test_roc_auc_equals_that_of_sklearn(cells):
    from sklearn.metrics import roc_auc_score

    for target, probability, ours in zip(
        *(array.T for array in cells), roc_auc(*cells), strict=True
    ):
        if target.any() and not target.all():
            assert ours == pytest.approx(roc_auc_score(target, probability))
        else:
            assert np.isnan(ours)


@HALF
@given(scored_cells())
def test_the_curve_equals_that_of_sklearn(cells):
    from sklearn.metrics import precision_recall_curve

    target, probability = cells[0][:, 0], cells[1][:, 0]
    ours = precision_recall_curve_points(target, probability)
    with warnings.catch_warnings(action="ignore"):
        theirs = precision_recall_curve(target, probability)
    if not target.any():
        assert np.isnan(ours[1][:-1]).all()
        ours, theirs = ours[::2], theirs[::2]
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other)


def test_undefined_classes_do_not_disturb_the_others():
    targets = np.array([[True, False, True], [False, False, True]])
    values = np.float32([[0.9, 0.5, 0.1], [0.2, 0.4, 0.3]])
    np.testing.assert_array_equal(average_precision(targets, values), [1, np.nan, 1])
    np.testing.assert_array_equal(roc_auc(targets, values), [1, np.nan, np.nan])


@pytest.mark.parametrize(
    ("targets", "values", "kind", "message"),
    [
        (np.ones((2, 2), int), np.ones((2, 2)), SettingsError, "dtypes=int64"),
        (np.ones((2, 2), bool), np.ones((2, 3)), SettingsError, r"\(2, 2\), \(2, 3\)"),
        (np.ones((0, 2), bool), np.ones((0, 2)), SettingsError, r"\(0, 2\)"),
        (np.ones((1, 2), bool), np.array([[1, np.nan]]), NotFiniteError, "1 of 2"),
    ],
)
def test_what_has_no_curve_is_an_error(targets, values, kind, message):
    with pytest.raises(kind, match=message):
        average_precision(targets, values)
