"""R-Drop and FGM: one step of each against what numpy says, and alone or combined."""

from functools import cache

import keras
import numpy as np
import pytest
import update_cases
from update_cases import (
    assert_same,
    learned_elsewhere,
    learned_whole,
    tiny_model,
    tiny_texts,
)

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.errors import SettingsError
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.regularization import RegularizedModel, symmetric_divergence

IDS, TARGETS = tiny_texts(num_rows=6)
WEIGHTS = np.array([0.25, 0.25, 0.25, 0.125, 0.125, 0], np.float32)
BOTH = {"fgm": 0.5, "r_drop": 1.0}


def softmax(logits):
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def divergence(some, others):
    return np.sum(some * np.log(some / others), axis=-1)


def distributions(logits, task):
    """The distributions that an answer is made of: `(rows, number, outcomes)`."""
    if Task(task).sums_to_one:
        return softmax(logits)[:, None]
    return np.stack([sigmoid(logits), sigmoid(-logits)], axis=-1)


def both_ways(first, second, task):
    p, q = distributions(first, task), distributions(second, task)
    return (divergence(p, q) + divergence(q, p)).mean(axis=1) / 2


def regularized(model, task="multiclass", learning_rate=0.5, scaled=False, **knobs):
    table = model.trainable_variables[0]
    trained = RegularizedModel(model, task, embeddings=table, **knobs)
    optimizer = keras.optimizers.SGD(learning_rate)
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    trained.compile(optimizer, loss_for(task), run_eagerly=True)
    return trained


@pytest.mark.parametrize("task", Task)
def test_the_divergence_is_the_mean_of_both_directions(task):
    first, second = np.random.default_rng(0).normal(0, 2, (2, 5, 4)).astype("float32")
    found = keras.ops.convert_to_numpy(symmetric_divergence(first, second, task))
    np.testing.assert_allclose(found, both_ways(first, second, task), rtol=1e-4)


@pytest.mark.parametrize("task", LABEL_TASKS)
def test_r_drop_adds_the_divergence_of_two_passes_to_their_mean_loss(task):
    # The same seeds: what the one model answers, the other learns from.
    asked, trained = (
        regularized(tiny_model(dropout=0.5), task, r_drop=4.0) for _ in range(2)
    )
    answers = keras.ops.convert_to_numpy(asked(IDS, training=True))
    assert answers.shape == (6, 2, 4)
    first, second = answers[:, 0], answers[:, 1]
    loss = loss_for(task)
    plain = float(loss(TARGETS, first, WEIGHTS) + loss(TARGETS, second, WEIGHTS)) / 2
    penalty = WEIGHTS @ both_ways(first, second, task)
    assert penalty > 0.05
    found = float(trained.train_on_batch(IDS, TARGETS, WEIGHTS))
    assert found == pytest.approx(plain + 4 / 2 * penalty, rel=1e-5)


def test_r_drop_learns_from_its_penalty():
    learned = []
    for r_drop in (1e-9, 4.0):
        trained = regularized(tiny_model(dropout=0.5), r_drop=r_drop)
        trained.train_on_batch(IDS, TARGETS, WEIGHTS)
        learned.append(trained.get_weights()[0])
    assert np.abs(learned[0] - learned[1]).max() > 0.01


def test_metrics_see_one_pass():
    trained = regularized(tiny_model(), r_drop=1.0)
    trained.compile(
        "sgd", loss_for("multiclass"), weighted_metrics=["accuracy"], run_eagerly=True
    )
    right = np.eye(4)[trained.predict_on_batch(IDS).argmax(axis=-1)]
    logs = trained.train_on_batch(IDS, right, WEIGHTS, return_dict=True)
    assert logs["accuracy"] == 1


def test_it_predicts_like_its_model_and_has_its_variables():
    model = tiny_model(dropout=0.5)
    trained = regularized(model, **BOTH)
    for found, expected in (
        (trained.variables, model.variables),
        (trained.trainable_variables, model.trainable_variables),
    ):
        assert [id(one) for one in found] == [id(one) for one in expected]
    expected = model.predict_on_batch(IDS)
    np.testing.assert_array_equal(trained.predict_on_batch(IDS), expected)
    found = keras.ops.convert_to_numpy(trained(IDS, training=False))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def gradients(table, kernel, bias):
    """Loss and gradients of `tiny_model`, by hand."""
    hidden = table[IDS].mean(axis=1)
    shares = softmax(hidden @ kernel + bias)
    loss = -WEIGHTS @ np.log((shares * TARGETS).sum(axis=1))
    wrong = (shares - TARGETS) * WEIGHTS[:, None]
    of_table = np.zeros_like(table)
    np.add.at(of_table, IDS, (wrong @ kernel.T)[:, None] / IDS.shape[1])
    return loss, [of_table, hidden.T @ wrong, wrong.sum(axis=0)]


