"""The encoders of `models/encoder.py` as nodes that onnxruntime computes fast."""

import numpy as np

from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.registry import ACTIVATIONS
from kerascls.serving.exporters.onnx.graph import OnnxGraph
from kerascls.system.tables import named

# As in `kerascls.models.layers.transformer.attention_bias`.
MASKED = -1e9
_QKV = ("query", "key", "value")


def add_encoder(
    graph: OnnxGraph, config: EncoderConfig, num_outputs: int, first_only: bool
) -> list[str]:
    """Adds an encoder.

    Args:
        graph: With the encoder's weights.
        config: Which family and which sizes.
        num_outputs: How many of the last layers' states are wanted.
        first_only: Whether of the last layer the state of `[CLS]` alone is wanted:
            then queries, output and feed-forward are computed for no other token.

    Returns:
        The states, float32 `(batch, tokens, hidden_dim)`, those of the last layer at
        the end; with `first_only` that is `(batch, 1, hidden_dim)`.
    """
    states = [_embed(graph, config)]
    for index in range(config.num_layers):
        is_last = index == config.num_layers - 1
        block = f"encoder/layer_{index % config.num_blocks}"
        states.append(
            _add_block(graph, config, block, states[-1], is_last and first_only)
        )
    return states[-num_outputs:]


def first_token(graph: OnnxGraph, states: str) -> str:
    """Returns the state of `[CLS]`, `(batch, 1, hidden_dim)`."""
    return graph.node("Slice", states, graph.ints(0), graph.ints(1), graph.ints(1))


def _embed(graph: OnnxGraph, config: EncoderConfig) -> str:
    total = graph.rows("embeddings/word_embeddings", graph.inputs["token_ids"])
    if config.num_token_types:
        segments = graph.weight("embeddings/token_type_embeddings")
        if config.num_token_types > 1:
            segments = graph.node("Gather", segments, graph.inputs["segment_ids"])
        total = graph.node("Add", total, segments)
    total = graph.node("Add", total, _positions(graph, config))
    hidden = graph.norm(total, "embeddings/LayerNorm", config.layer_norm_epsilon)
    return (
        graph.dense(hidden, "embeddings_project") if config.has_projection else hidden
    )


def _positions(graph: OnnxGraph, config: EncoderConfig) -> str:
    table = graph.weight("embeddings/position_embeddings")
    if not config.first_position:
        num_tokens = graph.node("Shape", graph.inputs["token_ids"], start=1, end=2)
        zero = graph.ints(0)
        return graph.node("Slice", table, zero, num_tokens, zero)  # (tokens, dim)
    before = graph.constant("before", config.first_position - 1, np.int32)
    counted = graph.node(
        "CumSum", graph.inputs["padding_mask"], graph.constant("axis", 1)
    )
    counted = graph.node("Mul", counted, graph.inputs["padding_mask"])
    return graph.node("Gather", table, graph.node("Add", counted, before))


def _add_block(
    graph: OnnxGraph, config: EncoderConfig, block: str, hidden: str, first_only: bool
) -> str:
    kept = first_token(graph, hidden) if first_only else hidden
    mixed = _attend(graph, config, f"{block}/attention/self", kept, hidden)
    kept = _add_and_norm(graph, config, f"{block}/attention/output", mixed, kept)
    inner = graph.product(kept, f"{block}/intermediate/dense", by_token=True)
    bias = graph.weight(f"{block}/intermediate/dense/bias")
    inner = named(ACTIVATIONS[config.activation].onnx)(graph, inner, bias)
    return _add_and_norm(graph, config, f"{block}/output", inner, kept, by_token=True)


def _add_and_norm(
    graph: OnnxGraph,
    config: EncoderConfig,
    name: str,
    x: str,
    residual: str,
    by_token: bool = False,
) -> str:
    # Not SkipLayerNormalization: its kernel is five times as slow as these two.
    total = graph.node("Add", graph.dense(x, f"{name}/dense", by_token), residual)
    return graph.norm(total, f"{name}/LayerNorm", config.layer_norm_epsilon)


def _attend(
    graph: OnnxGraph, config: EncoderConfig, name: str, queries: str, hidden: str
) -> str:
    if graph.packs_attention and queries == hidden:
        operator = "Attention"
        inputs = [hidden, _joined(graph, name, "kernel")]
    else:
        operator = "MultiHeadAttention"
        inputs = [
            graph.product(source, f"{name}/{vector}")
            for source, vector in zip((queries, hidden, hidden), _QKV, strict=True)
        ]
    return graph.contrib(
        operator,
        *inputs,
        _joined(graph, name, "bias"),
        graph.inputs["padding_mask"],
        num_heads=config.num_heads,
        mask_filter_value=MASKED,
    )


def _joined(graph: OnnxGraph, name: str, kind: str) -> str:
    """Adds the kernels or the biases of query, key and value beside each other."""
    arrays = [graph.weights[f"{name}/{vector}/{kind}"] for vector in _QKV]
    return graph.constant(f"{name}/{kind}", np.concatenate(arrays, axis=-1), np.float32)


def gelu_erf(graph: OnnxGraph, x: str, bias: str) -> str:
    """Adds GELU of `x + bias`."""
    return graph.contrib("BiasGelu", x, bias)


def gelu_tanh(graph: OnnxGraph, x: str, bias: str) -> str:
    """Adds the tanh form of GELU of `x + bias`."""
    return graph.contrib("FastGelu", x, bias)


def relu(graph: OnnxGraph, x: str, bias: str) -> str:
    """Adds what of `x + bias` is above 0."""
    return graph.node("Relu", graph.node("Add", x, bias))
