"""Windows of a text as ONNX nodes, see `kerascls.models.layers.windows`."""

from collections.abc import Callable

from kerascls.serving.exporters.onnx.graph import OnnxGraph

_AXES = ("rows", "windows", "tokens")


def axes_of(rank: int) -> tuple[str, ...]:
    """Returns the names of the axes of inputs, of which windows are the third."""
    return _AXES if rank == len(_AXES) else (_AXES[0], _AXES[-1])


def fold_inputs(graph: OnnxGraph) -> None:
    """Makes an encoder read the windows of all rows one below the other."""
    num_tokens = graph.node("Shape", "token_ids", start=2, end=3)
    shape = graph.node("Concat", graph.ints(-1), num_tokens, axis=0)
    for name in graph.inputs:
        graph.inputs[name] = graph.node("Reshape", name, shape)


def pool_windows(
    graph: OnnxGraph, add_pooling: Callable[..., str], vectors: str, several: bool
) -> str:
    """Adds the vectors of texts, made out of those of their windows.

    Args:
        graph: Whose inputs are `(rows, windows, tokens)`.
        add_pooling: What adds the nodes of a pooling, see `Pooling.onnx`.
        vectors: `(rows * windows, hidden_dim)`.
        several: Whether there are several, `(rows * windows, vectors, hidden_dim)`.

    Returns:
        `(rows, width)`, of several `(rows, vectors, width)`.
    """
    # (rows, windows)
    is_real = graph.node("ReduceMax", "padding_mask", graph.ints(-1), keepdims=0)
    start = graph.node("Shape", is_real)
    rest = graph.node("Shape", vectors, start=1)
    shape = graph.node("Concat", start, rest, axis=0)
    by_row = graph.node("Reshape", vectors, shape)
    if not several:
        return add_pooling(graph, by_row, is_real, "head/windows/")
    # As rows of their own: (rows * vectors, windows, hidden_dim)
    by_vector = graph.node("Transpose", by_row, perm=[0, 2, 1, 3])
    pair = graph.node("Shape", by_vector, start=2)
    shape = graph.node("Concat", graph.ints(-1), pair, axis=0)
    by_vector = graph.node("Reshape", by_vector, shape)
    num_vectors = graph.node("Shape", vectors, start=1, end=2)
    repeats = graph.node("Concat", graph.ints(1), num_vectors, graph.ints(1), axis=0)
    # (rows, vectors, windows)
    masks = graph.node("Tile", graph.node("Unsqueeze", is_real, graph.ints(1)), repeats)
    num_windows = graph.node("Shape", is_real, start=1)
    shape = graph.node("Concat", graph.ints(-1), num_windows, axis=0)
    masks = graph.node("Reshape", masks, shape)
    pooled = add_pooling(graph, by_vector, masks, "head/windows/")
    width = graph.node("Shape", pooled, start=1)
    shape = graph.node("Concat", graph.ints(-1), num_vectors, width, axis=0)
    return graph.node("Reshape", pooled, shape)
