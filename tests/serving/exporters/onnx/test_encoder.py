"""Encoders as ONNX nodes, compared with those of Keras state by state."""

import numpy as np
import onnxruntime
import pytest
from tiny_models import FAMILIES, random_weights, tiny_batch, tiny_config

from kerascls.models.encoder import build_encoder
from kerascls.models.families import FAMILIES as FAMILIES_OF_ENCODERS
from kerascls.serving.exporters.onnx import encoder as onnx_encoder
from kerascls.serving.exporters.onnx.encoder import first_token
from kerascls.serving.exporters.onnx.graph import OnnxGraph
from kerascls.system.tables import named

BATCH = tiny_batch((8, 5, 3))


def weights_of(encoder) -> dict[str, np.ndarray]:
    encoder(**BATCH)
    variables = encoder.weights_by_name()
    arrays = random_weights(variables)
    for name, variable in variables.items():
        variable.assign(arrays[name])
    return arrays


def first_states(weights, config, num_outputs=1, first_only=False):
    """Runs an encoder; returns `[CLS]` of each layer, `(layers, batch, dim)`."""
    found = []
    for layer in range(num_outputs):
        graph = OnnxGraph(weights)
        add = named(FAMILIES_OF_ENCODERS[config.family].onnx)
        state = add(graph, config, num_outputs, first_only)[layer]
        vector = graph.node("Squeeze", first_token(graph, state), graph.ints(1))
        content = graph.to_bytes(vector, config.hidden_dim, {})
        found += onnxruntime.InferenceSession(content).run(None, BATCH)
    return np.array(found)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_states_of_the_last_layers_are_those_of_keras(family):
    config = tiny_config(family)
    encoder = build_encoder(config, num_outputs=2)
    weights = weights_of(encoder)
    expected = np.split(np.array(encoder(**BATCH)), 2, axis=-1)  # beside each other
    found = first_states(weights, config, num_outputs=2)
    np.testing.assert_allclose(
        found, [state[:, 0] for state in expected], rtol=1e-4, atol=1e-5
    )


def test_computing_the_first_token_alone_changes_nothing():
    config = tiny_config()
    weights = weights_of(build_encoder(config))
    np.testing.assert_allclose(
        first_states(weights, config, first_only=True),
        first_states(weights, config),
        rtol=1e-5,
        atol=1e-6,
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gelu_erf", [-0.158655, 0, 1.954500]),
        ("gelu_tanh", [-0.158808, 0, 1.954598]),
        ("relu", [0, 0, 2]),
    ],
)
def test_an_activation_is_of_the_sum_with_the_bias(name, expected):
    table = np.array([[-2.0, -1.0, 1.0]], np.float32)
    graph = OnnxGraph({"table": table, "bias": np.ones(3, np.float32)})
    x = graph.rows("table", "token_ids")
    output = getattr(onnx_encoder, name)(graph, x, graph.weight("bias"))
    vector = graph.node("Squeeze", first_token(graph, output), graph.ints(1))
    session = onnxruntime.InferenceSession(graph.to_bytes(vector, 3, {}))
    feed = {name: np.zeros((1, 1), np.int32) for name in BATCH}
    (found,) = session.run(None, feed)
    np.testing.assert_allclose(found, [expected], atol=1e-5)
