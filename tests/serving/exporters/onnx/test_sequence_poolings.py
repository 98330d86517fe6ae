"""Poolings of tokens in their order as ONNX nodes: those of the layer in Keras."""

from collections import Counter

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from tiny_models import random_weights, tiny_batch

from kerascls.models.registry import POOLINGS
from kerascls.serving.exporters.onnx.graph import Int8Graph, OnnxGraph
from kerascls.system.tables import named

DIM = 6
TABLE = np.random.default_rng(0).standard_normal((40, DIM)).astype(np.float32)
# What the names of weights begin with where windows are pooled.
PREFIX = "head/windows/"


def layer_of(name):
    layer = named(POOLINGS[name].layer)(
        1, DIM, keras.initializers.TruncatedNormal(seed=1)
    )
    for key, array in random_weights(layer.weights_by_name()).items():
        layer.weights_by_name()[key].assign(2 * array)
    return layer


def content_of(name, layer, kind=OnnxGraph) -> bytes:
    weights = {
        f"{PREFIX}{name}/{key}": keras.ops.convert_to_numpy(variable)
        for key, variable in layer.weights_by_name().items()
    }
    graph = kind({**weights, "table": TABLE})
    hidden = graph.node("Gather", graph.weight("table"), "token_ids", axis=0)
    output = named(POOLINGS[name].onnx)(graph, hidden, "padding_mask", PREFIX)
    return graph.to_bytes(output, layer.output_dim, {})


@pytest.mark.parametrize("kind", [OnnxGraph, Int8Graph])
@pytest.mark.parametrize("name", ["cnn", "lstm"])
def test_vectors_are_those_of_the_layer_also_of_a_text_without_tokens(name, kind):
    layer = layer_of(name)
    session = onnxruntime.InferenceSession(content_of(name, layer, kind))
    used = {one.name for one in session.get_inputs()}
    for lengths in ((8, 5, 1, 0), (1,), (3, 2), (0,)):
        batch = tiny_batch(lengths, max(1, *lengths, 0))
        (found,) = session.run(None, {key: batch[key] for key in used})
        expected = layer(TABLE[batch["token_ids"]], batch["padding_mask"])
        expected = keras.ops.convert_to_numpy(expected)[:, 0]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_convolutions_and_lstm_are_those_of_onnx():
    counts = {
        name: Counter(
            node.op_type
            for node in onnx.load_from_string(
                content_of(name, layer_of(name))
            ).graph.node
        )
        for name in ("cnn", "lstm")
    }
    assert (counts["cnn"]["Conv"], counts["lstm"]["LSTM"]) == (3, 1)
    assert counts["lstm"]["Loop"] == 0
