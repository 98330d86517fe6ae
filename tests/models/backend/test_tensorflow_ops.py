"""The hand-written operations: values and gradients are those of Keras's."""

from functools import partial

import keras
import numpy as np
import pytest

from kerascls.models.backend import tensorflow_ops

tf = pytest.importorskip("tensorflow")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="they are TensorFlow's own"
)

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(0.5, 2.0, (7, 24)).astype(np.float32)
GAMMA, BETA = RANDOM.standard_normal((2, 24)).astype(np.float32)
SEED = tf.constant([3, 4])


def keras_dropout(x):
    return tf.nn.experimental.stateless_dropout(x, rate=0.3, seed=SEED)


PAIRS = {
    "layer norm": (
        lambda *args: tensorflow_ops.layer_norm(*args, 1e-12),
        lambda *args: keras.ops.layer_normalization(*args, axis=-1, epsilon=1e-12),
        (ROWS, GAMMA, BETA),
    ),
    "erf": (tensorflow_ops.gelu_erf, lambda x: tf.nn.gelu(x), (ROWS,)),
    "tanh": (
        tensorflow_ops.gelu_tanh,
        lambda x: tf.nn.gelu(x, approximate=True),
        (ROWS,),
    ),
    "dropout": (
        lambda x: tensorflow_ops.dropout(x, 0.3, SEED),
        keras_dropout,
        (ROWS,),
    ),
}


def value_and_gradients(function, arrays) -> list:
    inputs = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = function(*inputs)
        upstream = tf.reshape(tf.range(ROWS.size, dtype=tf.float32) % 5 - 2, ROWS.shape)
        total = tf.reduce_sum(output * upstream)
    return [output, *tape.gradient(total, inputs)]


@pytest.mark.parametrize("in_graph", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_are_those_of_keras(name, in_graph):
    own, known, arrays = PAIRS[name]
    results = []
    for function in (own, known):
        run = partial(value_and_gradients, function, arrays)
        results.append(tf.function(run)() if in_graph else run())
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("name", ["erf", "tanh"])
def test_large_numbers_stay_finite(name):
    large = np.array([[-1e4, -60, 0, 60, 1e4]], np.float32)
    with tf.GradientTape() as tape:
        x = tf.constant(large)
        tape.watch(x)
        y = PAIRS[name][0](x)
    np.testing.assert_allclose(y, np.maximum(large, 0), atol=1e-6)
    np.testing.assert_allclose(tape.gradient(y, x), [[0, 0, 0.5, 1, 1]], atol=1e-6)


def test_a_constant_row_is_normalised_to_the_offset():
    rows = np.full((2, 24), 3.0, np.float32)
    found = tensorflow_ops.layer_norm(rows, GAMMA, BETA, 1e-3)
    np.testing.assert_allclose(found, np.stack([BETA, BETA]), atol=1e-4)


def test_the_squared_norm_is_over_all_tensors():
    found = tensorflow_ops.squared_norm([tf.constant(ROWS), tf.constant(BETA)])
    expected = (ROWS.astype(np.float64) ** 2).sum() + (BETA**2).sum()
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_adam_moves_variables_and_moments_as_keras_does():
    own, known = (keras.Variable(ROWS) for _ in range(2))
    moments = tuple(keras.Variable(np.zeros_like(ROWS)) for _ in range(2))
    adam = keras.optimizers.Adam(0.01, epsilon=1e-6)
    adam.build([known])
    for update in (1.0, 2.0, 3.0):
        gradient = tf.constant(RANDOM.standard_normal(ROWS.shape), tf.float32)
        adam.apply([gradient], [known])
        tensorflow_ops.adam_step(
            own, moments, gradient, 0.01, (0.9, 0.999), update, epsilon=1e-6
        )
    np.testing.assert_allclose(own, known, atol=1e-6)
    for found, expected in zip(
        moments, (*adam._momentums, *adam._velocities), strict=True
    ):
        # Keras takes 1 - beta in double precision.
        np.testing.assert_allclose(found, expected, rtol=1e-4)
