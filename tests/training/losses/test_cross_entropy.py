"""Losses: their values, and what rows that only pad a batch add to them."""

import keras
import numpy as np
import pytest
from keras import ops

from kerascls.data.labels import Task
from kerascls.training.losses.cross_entropy import loss_for

LOGITS = np.array([[2.0, -1.0, 0.5], [-3.0, 0.0, 1.0]], np.float32)
ONE_LABEL = np.array([[0, 0, 1], [0, 1, 0]], np.float32)
SEVERAL = np.array([[1, 0, 1], [0, 0, 0]], np.float32)
MEAN = np.full(2, 1 / 2, np.float32)
SHARES = np.array([[0.5, 0.25, 0.25], [0, 1, 0]], np.float32)
TARGETS = {
    Task.MULTICLASS: ONE_LABEL,
    Task.MULTILABEL: SEVERAL,
    Task.DISTRIBUTION: SHARES,
}


def test_multiclass_is_the_cross_entropy_of_a_softmax():
    shares = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    expected = -np.log(shares[ONE_LABEL == 1]).mean()
    loss = loss_for("multiclass")(ONE_LABEL, LOGITS, MEAN)
    np.testing.assert_allclose(float(loss), expected, rtol=1e-5)


def test_multilabel_is_the_mean_over_labels_of_binary_cross_entropies():
    shares = 1 / (1 + np.exp(-LOGITS))
    expected = -np.log(np.where(SEVERAL == 1, shares, 1 - shares)).mean()
    loss = loss_for("multilabel")(SEVERAL, LOGITS, MEAN)
    np.testing.assert_allclose(float(loss), expected, rtol=1e-5)


@pytest.mark.parametrize("task", Task)
def test_padded_rows_do_not_change_the_loss(task):
    loss = loss_for(task)
    padded = loss(
        np.pad(TARGETS[task], ((0, 3), (0, 0))),
        np.concatenate([LOGITS, np.full((3, 3), 9, np.float32)]),
        sample_weight=np.pad(MEAN, (0, 3)),
    )
    plain = loss(TARGETS[task], LOGITS, MEAN)
    np.testing.assert_allclose(float(padded), float(plain), rtol=1e-6)


@pytest.mark.parametrize("task", Task)
def test_the_losses_of_parts_sum_to_that_of_the_whole(task):
    loss = loss_for(task)
    whole = loss(TARGETS[task], LOGITS, MEAN)
    rows = (slice(0, 1), slice(1, 2))
    parts = [loss(TARGETS[task][row], LOGITS[row], MEAN[row]) for row in rows]
    np.testing.assert_allclose(float(sum(parts)), float(whole), rtol=1e-6)


def test_the_loss_of_shares_is_their_divergence_and_their_entropy():
    scipy = pytest.importorskip("scipy.special")
    predicted = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    divergence = scipy.rel_entr(SHARES, predicted).sum(axis=1)
    expected = (divergence + scipy.entr(SHARES).sum(axis=1)).mean()
    loss = loss_for("distribution")(SHARES, LOGITS, MEAN)
    np.testing.assert_allclose(float(loss), expected, rtol=1e-5)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.DISTRIBUTION])
def test_smoothing_spreads_a_share_of_the_target_over_all_classes(task):
    targets = TARGETS[task]
    smoothed = loss_for(task, label_smoothing=0.3)(targets, LOGITS)
    by_hand = loss_for(task)(0.7 * targets + 0.3 / 3, LOGITS)
    np.testing.assert_allclose(float(smoothed), float(by_hand), rtol=1e-6)


def test_smoothing_spreads_a_share_over_yes_and_no_of_each_label():
    smoothed = loss_for("multilabel", label_smoothing=0.3)(SEVERAL, LOGITS)
    by_hand = loss_for("multilabel")(0.7 * SEVERAL + 0.3 / 2, LOGITS)
    np.testing.assert_allclose(float(smoothed), float(by_hand), rtol=1e-6)


@pytest.mark.parametrize("task", Task)
def test_certain_and_wrong_logits_give_a_large_finite_loss(task):
    wrong = np.where(TARGETS[task] > 0.4, -1e4, 1e4).astype(np.float32)
    loss = float(loss_for(task)(TARGETS[task], wrong))
    assert 1e3 < loss < 1e5


def test_a_batch_of_padding_alone_has_the_loss_zero():
    loss = loss_for("multilabel")(SEVERAL, LOGITS, sample_weight=np.zeros(2))
    assert float(loss) == 0


def test_losses_are_float32_whatever_the_global_policy():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        loss = loss_for("multilabel")(SEVERAL, ops.convert_to_tensor(LOGITS))
    finally:
        keras.config.set_dtype_policy(before)
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="ranking"):
        loss_for("ranking")
