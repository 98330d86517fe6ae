"""ModernBERT's encoder as nodes, the same as `models/modern_encoder.py`."""

import math
from typing import NamedTuple

import numpy as np

from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.layers.modern_angles import inverse_frequencies
from kerascls.models.registry import ACTIVATIONS
from kerascls.serving.exporters.onnx.encoder import MASKED, first_token
from kerascls.serving.exporters.onnx.graph import OnnxGraph
from kerascls.system.tables import named


class _Context(NamedTuple):
    bias: str  # (batch, 1, 1 or tokens, tokens)
    cosines: str  # (tokens, width of a head)
    sines: str


def add_modern_encoder(
    graph: OnnxGraph, config: EncoderConfig, num_outputs: int, first_only: bool
) -> list[str]:
    """Adds an encoder; see `onnx.encoder.add_encoder`."""
    hidden = graph.rows("embeddings/word_embeddings", graph.inputs["token_ids"])
    hidden = _norm(graph, config, hidden, "embeddings/LayerNorm")
    layers = range(config.num_layers)
    kinds = sorted({config.is_local(index) for index in layers})
    contexts = {kind: _context(graph, config, kind) for kind in kinds}
    states = []
    for index in layers:
        is_last = index == config.num_layers - 1
        context = contexts[config.is_local(index)]
        hidden = _add_block(
            graph, config, index, hidden, context, is_last and first_only
        )
        states.append(hidden)
    states[-1] = _norm(graph, config, hidden, "final/LayerNorm")
    return states[-num_outputs:]


def _add_block(
    graph: OnnxGraph,
    config: EncoderConfig,
    index: int,
    hidden: str,
    context: _Context,
    first_only: bool,
) -> str:
    block = f"encoder/layer_{index}"
    normal = hidden
    if index:
        normal = _norm(graph, config, hidden, f"{block}/attention/LayerNorm")
    attended = _attend(graph, config, block, normal, context, first_only)
    kept = first_token(graph, hidden) if first_only else hidden
    hidden = graph.node("Add", kept, attended)
    normal = _norm(graph, config, hidden, f"{block}/LayerNorm")
    inner = graph.product(normal, f"{block}/intermediate/dense", by_token=True)
    inner, gate = _parts(graph, inner, config.intermediate_dim, 2, axis=2)
    zeros = np.zeros(config.intermediate_dim, np.float32)
    no_bias = graph.constant("no_bias", zeros, np.float32)
    inner = named(ACTIVATIONS[config.activation].onnx)(graph, inner, no_bias)
    inner = graph.node("Mul", inner, gate)
    output = graph.product(inner, f"{block}/output/dense", by_token=True)
    return graph.node("Add", hidden, output)


def _attend(
    graph: OnnxGraph,
    config: EncoderConfig,
    block: str,
    normal: str,
    context: _Context,
    first_only: bool,
) -> str:
    width = config.hidden_dim // config.num_heads
    vectors = graph.product(normal, f"{block}/attention/self")
    heads = graph.constant("heads", [0, 0, config.num_heads, width])
    query, key, value = (
        # (batch, heads, tokens, width)
        graph.node("Transpose", graph.node("Reshape", x, heads), perm=[0, 2, 1, 3])
        for x in _parts(graph, vectors, config.hidden_dim, 3, axis=2)
    )
    query, key = (_rotated(graph, x, width, context) for x in (query, key))
    bias = context.bias
    if first_only:
        query, bias = (_first(graph, x) for x in (query, bias))
    scale = graph.constant("scale", 1.0 / math.sqrt(width), np.float32)
    query = graph.node("Mul", query, scale)
    key = graph.node("Transpose", key, perm=[0, 1, 3, 2])
    scores = graph.node("Add", graph.node("MatMul", query, key), bias)
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    mixed = graph.node("Transpose", mixed, perm=[0, 2, 1, 3])
    joined = graph.constant("joined", [0, 0, config.hidden_dim])
    return graph.product(
        graph.node("Reshape", mixed, joined), f"{block}/attention/output/dense"
    )


def _context(graph: OnnxGraph, config: EncoderConfig, is_local: bool) -> _Context:
    one, masked = (
        graph.constant(name, value, np.float32)
        for name, value in (("one", 1), ("masked", MASKED))
    )
    mask = graph.node("Cast", graph.inputs["padding_mask"], to=1)
    hidden = graph.node("Mul", graph.node("Sub", one, mask), masked)
    bias = graph.node("Unsqueeze", hidden, graph.ints(1, 2))  # (batch, 1, 1, tokens)
    num_tokens = graph.node("Shape", graph.inputs["token_ids"], start=1, end=2)
    scalar = graph.node("Squeeze", num_tokens, graph.ints(0))
    bounds = (graph.constant(f"from {n}", n) for n in (0, 1))
    first, step = bounds
    places = graph.node("Cast", graph.node("Range", first, scalar, step), to=1)
    column = graph.node("Unsqueeze", places, graph.ints(1))  # (tokens, 1)
    if is_local:
        row = graph.node("Unsqueeze", places, graph.ints(0))
        apart = graph.node("Abs", graph.node("Sub", column, row))
        reach = graph.constant("reach", config.local_attention // 2, np.float32)
        zero = graph.constant("zero", 0, np.float32)
        is_far = graph.node("Greater", apart, reach)
        bias = graph.node("Min", bias, graph.node("Where", is_far, masked, zero))
    name = f"frequencies {is_local}"
    frequencies = inverse_frequencies(config, is_local)
    angles = graph.node("Mul", column, graph.constant(name, frequencies, np.float32))
    angles = graph.node("Concat", angles, angles, axis=-1)
    return _Context(bias, graph.node("Cos", angles), graph.node("Sin", angles))


def _rotated(graph: OnnxGraph, x: str, width: int, context: _Context) -> str:
    first, second = _parts(graph, x, width // 2, 2, axis=3)
    swapped = graph.node("Concat", graph.node("Neg", second), first, axis=-1)
    return graph.node(
        "Add",
        graph.node("Mul", x, context.cosines),
        graph.node("Mul", swapped, context.sines),
    )


def _parts(graph: OnnxGraph, x: str, size: int, count: int, axis: int) -> list[str]:
    """Returns `count` parts of an axis, each of `size`."""
    ends = [size * index for index in range(count + 1)]
    axis_name = graph.ints(axis)
    return [
        graph.node("Slice", x, graph.ints(start), graph.ints(end), axis_name)
        for start, end in zip(ends, ends[1:], strict=False)
    ]


def _first(graph: OnnxGraph, x: str) -> str:
    """Returns the first of axis 2."""
    return graph.node("Slice", x, graph.ints(0), graph.ints(1), graph.ints(2))


def _norm(graph: OnnxGraph, config: EncoderConfig, x: str, name: str) -> str:
    scale = graph.weight(f"{name}/gamma")
    epsilon = config.layer_norm_epsilon
    return graph.node("LayerNormalization", x, scale, axis=-1, epsilon=epsilon)