@pytest.mark.parametrize("scaled", [False, True], ids=["plain", "scaled"])
def test_fgm_steps_along_the_sum_of_the_gradients_at_two_tables(scaled):
    model = tiny_model()
    before = model.get_weights()
    loss, clean = gradients(*before)
    moved = before[0] + 0.7 * clean[0] / np.linalg.norm(clean[0])
    _, adversarial = gradients(moved, *before[1:])
    trained = regularized(model, fgm=0.7, scaled=scaled)
    assert float(trained.train_on_batch(IDS, TARGETS, WEIGHTS)) == pytest.approx(loss)
    for array, start, *both in zip(
        model.get_weights(), before, clean, adversarial, strict=True
    ):
        np.testing.assert_allclose(array, start - 0.5 * sum(both), atol=1e-6)
        assert np.abs(both[0] - both[1]).max() > 0.01


def test_fgm_leaves_the_table_as_it_was():
    model = tiny_model()
    before = model.get_weights()
    trained = regularized(model, learning_rate=0.0, fgm=100.0)
    trained.train_on_batch(IDS, TARGETS, WEIGHTS)
    for array, start in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(array, start)


def test_fgm_stays_finite_where_there_is_no_gradient():
    model = tiny_model()
    regularized(model, fgm=1.0).train_on_batch(IDS, TARGETS, 0 * WEIGHTS)
    assert all(np.isfinite(array).all() for array in model.get_weights())


def test_the_second_pass_of_fgm_has_other_dropout():
    model = tiny_model(dropout=0.5)
    (state,) = model.non_trainable_variables
    regularized(model, fgm=1.0).train_on_batch(IDS, TARGETS, WEIGHTS)
    assert keras.ops.convert_to_numpy(keras.ops.copy(state)).tolist() == [7, 2]


def test_fgm_needs_a_trainable_table():
    with pytest.raises(SettingsError, match="word embeddings"):
        RegularizedModel(tiny_model(), "multiclass", fgm=1.0)
    model = tiny_model()
    table = model.trainable_variables[0]
    model.layers[1].trainable = False
    with pytest.raises(SettingsError, match="2 trainable variables"):
        RegularizedModel(model, "multiclass", fgm=1.0, embeddings=table)


@cache
def learned(kind="whole", **knobs):
    return update_cases.learned(kind, regularized=knobs, run_eagerly=True)


@pytest.mark.parametrize("knobs", [{"r_drop": 0.0}, {"r_drop": 2.0}])
def test_without_weight_or_without_dropout_r_drop_changes_nothing(knobs):
    assert_same(learned(**knobs), learned_whole())


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_graph_learns_the_same(jit_compile):
    for kind in ("whole", "halves"):
        found = update_cases.learned(kind, regularized=BOTH, jit_compile=jit_compile)
        assert_same(found, learned(kind, **BOTH), atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "devices"), [("jax", 1), ("tensorflow", 2)], ids=["jax", "two devices"]
)
def test_it_learns_the_same_elsewhere(backend, devices):
    cases = [
        {"kind": kind, "scaled": kind == "whole", "regularized": BOTH}
        for kind in ("whole", "halves")
    ]
    found = learned_elsewhere(backend, devices=devices, cases=cases)
    for case, one in zip(cases, found, strict=True):
        assert_same(one, learned(case["kind"], **BOTH), atol=1e-5)


@pytest.mark.slow
def test_a_classifier_trains_in_half_precision():
    from tiny_models import tiny_classifier, tiny_feed

    model = tiny_classifier(dtype="mixed_float16", dropout=0.1, pooling="mean")
    table = model.weights_by_name()["embeddings/word_embeddings"]
    trained = RegularizedModel(model, "multiclass", embeddings=table, **BOTH)
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01))
    trained.compile(
        optimizer, loss_for("multiclass"), auto_scale_loss=False, run_eagerly=True
    )
    (batch,) = tiny_feed((4, 9, 2, 7), batch_size=4)
    losses = [trained.train_on_batch(*batch) for _ in range(8)]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.9 * losses[0]
