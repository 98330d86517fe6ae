"""Heads as ONNX nodes, compared with their formulas in numpy."""

import numpy as np
import onnxruntime
import pytest

from kerascls.errors import ExportError
from kerascls.models.registry import POOLINGS, Pooling
from kerascls.serving.exporters.onnx.graph import OnnxGraph
from kerascls.serving.exporters.onnx.head import add_head, can_skip_tokens

DIM, CLASSES = 4, 3
RANDOM = np.random.default_rng(0)
TABLE = RANDOM.standard_normal((9, DIM)).astype(np.float32)
KERNEL = RANDOM.standard_normal((DIM, CLASSES)).astype(np.float32)
BIAS = np.array([0.5, -1, 2], np.float32)
# The last row has no real token.
IDS = np.array([[3, 5, 7], [4, 8, 0], [0, 0, 0]], np.int32)
MASK = np.array([[1, 1, 1], [1, 1, 0], [0, 0, 0]], np.int32)
STATES = TABLE[IDS]  # (batch, tokens, dim)


def logits(pooling, mlp_dim=None, tables=("table",), **weights):
    """Runs a head on rows of a table, which stand for hidden states."""
    known = {"table": TABLE, "classifier/kernel": KERNEL, "classifier/bias": BIAS}
    graph = OnnxGraph(known | weights)
    states = [graph.rows(name, "token_ids") for name in tables]
    output = add_head(graph, states, pooling, mlp_dim)
    session = onnxruntime.InferenceSession(graph.to_bytes(output, CLASSES, {}))
    feed = {"token_ids": IDS, "segment_ids": 0 * IDS, "padding_mask": MASK}
    used = {one.name for one in session.get_inputs()}
    return session.run(None, {name: feed[name] for name in used})[0]


def expect(found, pooled):
    np.testing.assert_allclose(found, pooled @ KERNEL + BIAS, rtol=1e-5, atol=1e-5)


def test_cls_is_the_first_token():
    expect(logits("cls"), STATES[:, 0])


def test_the_mean_is_of_real_tokens_and_zero_without_any():
    pooled = [STATES[0].mean(axis=0), STATES[1, :2].mean(axis=0), np.zeros(DIM)]
    expect(logits("mean"), np.array(pooled))


def test_the_maximum_is_of_real_tokens_and_zero_without_any():
    pooled = [STATES[0].max(axis=0), STATES[1, :2].max(axis=0), np.zeros(DIM)]
    expect(logits("max"), np.array(pooled))


def test_each_label_reads_the_vector_of_its_own_query():
    query = RANDOM.standard_normal((DIM, CLASSES)).astype(np.float32)
    found = logits("label_attention", **{"head/attention/query": query})
    shares = np.exp(STATES[0] @ query)
    shares /= shares.sum(axis=0)
    vectors = shares.T @ STATES[0]  # (classes, dim)
    expected = (vectors * KERNEL.T).sum(axis=1) + BIAS
    np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-5)


def test_layers_are_mixed_by_their_weights():
    mix = {"head/mix/weights": np.array([0.0, np.log(3)]), "head/mix/gamma": 2.0}
    other = (TABLE**2).astype(np.float32)
    found = logits("cls", tables=("table", "other"), other=other, **mix)
    expect(found, 2 * (0.25 * STATES + 0.75 * other[IDS])[:, 0])


def test_a_layer_of_relu_stands_before_the_classifier():
    kernel, bias = -np.eye(DIM, dtype=np.float32), np.ones(DIM, np.float32)
    found = logits("cls", DIM, **{"head/mlp/kernel": kernel, "head/mlp/bias": bias})
    expect(found, np.maximum(1 - STATES[:, 0], 0))


def test_a_pooling_without_nodes_is_refused(monkeypatch):
    row = Pooling(meaning="mine", layer="mine:layer")
    monkeypatch.setitem(POOLINGS, "mine", row)
    with pytest.raises(ExportError, match="cls, .*Received: pooling='mine'"):
        logits("mine")


@pytest.mark.parametrize(
    ("pooling", "mix_layers", "expected"),
    [("cls", 1, True), ("pooler", 1, True), ("cls", 2, False), ("mean", 1, False)],
)
def test_tokens_are_skipped_where_the_first_of_the_last_layer_is_all(
    pooling, mix_layers, expected
):
    assert can_skip_tokens(pooling, mix_layers) is expected
