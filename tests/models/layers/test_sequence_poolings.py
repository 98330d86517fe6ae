"""Poolings of tokens in their order, each against a plain loop in numpy."""

import importlib.util
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops
from tiny_models import random_weights, tiny_batch

from kerascls.models.heads import ClassificationHead
from kerascls.models.layers.sequence_poolings import (
    FILTERS,
    UNITS,
    WIDTHS,
    ConvolutionPooling,
    LSTMPooling,
)

DIM = 6
MASK = tiny_batch((8, 5, 1))["padding_mask"]
HIDDEN = np.random.default_rng(0).standard_normal((*MASK.shape, DIM), np.float32)
TEXTS = [row[mask == 1] for row, mask in zip(HIDDEN, MASK, strict=True)]
every_pooling = pytest.mark.parametrize("kind", [ConvolutionPooling, LSTMPooling])


def fresh(kind, seed=1):
    return kind(1, DIM, keras.initializers.TruncatedNormal(stddev=0.2, seed=seed))


def pooling(kind):
    """A pooling with weights large enough to tell, biases among them."""
    layer = fresh(kind)
    for name, array in random_weights(layer.weights_by_name()).items():
        layer.weights_by_name()[name].assign(2 * array)
    return layer


def arrays_of(layer) -> dict[str, np.ndarray]:
    return {
        name: ops.convert_to_numpy(ops.copy(variable))
        for name, variable in layer.weights_by_name().items()
    }


def vectors_of(layer, hidden, mask) -> np.ndarray:
    return ops.convert_to_numpy(layer(hidden, mask))[:, 0]


def convolved(text, weights) -> np.ndarray:
    """The maximum over real tokens of every filter, zeros around the text."""
    answers = []
    for width in WIDTHS:
        kernel, bias = (weights[f"width_{width}/{name}"] for name in ("kernel", "bias"))
        before = (width - 1) // 2
        padded = np.pad(text, ((before, width - 1 - before), (0, 0)))
        places = [
            np.einsum("wd,wdf->f", padded[start : start + width], kernel) + bias
            for start in range(len(text))
        ]
        answers.append(np.maximum(np.max(places, axis=0), 0))
    return np.concatenate(answers)


def sigmoid(x) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def states(text, weights, direction) -> np.ndarray:
    """The states of an LSTM that starts at the first of these tokens."""
    kernel, recurrent, bias = (
        weights[f"{direction}/{name}"]
        for name in ("kernel", "recurrent_kernel", "bias")
    )
    state, cell, found = np.zeros(UNITS), np.zeros(UNITS), []
    for token in text:
        gates = np.split(token @ kernel + state @ recurrent + bias, 4)
        cell = sigmoid(gates[1]) * cell + sigmoid(gates[0]) * np.tanh(gates[2])
        state = sigmoid(gates[3]) * np.tanh(cell)
        found.append(state)
    return np.array(found)


def both_ways(text, weights) -> np.ndarray:
    """The maximum over real tokens of each unit, of forward and of backward states."""
    forward = states(text, weights, "forward")
    backward = states(text[::-1], weights, "backward")
    return np.concatenate([forward.max(axis=0), backward.max(axis=0)])


EXPECTED = {ConvolutionPooling: convolved, LSTMPooling: both_ways}


@every_pooling
def test_vectors_are_those_of_each_text_without_its_padding(kind):
    layer = pooling(kind)
    weights = arrays_of(layer)
    expected = [EXPECTED[kind](text, weights) for text in TEXTS]
    np.testing.assert_allclose(vectors_of(layer, HIDDEN, MASK), expected, atol=1e-5)


def test_the_backward_lstm_begins_at_the_last_real_token():
    layer = pooling(LSTMPooling)
    single = np.tile(HIDDEN[2:, :1], (1, 8, 1))
    mask = np.eye(1, 8, dtype=np.int32)  # one real token, seven that pad
    expected = states(single[0, :1], arrays_of(layer), "backward")[0]
    found = vectors_of(layer, single, mask)[0, UNITS:]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    longer = vectors_of(layer, single, np.ones_like(mask))[0, UNITS:]
    assert np.abs(longer - expected).max() > 0.01


@every_pooling
def test_the_order_of_tokens_counts(kind):
    layer = pooling(kind)
    text, mask = HIDDEN[:1], MASK[:1]
    turned = vectors_of(layer, text[:, ::-1].copy(), mask)
    assert np.abs(turned - vectors_of(layer, text, mask)).max() > 0.01


