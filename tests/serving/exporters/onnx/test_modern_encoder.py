"""ModernBERT as ONNX nodes; `test_encoder.py` compares all families with Keras."""

import numpy as np
import onnxruntime
import pytest
from tiny_models import random_weights, tiny_batch, tiny_config

from kerascls.models.encoder import build_encoder
from kerascls.serving.exporters.onnx.encoder import first_token
from kerascls.serving.exporters.onnx.graph import Int8Graph, OnnxGraph
from kerascls.serving.exporters.onnx.modern_encoder import add_modern_encoder

BATCH = tiny_batch((14, 5, 3))


@pytest.mark.parametrize("first_only", [False, True])
@pytest.mark.parametrize(("graph", "tolerance"), [(OnnxGraph, 1e-5), (Int8Graph, 0.3)])
def test_local_and_global_layers_give_what_keras_gives(graph, tolerance, first_only):
    config = tiny_config("modernbert", num_layers=4, global_every=3, local_attention=4)
    encoder = build_encoder(config)
    weights = random_weights(encoder.weights_by_name())
    encoder.load_named_weights(weights)
    graph = graph(weights)
    (state,) = add_modern_encoder(graph, config, 1, first_only)
    vector = graph.node("Squeeze", first_token(graph, state), graph.ints(1))
    content = graph.to_bytes(vector, config.hidden_dim, {})
    (found,) = onnxruntime.InferenceSession(content).run(None, BATCH)
    expected = np.array(encoder(**BATCH))[:, 0]
    np.testing.assert_allclose(found, expected, atol=tolerance)
