"""Trains a tiny model whole, in parts or on two devices; writes what it learned."""

import importlib.util
import json
import os
import subprocess
import sys
from functools import cache

import keras
import numpy as np
import pytest

from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.fine_tuning import adamw, averaged_weights
from kerascls.training.regularization import RegularizedModel

PARTS = {"whole": (8,), "halves": (4, 4), "uneven": (3, 3, 2)}
NUM_UPDATES = 3


def tiny_texts(num_rows=8 * NUM_UPDATES):
    """Ids of three tokens a row, of which some occur often, and one label a row."""
    random = np.random.default_rng(0)
    ids = random.integers(0, 6, (num_rows, 3)).astype(np.int32)
    return ids, np.eye(4, dtype=np.float32)[random.integers(0, 4, num_rows)]


def tiny_model(dropout=0.0):
    """Embeddings, their mean, dropout, a dense layer: four logits for three ids."""
    inputs = keras.Input((3,), dtype="int32")
    embeddings = keras.layers.Embedding(6, 5, name="embeddings")
    hidden = keras.layers.GlobalAveragePooling1D()(embeddings(inputs))
    hidden = keras.layers.Dropout(dropout, seed=7)(hidden)
    model = keras.Model(inputs, keras.layers.Dense(4)(hidden))
    random = np.random.default_rng(1)
    for variable in model.trainable_variables:
        variable.assign(random.standard_normal(variable.shape))
    return model


def batches(sizes):
    """Yields parts of batches of 8 rows whose weights are as `feeds` makes them."""
    ids, targets = tiny_texts()
    start = 0
    for size in sizes * NUM_UPDATES:
        rows = slice(start, start + size)
        yield ids[rows], targets[rows], np.full(size, len(sizes) / 8, np.float32)
        start += size


def data(sizes):
    """Returns them as `fit` takes them on this backend, and under a strategy."""
    if keras.backend.backend() != "tensorflow":
        return batches(sizes)
    import tensorflow as tf

    shapes = [((None, 3), tf.int32), ((None, 4), tf.float32), ((None,), tf.float32)]
    return tf.data.Dataset.from_generator(
        lambda: batches(sizes),
        output_signature=tuple(tf.TensorSpec(*shape) for shape in shapes),
    )


def optimizer_for(model, sizes, scaled=False):
    """Everything that could be done per part instead of per update is on."""
    optimizer = adamw(
        model.trainable_variables,
        0.1,
        total_steps=NUM_UPDATES + 1,
        warmup_share=0.5,
        weight_decay=0.5,
        clip_norm=0.05,
        rate_factors=(0.5, 1.0, 1.0),
        accumulate_steps=len(sizes),
        ema_momentum=0.9,
    )
    return keras.optimizers.LossScaleOptimizer(optimizer) if scaled else optimizer


def learned(kind, scaled=False, regularized=None, lazy=False, **compile_options):
    """Returns the weights after three updates, and their averages, in one list."""
    model = tiny_model()
    model.trainable_variables[0].lazy_rows = lazy
    trained = model
    if regularized:
        table = model.trainable_variables[0]
        trained = RegularizedModel(model, "multiclass", embeddings=table, **regularized)
    sizes = PARTS[kind]
    optimizer = optimizer_for(model, sizes, scaled)
    trained.compile(optimizer, loss_for("multiclass"), **compile_options)
    num_steps = NUM_UPDATES * len(sizes)
    trained.fit(data(sizes), steps_per_epoch=num_steps, shuffle=False, verbose=0)
    return weights_and_averages(trained)


@cache
def learned_whole():
    """Returns what is learned from whole batches, one operation after the other."""
    return learned("whole", run_eagerly=True)


def weights_and_averages(model):
    """Returns float32 arrays: the weights, then what `averaged_weights` lends."""
    arrays = model.get_weights()
    with averaged_weights(model):
        return arrays + model.get_weights()


def assert_same(some, others, atol=1e-6):
    """Compares lists of arrays."""
    for one, other in zip(some, others, strict=True):
        np.testing.assert_allclose(one, other, atol=atol)


def learned_elsewhere(backend, **arguments) -> list:
    """Returns what `main` writes on another backend or on two devices."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    result = subprocess.run(
        [sys.executable, __file__, json.dumps(arguments)],
        env=os.environ | {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    found = json.loads(result.stdout.splitlines()[-1])
    assert found["backend"] == backend
    return found["learned"]


def learned_on_two_devices(kind, scaled=False, regularized=None, lazy=False):
    """The same as `learned`, each part shared by two simulated CPUs."""
    import tensorflow as tf

    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        return learned(kind, scaled, regularized, lazy, jit_compile=False)


def split_cpu():
    """Makes two logical devices of one CPU."""
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)


def main(devices, cases):
    """Writes what is learned in each case, given by the arguments of `learned`."""
    function = learned
    if devices == 2:
        split_cpu()
        function = learned_on_two_devices
    found = [[array.tolist() for array in function(**case)] for case in cases]
    result = {"backend": keras.backend.backend(), "learned": found}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
