"""AdamW: a rate for each weight, the same updates in parts and on devices, averages."""

import json

import keras
import numpy as np
import pytest
import update_cases
from keras import ops
from update_cases import assert_same, learned_elsewhere, learned_whole

from kerascls.errors import SettingsError
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.adamw import AdamW
from kerascls.training.optimizers.fine_tuning import adamw
from kerascls.training.optimizers.schedules import WarmupLinearDecay


def matrices(count=2):
    return [keras.Variable(np.ones((2, 2), np.float32)) for _ in range(count)]


def changes(optimizer, variables, gradient) -> list[float]:
    """Applies one gradient to all; returns by how much each was moved."""
    optimizer.apply([ops.full((2, 2), gradient) for _ in variables], variables)
    return [float(variable[0, 0]) - 1 for variable in variables]


@pytest.mark.parametrize("gradient", [0.0, 1.0], ids=["decay", "gradient"])
def test_a_factor_multiplies_what_a_step_does(gradient):
    variables = matrices(3)
    factors = [1.0, 0.25, 0.0]
    optimizer = adamw(variables, 0.1, 1, weight_decay=0.5, rate_factors=factors)
    full, quarter, none = changes(optimizer, variables, gradient)
    assert full < -0.04
    assert quarter == pytest.approx(full / 4, rel=1e-4)
    assert none == 0


def test_steps_are_those_of_keras_and_factors_of_one_change_no_bit():
    options = {"weight_decay": 0.3, "global_clipnorm": 0.5, "epsilon": 1e-6}
    schedule = WarmupLinearDecay(0.01, 2, 9)
    learned = []
    for optimizer in (
        keras.optimizers.AdamW(schedule, **options),
        AdamW(schedule, rate_factors=[1, 1], **options),
        AdamW(schedule, **options),
    ):
        variables, random = matrices(), np.random.default_rng(0)
        optimizer.exclude_from_weight_decay(var_list=variables[:1])
        for _ in range(5):
            gradients = random.standard_normal((2, 2, 2)).astype(np.float32)
            optimizer.apply([ops.convert_to_tensor(g) for g in gradients], variables)
        learned.append([ops.convert_to_numpy(ops.copy(v)) for v in variables])
    np.testing.assert_allclose(learned[0], learned[1], rtol=1e-6)
    np.testing.assert_array_equal(learned[1], learned[2])


def test_one_factor_is_needed_for_each_variable():
    optimizer = adamw(matrices(), 0.1, 1, rate_factors=[1.0])
    with pytest.raises(SettingsError, match="each of 2 trainable"):
        optimizer.build(matrices())


def test_an_optimizer_is_made_again_from_its_configuration():
    optimizer = adamw(matrices(), 0.1, 9, rate_factors=[1, 0.5], accumulate_steps=2)
    config = keras.saving.serialize_keras_object(optimizer)
    again = keras.saving.deserialize_keras_object(json.loads(json.dumps(config)))
    assert type(again) is AdamW
    assert again.get_config() == optimizer.get_config()
    assert again.rate_factors == (1, 0.5)


@pytest.mark.parametrize(("kind", "scaled"), [("halves", True), ("uneven", False)])
def test_parts_of_a_batch_teach_what_the_whole_does(kind, scaled):
    learned = update_cases.learned(kind, scaled, run_eagerly=True)
    assert_same(learned, learned_whole())


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_parts_teach_the_same_in_a_graph(jit_compile):
    for kind in update_cases.PARTS:
        learned = update_cases.learned(kind, jit_compile=jit_compile)
        assert_same(learned, learned_whole())


CASES = [
    {"kind": kind, "scaled": scaled}
    for kind in ("halves", "uneven")
    for scaled in (False, True)
]


@pytest.mark.slow
def test_jax_learns_the_same_in_any_parts():
    cases = [{"kind": "whole"}, *CASES]
    for learned in learned_elsewhere("jax", devices=1, cases=cases):
        # TensorFlow's own operation takes 1 - beta_2 in float32.
        assert_same(learned, learned_whole(), atol=5e-6)


@pytest.mark.slow
def test_two_devices_learn_the_same_in_any_parts():
    # Keras wants an even first batch there.
    cases = [{"kind": "whole"}, *CASES[:2]]
    for learned in learned_elsewhere("tensorflow", devices=2, cases=cases):
        assert_same(learned, learned_whole())


def weights_after(num_updates, **options):
    """Weights of one variable after each update, and the optimiser."""
    (variable,) = variables = matrices(1)
    optimizer = adamw(variables, 0.1, 99, clip_norm=9.0, **options)
    weights = []
    for _ in range(num_updates):
        optimizer.apply([ops.ones((2, 2))], variables)
        weights.append(float(variable[0, 0]))
    return weights, variable, optimizer


def test_averages_follow_the_weights_faster_in_the_beginning():
    weights, _, optimizer = weights_after(20, ema_momentum=0.6)
    expected = weights[0]
    for updates, weight in enumerate(weights[1:], start=1):
        momentum = min(0.6, (1 + updates) / (10 + updates))
        expected = momentum * expected + (1 - momentum) * weight
    ((_, average),) = optimizer.averages()
    assert float(average[0, 0]) == pytest.approx(expected, rel=1e-5)
    assert abs(expected - weights[-1]) > 0.01


def test_the_end_of_fit_leaves_the_weights_alone():
    weights, variable, optimizer = weights_after(3, ema_momentum=0.9)
    keras.optimizers.LossScaleOptimizer(optimizer).finalize_variable_values([variable])
    assert float(variable[0, 0]) == weights[-1]


def test_a_part_that_overflows_is_left_out():
    model = update_cases.tiny_model()
    adam = adamw(model.trainable_variables, 0.1, 9, accumulate_steps=2)
    optimizer = keras.optimizers.LossScaleOptimizer(adam)
    model.compile(optimizer, loss_for("multiclass"), run_eagerly=True)
    parts = list(update_cases.batches((4, 4)))[:3]
    ids, targets, weights = parts[0]
    for batch in ((ids, targets, weights * np.inf), *parts):
        model.train_on_batch(*batch)
    assert int(ops.copy(optimizer.iterations)) == 1
    assert all(np.isfinite(array).all() for array in model.get_weights())
