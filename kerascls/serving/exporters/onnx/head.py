"""The head of `kerascls.models.heads` as ONNX nodes."""

from collections.abc import Callable

import numpy as np

from kerascls.errors import ExportError
from kerascls.models.registry import POOLINGS
from kerascls.serving.exporters.onnx.encoder import first_token
from kerascls.serving.exporters.onnx.graph import OnnxGraph
from kerascls.serving.exporters.onnx.windows import pool_windows
from kerascls.system.tables import named


def add_head(
    graph: OnnxGraph,
    states: list[str],
    pooling: str,
    mlp_dim: int | None,
    window_pooling: str | None = None,
) -> str:
    """Adds the head that `kerascls.models.heads.ClassificationHead` builds.

    Args:
        graph: With the head's weights.
        states: What the last layers give, `(batch, tokens, hidden_dim)` each; of more
            than one the head mixes them.
        pooling: Name of a pooling.
        mlp_dim: Units of the ReLU layer; None for no such layer.
        window_pooling: Name of the pooling of windows, whose states come one below the
            other, as of `windows.fold_inputs`; None for texts without windows.

    Returns:
        The logits, float32 `(batch, num_classes)`.

    Raises:
        ExportError: When there are no nodes for the pooling.
    """
    row = POOLINGS[pooling]
    add_pooling = nodes_of(pooling, "pooling")
    if row.first_only:
        states = [first_token(graph, state) for state in states]
    # (batch, hidden_dim), or (batch, classes, hidden_dim) with one vector per label
    mask = graph.inputs["padding_mask"]
    pooled = add_pooling(graph, _mixed(graph, states), mask, "head/")
    if window_pooling is not None:
        nodes = nodes_of(window_pooling, "window_pooling")
        pooled = pool_windows(graph, nodes, pooled, row.per_label)
    if mlp_dim is not None:
        pooled = graph.node("Relu", graph.float_dense(pooled, "head/mlp"))
    if not row.per_label:
        return graph.float_dense(pooled, "classifier")
    kernel = graph.weights["classifier/kernel"].T  # (classes, width)
    columns = graph.constant("classifier/columns", kernel, np.float32)
    logits = _sum(graph, graph.node("Mul", pooled, columns), 2)  # (batch, classes)
    return graph.node("Add", logits, graph.weight("classifier/bias"))


def nodes_of(pooling: str, argument: str) -> Callable[..., str]:
    """Returns what adds the nodes of a pooling, see `Pooling.onnx`.

    Raises:
        ExportError: When there are none; `argument` is what the message calls it.
    """
    reference = POOLINGS[pooling].onnx
    if reference is None:
        raise ExportError(
            f"Expected a pooling that can be written as ONNX: "
            f"{', '.join(name for name, other in POOLINGS.items() if other.onnx)}. "
            f"Received: {argument}={pooling!r}. Choose another format with --format."
        )
    return named(reference)


def can_skip_tokens(pooling: str, mix_layers: int) -> bool:
    """Returns whether the head reads `[CLS]` of the last layer and nothing else."""
    return POOLINGS[pooling].first_only and mix_layers == 1


def _mixed(graph: OnnxGraph, states: list[str]) -> str:
    if len(states) == 1:
        return states[0]
    scores = graph.weights["head/mix/weights"].astype(np.float64)
    shares = np.exp(scores - scores.max())
    shares *= graph.weights["head/mix/gamma"] / shares.sum()
    weighted = [
        graph.node("Mul", state, graph.constant(f"head/mix/{index}", share, np.float32))
        for index, (state, share) in enumerate(zip(states, shares, strict=True))
    ]
    return graph.node("Sum", *weighted)


def only_vector(graph: OnnxGraph, hidden: str, *_: str) -> str:
    """Returns the vector of the only token, `(batch, hidden_dim)`."""
    return graph.node("Squeeze", hidden, graph.ints(1))


def pooler(graph: OnnxGraph, hidden: str, *_: str) -> str:
    """Adds the encoder's pooler on the vector of the only token."""
    first = only_vector(graph, hidden)
    return graph.node("Tanh", graph.float_dense(first, "pooler/dense"))


def mean(graph: OnnxGraph, hidden: str, padding_mask: str, _: str) -> str:
    """Adds the average vector of the real tokens."""
    mask = graph.node("Cast", padding_mask, to=1)  # float32
    mask = graph.node("Unsqueeze", mask, graph.ints(2))  # (batch, tokens, 1)
    total = _sum(graph, graph.node("Mul", hidden, mask), 1)
    one = graph.constant("one", 1, np.float32)
    return graph.node("Div", total, graph.node("Max", _sum(graph, mask, 1), one))


def maximum(graph: OnnxGraph, hidden: str, padding_mask: str, _: str) -> str:
    """Adds the largest value of each unit over the real tokens."""
    lowest = graph.constant("lowest", -np.inf, np.float32)
    zero = graph.constant("zero", 0, np.float32)
    real = graph.node("Where", is_real(graph, padding_mask), hidden, lowest)
    largest = graph.node("ReduceMax", real, graph.ints(1), keepdims=0)
    is_empty = graph.node("Equal", largest, lowest)
    return graph.node("Where", is_empty, zero, largest)


def attention(graph: OnnxGraph, hidden: str, padding_mask: str, prefix: str) -> str:
    """Adds the average that one learned query weighs."""
    return only_vector(graph, label_attention(graph, hidden, padding_mask, prefix))


def label_attention(
    graph: OnnxGraph, hidden: str, padding_mask: str, prefix: str
) -> str:
    """Adds one average for each query, `(batch, queries, hidden_dim)`."""
    # (batch, tokens, queries)
    queries = graph.weight(f"{prefix}attention/query")
    scores = graph.node("MatMul", hidden, queries)
    masked = graph.constant("masked", -1e9, np.float32)
    scores = graph.node("Where", is_real(graph, padding_mask), scores, masked)
    shares = graph.node("Softmax", scores, axis=1)
    shares = graph.node("Transpose", shares, perm=[0, 2, 1])
    return graph.node("MatMul", shares, hidden)  # (batch, queries, hidden_dim)


def is_real(graph: OnnxGraph, padding_mask: str) -> str:
    """Returns which tokens are real, bool `(batch, tokens, 1)`."""
    mask = graph.node("Cast", padding_mask, to=9)  # bool
    return graph.node("Unsqueeze", mask, graph.ints(2))


def _sum(graph: OnnxGraph, x: str, axis: int) -> str:
    return graph.node("ReduceSum", x, graph.ints(axis), keepdims=0)