@every_pooling
@pytest.mark.parametrize("garbage", [50.0, -np.inf, np.nan])
def test_what_stands_at_padded_places_changes_no_vector_and_no_step(kind, garbage):
    hidden = np.where(MASK[:, :, None] == 1, HIDDEN, np.float32(garbage))
    learned = []
    for states_of_padding in (HIDDEN, hidden):
        layer = pooling(kind)
        inputs = [keras.Input((None, DIM)), keras.Input((None,), dtype="int32")]
        model = keras.Model(inputs, layer(*inputs))
        model.compile("sgd", "mean_squared_error", run_eagerly=True)
        loss = model.train_on_batch(
            [states_of_padding, MASK], np.ones((3, 1, layer.output_dim))
        )
        learned.append({"loss": loss} | arrays_of(layer))
    for name, value in learned[0].items():
        np.testing.assert_allclose(value, learned[1][name], atol=1e-6, err_msg=name)


@every_pooling
def test_no_token_at_all_gives_zero(kind):
    layer = pooling(kind)
    found = vectors_of(layer, HIDDEN, MASK * 0)
    np.testing.assert_array_equal(found, np.zeros((3, layer.output_dim)))


@every_pooling
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_computed_in_full(kind, dtype):
    layer, hidden = pooling(kind), ops.cast(HIDDEN, dtype)
    found = layer(hidden, MASK)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    full = ops.convert_to_numpy(ops.cast(hidden, "float32"))
    np.testing.assert_array_equal(
        ops.convert_to_numpy(found)[:, 0], vectors_of(layer, full, MASK)
    )


@every_pooling
def test_one_seed_fixes_the_weights_and_no_two_begin_alike(kind):
    one, same, other = (arrays_of(fresh(kind, seed)) for seed in (1, 1, 2))
    kernels = {name: array for name, array in one.items() if "kernel" in name}
    for name, array in kernels.items():
        np.testing.assert_array_equal(array, same[name])
        assert np.abs(array - other[name]).max() > 0.01
    starts = {array.ravel()[:FILTERS].tobytes() for array in kernels.values()}
    assert len(starts) == len(kernels)


def losses(name, epochs, **options) -> list[float]:
    """Returns those of a head that learns one batch by heart."""
    random = np.random.default_rng(0)
    mask = tiny_batch(tuple(range(1, 10)))["padding_mask"]
    hidden = random.standard_normal((*mask.shape, DIM), np.float32)
    inputs = [keras.Input((None, DIM)), keras.Input((None,), dtype="int32")]
    head = ClassificationHead(3, DIM, name, dropout=0.0)
    model = keras.Model(inputs, head(*inputs))
    model.compile(
        keras.optimizers.Adam(0.02),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        **options,
    )
    labels = random.integers(0, 3, len(mask))
    fit = {"batch_size": len(mask), "epochs": epochs, "shuffle": False, "verbose": 0}
    return model.fit([hidden, mask], labels, **fit).history["loss"]


@pytest.mark.parametrize("name", ["cnn", "lstm"])
@pytest.mark.slow
def test_a_head_learns_a_batch_by_heart(name):
    # JAX takes minutes where nothing is compiled.
    jit_compile = keras.backend.backend() == "jax"
    found = losses(name, 40, jit_compile=jit_compile)
    assert found[-1] < 0.05 < 0.5 < found[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cnn", "lstm"])
def test_compiled_steps_are_the_same(name):
    plain, compiled = (losses(name, 5, jit_compile=jit) for jit in (False, True))
    np.testing.assert_allclose(compiled, plain, rtol=1e-3)


@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="this run has the JAX backend already"
)
@pytest.mark.slow
def test_jax_pools_and_learns_the_same():
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", __file__]
        + ["-m", "slow or not slow"]
        + ["-k", "without_its_padding or by_heart or last_real"],
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-3000:]
    assert "5 passed" in result.stdout


def test_weights_have_stable_names():
    shapes = {
        kind: {name: array.shape for name, array in arrays_of(fresh(kind)).items()}
        for kind in (ConvolutionPooling, LSTMPooling)
    }
    assert shapes[ConvolutionPooling] == {
        **{f"width_{width}/kernel": (width, DIM, 100) for width in (2, 3, 4)},
        **{f"width_{width}/bias": (100,) for width in (2, 3, 4)},
    }
    assert shapes[LSTMPooling] == {
        f"{direction}/{name}": shape
        for direction in ("forward", "backward")
        for name, shape in {
            "kernel": (DIM, 512),
            "recurrent_kernel": (128, 512),
            "bias": (512,),
        }.items()
    }
