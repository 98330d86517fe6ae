"""Gradients by embeddings are slopes of logits, on either backend."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny_models import random_weights, tiny_batch, tiny_classifier, tiny_windows

from kerascls.models.backend.gradients import embedding_gradients

KINDS = {
    "sequences": ({"pooling": "mean"}, tiny_batch((5, 3))),
    "windows": (
        {"pooling": "cls", "window_pooling": "mean"},
        tiny_windows(((5, 2), (4,))),
    ),
}
COLUMNS = np.array([2, 0], np.int32)
_JAX = f"""
import json, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_gradients import found
print(json.dumps({{kind: found(kind)[0].ravel().tolist() for kind in sys.argv[1:]}}))
"""


def model_of(kind):
    model = tiny_classifier(**KINDS[kind][0])
    model.load_named_weights(random_weights(model.weights_by_name()))
    return model


def found(kind):
    """Gradients, logits and embeddings of a batch of two rows."""
    model, batch = model_of(kind), KINDS[kind][1]
    embedded = np.asarray(model.embed(batch), np.float32)
    run = embedding_gradients(model, embedded.shape[-1])
    return *run(embedded, batch, COLUMNS), embedded


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_the_slopes_of_the_chosen_logits(kind):
    gradients, logits, embedded = found(kind)
    model, batch = model_of(kind), KINDS[kind][1]
    np.testing.assert_allclose(logits, np.asarray(model(batch)), atol=1e-5)
    assert gradients.shape == embedded.shape
    step = 0.01 * np.random.default_rng(0).standard_normal(embedded.shape)

    def of(values):
        rows = np.asarray(model.logits_of(values.astype(np.float32), batch))
        return rows[[0, 1], COLUMNS].astype(np.float64)

    slope = (of(embedded + step) - of(embedded - step)) / 2
    axes = tuple(range(1, step.ndim))
    np.testing.assert_allclose(
        (gradients * step).sum(axes), slope, rtol=0.05, atol=1e-4
    )


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() == "jax", reason="runs under JAX already")
def test_jax_finds_the_same():
    if find_spec("jax") is None:
        pytest.skip("jax is not installed")
    done = subprocess.run(
        [sys.executable, "-c", _JAX, *KINDS],
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    others = json.loads(done.stdout.splitlines()[-1])
    for kind in KINDS:
        np.testing.assert_allclose(found(kind)[0].ravel(), others[kind], atol=1e-5)
