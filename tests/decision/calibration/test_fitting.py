import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.decision.calibration import Calibration, fit_calibration
from kerascls.errors import NotFiniteError, SettingsError

FLOAT32 = st.floats(-(2.0**127), 2.0**127, width=32)
SMALL = st.floats(-9, 9, width=32)
KINDS = ["temperature", "platt", "isotonic"]


@st.composite
def judged_logits(draw, elements=FLOAT32):
    shape = (draw(st.integers(1, 12)), draw(st.integers(1, 3)))
    logits = draw(hnp.arrays(np.float32, shape, elements=elements))
    return draw(hnp.arrays(np.bool_, shape)), logits


def smoothed_loss(targets, logits, task, calibration):
    """Log loss against Platt's targets, in float64."""
    logits = logits.astype(np.float64) / (calibration.temperature or 1)
    rows, outcomes = len(logits), 2 if task is Task.MULTILABEL else logits.shape[1]
    wanted = np.where(targets, rows + 1, 1) / (rows + outcomes)
    if task is Task.MULTILABEL:
        return (np.logaddexp(0, logits) - wanted * logits).sum()
    total = np.logaddexp.reduce(logits, axis=1)
    return (total - (wanted * logits).sum(axis=1)).sum()


@pytest.mark.parametrize("task", LABEL_TASKS)
@given(st.data())
def test_a_temperature_never_raises_the_loss_on_its_rows(task, data):
    targets, logits = data.draw(judged_logits(SMALL))
    if task is Task.MULTICLASS:
        targets = np.eye(targets.shape[1], dtype=bool)[targets.argmax(axis=1)]
    fitted = fit_calibration(targets, logits, task, "temperature")
    before = smoothed_loss(targets, logits, task, Calibration())
    after = smoothed_loss(targets, logits, task, fitted)
    assert after <= before * (1 + 1e-6) + 1e-6


@pytest.mark.parametrize("rows", [1, 20, 60])
def test_rows_that_are_all_right_do_not_make_a_model_certain(rows):
    rng = np.random.default_rng(0)
    targets = np.eye(5, dtype=bool)[rng.integers(0, 5, rows)]
    logits = 4 * targets + rng.normal(size=targets.shape)
    fitted = fit_calibration(targets, logits, Task.MULTICLASS)
    unsure = np.log(np.array([[0.4, 0.25, 0.15, 0.1, 0.1]]))
    assert fitted.apply(unsure, Task.MULTICLASS).max() < 0.6


def test_the_temperature_of_logits_that_are_too_large_is_found():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 4)) * 2
    noise = rng.gumbel(size=logits.shape)
    targets = np.eye(4, dtype=bool)[(logits + noise).argmax(axis=1)]
    fitted = fit_calibration(targets, logits * 3, Task.MULTICLASS)
    assert fitted.kind == "temperature"
    assert fitted.temperature == pytest.approx(3, rel=0.05)


def test_slope_and_intercept_of_every_label_are_found():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 2)) * 2
    targets = rng.logistic(size=logits.shape) < logits
    fitted = fit_calibration(targets, (logits - [1, -2]) / [0.5, 4], Task.MULTILABEL)
    assert fitted.kind == "platt"
    assert fitted.slopes == pytest.approx((0.5, 4), rel=0.08)
    assert fitted.intercepts == pytest.approx((1, -2), abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60)
@given(judged_logits(), st.sampled_from([0, 10]))
def test_any_logits_can_be_calibrated(kind, arrays, shrinkage):
    targets, logits = arrays
    fitted = fit_calibration(*arrays, Task.MULTILABEL, kind, shrinkage=shrinkage)
    result = fitted.apply(logits, Task.MULTILABEL)
    assert np.isfinite(result).all()
    order = np.argsort(logits, axis=0)
    assert (np.diff(np.take_along_axis(result, order, axis=0), axis=0) >= 0).all()


def test_logits_that_part_true_from_false_stay_short_of_certainty():
    logits = np.repeat(np.float32([[-4], [4]]), 10, axis=0)
    fitted = fit_calibration(logits > 0, logits, Task.MULTILABEL, shrinkage=0)
    result = fitted.apply(np.float32([[-4], [4]]), Task.MULTILABEL)
    # Platt's targets for ten of each.
    np.testing.assert_allclose(result, [[1 / 12], [11 / 12]], rtol=1e-4)


