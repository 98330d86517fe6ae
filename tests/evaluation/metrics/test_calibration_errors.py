import numpy as np
import pytest
from hypothesis import given, settings
from metrics_cases import scored_cells, single_labels

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.calibration_errors import (
    brier_score,
    label_brier_scores,
    label_calibration_errors,
    reliability,
)

HALF = settings(max_examples=50)


@HALF
@given(scored_cells())
def test_brier_scores_equal_those_of_sklearn(cells):
    from sklearn.metrics import brier_score_loss

    theirs = [
        brier_score_loss(target, probability.astype(float), labels=[False, True])
        for target, probability in zip(cells[0].T, cells[1].T, strict=True)
    ]
    np.testing.assert_allclose(label_brier_scores(*cells), theirs, atol=1e-12)
    assert brier_score(*cells) == pytest.approx(np.mean(theirs))


@HALF
@given(single_labels())
def test_the_brier_score_of_one_label_a_row_is_the_original_one(rows):
    targets, values = rows
    expected = np.square(values - targets).sum(axis=1).mean()
    assert brier_score(*rows, task="multiclass") == pytest.approx(expected)


@HALF
@given(scored_cells())
def test_bins_equal_those_of_sklearn(cells):
    from sklearn.calibration import calibration_curve

    ours = reliability(*cells, bins=10)
    filled = ours.counts > 0
    frequency, confidence = calibration_curve(
        cells[0].ravel().astype(int), cells[1].ravel(), n_bins=10
    )
    np.testing.assert_allclose(ours.frequency[filled], frequency)
    np.testing.assert_allclose(ours.confidence[filled], confidence, atol=1e-7)
    assert np.isnan(ours.frequency[~filled]).all()
    assert ours.counts.sum() == cells[0].size


def test_the_error_is_the_distance_weighted_by_counts():
    targets = np.array([[True], [False], [True], [True]])
    values = np.float32([[0.6], [0.7], [0.2], [0.25]])
    expected = (2 * abs(0.65 - 0.5) + 2 * abs(0.225 - 1)) / 4
    assert reliability(targets, values, 2).error == pytest.approx(expected)


def test_each_label_has_its_own_error():
    targets = np.array([[True, False], [True, True]])
    values = np.float32([[1, 0.5], [1, 0.5]])
    assert label_calibration_errors(targets, values).tolist() == [0, 0]
    assert label_calibration_errors(targets, values[:, ::-1]).tolist() == [0.5, 0.5]


def test_multiclass_looks_at_the_likeliest_label():
    targets = np.array([[True, False, False], [False, False, True]])
    values = np.float32([[0.75, 0.125, 0.125], [0.75, 0.25, 0]])
    found = reliability(targets, values, 4, task="multiclass")
    assert found.counts.tolist() == [0, 0, 2, 0]
    assert (found.confidence[2], found.frequency[2], found.error) == (0.75, 0.5, 0.25)


@pytest.mark.parametrize(
    ("values", "bins", "message"),
    [([[0.5]], 0, "bins=0"), ([[-3.0]], 5, "from -3 to -3. Turn logits")],
)
def test_what_has_no_bin_is_an_error(values, bins, message):
    with pytest.raises(SettingsError, match=message):
        reliability(np.array([[True]]), np.float32(values), bins)
