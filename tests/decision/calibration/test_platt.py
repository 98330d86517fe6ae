import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.decision.calibration.platt import fit_platt


def loss(targets, logits, slope, intercept):
    true = targets.sum()
    false = len(targets) - true
    wanted = np.where(targets, (true + 1) / (true + 2), 1 / (false + 2))
    combined = slope * logits + intercept
    return (np.logaddexp(0, combined) - wanted * combined).mean()


@settings(max_examples=60)
@given(hnp.arrays(np.int64, 12, elements=st.integers(-20, 20)), st.integers(1, 11))
def test_no_other_rising_line_fits_better(logits, true):
    targets = np.arange(12) < true
    (slope,), (intercept,) = fit_platt(targets[:, None], logits[:, None])
    assert slope > 0
    best = loss(targets, logits, slope, intercept)
    lowest = 1e-3 / logits.std() if logits.std() else slope
    for move in (0.9, 1, 1.1, 2):
        for shift in (-0.1, -0.01, 0, 0.01, 0.1):
            other = max(slope * move, lowest)
            # Turned where the logits have their middle, then shifted.
            moved = intercept + (slope - other) * logits.mean() + shift
            assert best <= loss(targets, logits, other, moved) + 1e-7


def test_labels_are_fitted_at_once_as_they_are_one_by_one():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(300, 6)) * [0.1, 1, 5, 50, 1, 1] + [0, 0, 9, 0, -5, 2]
    targets = rng.random(logits.shape) < [0.5, 0.1, 0.3, 0.2, 0.01, 0.9]
    targets[0], targets[1] = True, False
    slopes, intercepts = fit_platt(targets, logits)
    for column in range(6):
        alone = fit_platt(targets[:, [column]], logits[:, [column]])
        assert slopes[column] == pytest.approx(alone[0][0], rel=1e-4)
        assert intercepts[column] == pytest.approx(alone[1][0], rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("true", [3, 9])
def test_what_rounding_makes_of_equal_logits_is_no_difference(true):
    logits = np.full((12, 1), 0.1)
    assert (logits != logits.mean(axis=0)).all()
    targets = np.arange(12)[:, None] < true
    (slope,), (intercept,) = fit_platt(targets, logits)
    assert 0 < slope < 0.1
    wanted = (true * (true + 1) / (true + 2) + (12 - true) / (14 - true)) / 12
    given = 1 / (1 + np.exp(-(slope * 0.1 + intercept)))
    assert given == pytest.approx(wanted, rel=1e-6)


def test_the_fit_is_that_of_scikit_learn():
    from sklearn.calibration import _sigmoid_calibration

    rng = np.random.default_rng(0)
    logits = rng.normal(size=(500, 1)) * 3
    targets = rng.logistic(size=logits.shape) < logits
    slopes, intercepts = fit_platt(targets, logits)
    slope, intercept = _sigmoid_calibration(logits[:, 0], targets[:, 0])
    assert slopes[0] == pytest.approx(-slope, rel=1e-3)
    assert intercepts[0] == pytest.approx(-intercept, rel=1e-2, abs=1e-3)