def test_logits_that_are_all_alike_give_the_share_of_true_rows():
    targets = np.arange(100)[:, None] < 30
    fitted = fit_calibration(targets, np.full((100, 1), 5.3), Task.MULTILABEL)
    result = fitted.apply(np.full((1, 1), 5.3), Task.MULTILABEL)
    assert result[0, 0] == pytest.approx(0.3, abs=0.01)


def test_a_label_ranked_the_wrong_way_round_keeps_its_order():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(500, 1))
    targets = rng.logistic(size=logits.shape) < -2 * logits
    fitted = fit_calibration(targets, logits, Task.MULTILABEL, shrinkage=0)
    assert 0 < fitted.slopes[0] < 0.01
    result = fitted.apply(logits, Task.MULTILABEL)
    assert result.mean() == pytest.approx(targets.mean(), abs=0.01)


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_labels_always_or_never_true_take_the_pooled_fit(kind):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(300, 4))
    targets = rng.logistic(size=logits.shape) < logits
    targets[:, 1], targets[:, 2] = False, True
    fitted = fit_calibration(targets, logits, Task.MULTILABEL, kind, shrinkage=0)
    one_label = targets.reshape(-1, 1), logits.reshape(-1, 1)
    pooled = fit_calibration(*one_label, Task.MULTILABEL, shrinkage=0)
    for column in (1, 2):
        assert fitted.slopes[column] == pytest.approx(pooled.slopes[0])
        assert fitted.intercepts[column] == pytest.approx(pooled.intercepts[0])
    assert fitted.slopes[0] != pytest.approx(pooled.slopes[0])


def test_the_fewer_positives_the_nearer_to_the_pooled_fit():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(400, 3))
    targets = rng.logistic(size=logits.shape) < logits - [0, 2, 4]
    own = fit_calibration(targets, logits, Task.MULTILABEL, shrinkage=0)
    some, much = (
        fit_calibration(targets, logits, Task.MULTILABEL, shrinkage=s)
        for s in (10, 1e9)
    )
    pooled = much.intercepts[0]
    assert much.intercepts == pytest.approx([pooled] * 3, rel=1e-5)
    positives = targets.sum(axis=0)
    weights = positives / (positives + 10)
    expected = weights * own.intercepts + (1 - weights) * pooled
    assert some.intercepts == pytest.approx(expected, rel=1e-5)


