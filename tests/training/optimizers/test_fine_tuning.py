"""The optimiser: its rate by layer, decay, clipping, averages lent."""

import keras
import numpy as np
import pytest
import update_cases
from keras import ops
from tiny_models import FAMILIES, tiny_batch, tiny_classifier, tiny_config

from kerascls.models.encoder_config import weight_shapes
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.fine_tuning import (
    adamw,
    averaged_weights,
    layer_factors,
)
from kerascls.training.optimizers.schedules import WarmupLinearDecay

FIRST_CLASS = np.eye(3, dtype=np.float32)[[0, 0, 0]]


def moved(model, batch, optimizer) -> dict[str, np.ndarray]:
    """Takes one step; returns by how much each weight moved."""
    before = model.named_arrays()
    model.compile(optimizer, loss_for("multiclass"), run_eagerly=True)
    model.train_on_batch(batch, FIRST_CLASS)
    after = model.named_arrays()
    return {name: after[name] - before[name] for name in before}


@pytest.mark.parametrize("family", FAMILIES)
def test_decay_spares_norms_and_biases(family):
    model = tiny_classifier(family=family)
    model.load_named_weights(
        {name: np.ones_like(array) for name, array in model.named_arrays().items()}
    )
    optimizer = adamw(model.trainable_variables, 0.1, 1, weight_decay=0.5)
    zeros = [ops.zeros(variable.shape) for variable in model.trainable_variables]
    optimizer.apply(zeros, model.trainable_variables)
    decayed = {
        name for name, array in model.named_arrays().items() if (array != 1).any()
    }
    tables = {name for name in decayed if name.endswith("_embeddings")}
    assert len(tables) == {"distilbert": 2, "modernbert": 1}.get(family, 3)
    kernels = {name for name in model.weights_by_name() if name.endswith("kernel")}
    assert decayed - tables == kernels
    for name in decayed:
        np.testing.assert_allclose(model.named_arrays()[name], 0.95, rtol=1e-6)


def test_steps_follow_the_schedule():
    variable = keras.Variable(np.zeros((1, 1), np.float32))
    optimizer = adamw([variable], 1.0, 9, warmup_share=4 / 9, weight_decay=0.0)
    steps = []
    for _ in range(9):
        before = float(variable[0, 0])
        optimizer.apply([ops.ones((1, 1))], [variable])
        steps.append(before - float(variable[0, 0]))
    schedule = WarmupLinearDecay(1.0, 4, 9)
    expected = ops.convert_to_numpy(schedule(np.arange(9)))
    np.testing.assert_allclose(steps, expected, rtol=1e-4)


def test_gradients_are_clipped_over_all_weights_together():
    variables = [keras.Variable(np.zeros((2, 2), np.float32)) for _ in range(2)]
    adam = adamw(variables, 1.0, 10, clip_norm=2.0)
    optimizer = keras.optimizers.SGD(1.0, global_clipnorm=adam.global_clipnorm)
    optimizer.apply([ops.full((2, 2), 3.0), ops.full((2, 2), 4.0)], variables)
    for variable, expected in zip(variables, (-0.6, -0.8), strict=True):
        np.testing.assert_allclose(ops.copy(variable), expected, rtol=1e-5)


@pytest.fixture
def one_token_everywhere():
    """A model and a batch where all tokens have the same gradient."""
    model, batch = tiny_classifier(pooling="mean"), tiny_batch((8, 8, 8))
    model.encoder.embeddings.positions.assign(np.zeros((32, 16)))
    return model, batch | {
        "token_ids": np.full((3, 8), 5, np.int32),
        "segment_ids": np.zeros((3, 8), np.int32),
    }


def test_clipping_counts_a_token_that_occurs_often_as_one_row(one_token_everywhere):
    sgd = keras.optimizers.SGD(1.0, global_clipnorm=1e-3)
    steps = moved(*one_token_everywhere, sgd).values()
    length = np.sqrt(sum((step.astype(float) ** 2).sum() for step in steps))
    assert length == pytest.approx(1e-3, rel=1e-3)


def test_adam_counts_a_token_that_occurs_often_as_one_row(one_token_everywhere):
    # Its first step moves no weight further than the learning rate.
    steps = moved(*one_token_everywhere, keras.optimizers.Adam(0.01))
    assert np.abs(steps["embeddings/word_embeddings"][5]).max() > 0.005
    assert max(np.abs(step).max() for step in steps.values()) <= 0.01 * (1 + 1e-4)


def test_rates_fall_from_the_top_layer_to_the_embeddings():
    names = [
        *weight_shapes(tiny_config(num_layers=3), with_pool=True),
        "classifier/bias",
    ]
    factors = layer_factors(names, 0.5)
    found = {name.split("/attention")[0]: factors[name] for name in factors}
    assert found["classifier/bias"] == found["pooler/dense/kernel"] == 1
    layers = [found[f"encoder/layer_{number}"] for number in (2, 1, 0)]
    assert layers == [1, 0.5, 0.25]
    tables = {factors[name] for name in names if name.startswith("embeddings")}
    assert tables == {0.125}


def test_the_shared_block_is_one_layer():
    names = weight_shapes(tiny_config("albert", num_layers=6))
    factors = layer_factors(names, 0.5)
    assert factors["encoder/layer_0/output/dense/kernel"] == 1
    assert factors["embeddings_project/kernel"] == 0.5
    assert factors["embeddings/word_embeddings"] == 0.5


def test_a_head_alone_has_the_full_rate():
    assert layer_factors(["classifier/kernel"], 0.5) == {"classifier/kernel": 1}
    name = "encoder/forward/kernel"  # of a model whose encoder has no numbered layers
    assert layer_factors([name], 0.5) == {name: 1}


def compiled(num_updates, scaled=False, **options):
    model = update_cases.tiny_model()
    optimizer = adamw(model.trainable_variables, 0.1, 9, **options)
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, loss_for("multiclass"), run_eagerly=True)
    batches = update_cases.batches((8,))
    for _ in range(num_updates):
        model.train_on_batch(*next(batches))
    return model


@pytest.mark.parametrize("scaled", [False, True], ids=["plain", "scaled"])
def test_averages_are_lent_and_the_weights_come_back_to_the_bit(scaled):
    model = compiled(3, scaled, ema_momentum=0.9)
    trained = model.get_weights()
    with pytest.raises(KeyboardInterrupt), averaged_weights(model):
        lent = model.get_weights()
        model.predict_on_batch(update_cases.tiny_texts()[0])
        raise KeyboardInterrupt
    for before, average, after in zip(trained, lent, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
        assert np.abs(average - before).max() > 0.01
    with averaged_weights(model):
        np.testing.assert_array_equal(model.get_weights()[0], lent[0])


@pytest.mark.parametrize(
    ("num_updates", "options"),
    [(1, {}), (0, {"ema_momentum": 0.9})],
    ids=["none are kept", "none are there yet"],
)
def test_without_averages_the_weights_stay(num_updates, options):
    model = compiled(num_updates, **options)
    trained = model.get_weights()
    with averaged_weights(model):
        np.testing.assert_array_equal(model.get_weights()[0], trained[0])