def test_isotonic_probabilities_are_the_shares_of_their_steps():
    logits = np.repeat(np.float32([0, 1, 2, 3]), 100)[:, None]
    rng = np.random.default_rng(0)
    share = np.repeat([0.1, 0.1, 0.6, 0.7], 100)[:, None]
    targets = rng.random(share.shape) < share
    fitted = fit_calibration(targets, logits, Task.MULTILABEL, "isotonic", shrinkage=0)
    result = fitted.apply(np.float32([[2], [3]]), Task.MULTILABEL)
    expected = [targets[logits == value].mean() for value in (2, 3)]
    np.testing.assert_allclose(result[:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("task", LABEL_TASKS)
@pytest.mark.parametrize("rows", [0, 5])
def test_rows_without_any_true_label_say_nothing(task, rows):
    fitted = fit_calibration(np.zeros((rows, 3), bool), np.ones((rows, 3)), task)
    assert fitted == Calibration()


def shares_and_logits(rows=400, sharpness=3.0):
    """Shares of which the logits say too much: `sharpness` times their logarithms."""
    shares = np.random.default_rng(0).dirichlet(np.ones(4), rows)
    return shares.astype(np.float32), sharpness * np.log(shares)


@pytest.mark.parametrize("kind", ["auto", "temperature"])
def test_shares_get_the_temperature_that_the_logits_lack(kind):
    shares, logits = shares_and_logits()
    fitted = fit_calibration(shares, logits, Task.DISTRIBUTION, kind)
    assert fitted.temperature == pytest.approx(3, rel=0.02)
    again = fitted.apply(logits, Task.DISTRIBUTION)
    np.testing.assert_allclose(again, shares, atol=0.02)


def test_shares_of_one_label_each_are_fitted_like_classes():
    _, logits = shares_and_logits()
    classes = np.eye(4, dtype=bool)[logits.argmax(axis=1)]
    classes[:40] = np.eye(4, dtype=bool)[0]
    of_classes = fit_calibration(classes, logits, Task.MULTICLASS)
    as_shares = fit_calibration(classes.astype(np.float32), logits, Task.DISTRIBUTION)
    assert as_shares == of_classes


def test_shares_of_unseen_labels_are_left_out():
    shares, logits = shares_and_logits()
    less = shares * 0.5  # the other half is on labels that are not known
    more = np.concatenate([less, np.zeros_like(shares)])
    logits_of_more = np.concatenate([logits, np.ones_like(logits)])
    fitted = fit_calibration(more, logits_of_more, Task.DISTRIBUTION)
    whole = fit_calibration(shares, logits, Task.DISTRIBUTION)
    assert fitted.temperature == pytest.approx(whole.temperature, rel=1e-4)


def test_shares_must_be_floats():
    shares, logits = shares_and_logits(8)
    with pytest.raises(SettingsError, match="Expected weights of labels as float32"):
        fit_calibration(shares > 0, logits, Task.DISTRIBUTION)


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_single_labels_of_shares_are_not_corrected(kind):
    with pytest.raises(SettingsError, match="are for multilabel"):
        fit_calibration(*shares_and_logits(8), Task.DISTRIBUTION, kind)


def test_multiclass_rows_of_unseen_labels_are_left_out():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(100, 3))
    targets = np.eye(3, dtype=bool)[logits.argmax(axis=1)]
    targets[60:] = False
    fitted = fit_calibration(targets, logits, Task.MULTICLASS)
    assert fitted == fit_calibration(targets[:60], logits[:60], Task.MULTICLASS)


def test_labels_are_fitted_alike_in_one_chunk_or_several(monkeypatch):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(50, 7))
    targets = rng.logistic(size=logits.shape) < logits
    whole = fit_calibration(targets, logits, Task.MULTILABEL)
    monkeypatch.setattr("kerascls.decision.calibration.fitting._CHUNK", 100)
    parts = fit_calibration(targets, logits, Task.MULTILABEL)
    assert parts.slopes == pytest.approx(whole.slopes)
    assert parts.intercepts == pytest.approx(whole.intercepts)


def test_all_labels_together_are_thinned_out_where_there_are_too_many(monkeypatch):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2000, 5))
    targets = rng.logistic(size=logits.shape) < logits
    whole = fit_calibration(targets, logits, Task.MULTILABEL, shrinkage=1e9)
    monkeypatch.setattr("kerascls.decision.calibration.fitting._POOLED", 3000)
    thin = fit_calibration(targets, logits, Task.MULTILABEL, shrinkage=1e9)
    assert thin.slopes != whole.slopes
    assert thin.slopes == pytest.approx(whole.slopes, rel=0.15)


def test_rows_that_take_turns_are_calibrated_like_all(monkeypatch):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 5))
    shift = np.where(np.arange(4000)[:, None] % 2, 2, -2)
    targets = rng.logistic(size=logits.shape) < logits + shift
    whole = fit_calibration(targets, logits, Task.MULTILABEL, shrinkage=1e9)
    monkeypatch.setattr("kerascls.decision.calibration.fitting._POOLED", 10_000)
    found = fit_calibration(targets, logits, Task.MULTILABEL, shrinkage=1e9)
    assert found.intercepts == pytest.approx(whole.intercepts, abs=0.15)


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_kinds_of_labels_are_refused_for_classes(kind):
    with pytest.raises(SettingsError, match='Use "temperature"'):
        fit_calibration(np.ones((1, 1), bool), np.ones((1, 1)), "multiclass", kind)


@pytest.mark.parametrize("values", [{"kind": "beta"}, {"shrinkage": -1}])
def test_a_fit_without_meaning_is_an_error(values):
    with pytest.raises(SettingsError, match="Received: kind="):
        fit_calibration(np.ones((1, 1), bool), np.ones((1, 1)), "multilabel", **values)


def test_targets_of_another_shape_are_an_error():
    with pytest.raises(SettingsError, match=r"\(1, 2\)"):
        fit_calibration(np.ones((1, 2), bool), np.ones((1, 1)), "multilabel")


def test_a_logit_that_is_no_number_is_an_error():
    with pytest.raises(NotFiniteError, match="logits"):
        fit_calibration(np.ones((1, 1), bool), np.full((1, 1), np.inf), "multilabel")
