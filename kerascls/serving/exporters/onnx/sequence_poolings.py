"""The poolings of `kerascls.models.layers.sequence_poolings` as ONNX nodes."""

import numpy as np

from kerascls.serving.exporters.onnx.graph import OnnxGraph
from kerascls.serving.exporters.onnx.head import is_real, maximum

# Keras has the gates in this order, ONNX in that.
_KERAS_GATES, _ONNX_GATES = "ifco", "iofc"


def convolutions(graph: OnnxGraph, hidden: str, padding_mask: str, prefix: str) -> str:
    """Adds the largest answer of each filter over the real tokens, or 0."""
    real = _without_padding(graph, hidden, padding_mask)
    by_channel = graph.node("Transpose", real, perm=[0, 2, 1])  # (batch, dim, tokens)
    answers = [
        _convolution(graph, by_channel, name)
        for name in _convolution_names(graph, prefix)
    ]
    together = graph.node("Relu", graph.node("Concat", *answers, axis=1))
    by_token = graph.node("Transpose", together, perm=[0, 2, 1])
    return maximum(graph, by_token, padding_mask, prefix)


def _convolution_names(graph: OnnxGraph, prefix: str) -> list[str]:
    """Returns the layers' names, the narrowest first."""
    first, last = f"{prefix}cnn/", "/kernel"
    names = [
        name.removesuffix(last)
        for name in graph.weights
        if name.startswith(first) and name.endswith(last)
    ]
    return sorted(names, key=lambda name: len(graph.weights[f"{name}{last}"]))


def _convolution(graph: OnnxGraph, x: str, name: str) -> str:
    kernel = graph.weights[f"{name}/kernel"]  # (width, dim, filters)
    width = len(kernel)
    by_filter = graph.constant(f"{name}/onnx", kernel.transpose(2, 1, 0), np.float32)
    pads = [(width - 1) // 2, width // 2]
    bias = graph.weight(f"{name}/bias")
    return graph.node("Conv", x, by_filter, bias, kernel_shape=[width], pads=pads)


def lstm(graph: OnnxGraph, hidden: str, padding_mask: str, prefix: str) -> str:
    """Adds the largest value of each unit, of both directions, over the real tokens."""
    real = _without_padding(graph, hidden, padding_mask)
    lengths = graph.node("ReduceSum", padding_mask, graph.ints(1), keepdims=0)
    kernels, recurrent, biases = (
        np.stack(
            [
                _in_onnx_order(graph.weights[f"{prefix}lstm/{direction}/{name}"])
                for direction in ("forward", "backward")
            ]
        )
        for name in ("kernel", "recurrent_kernel", "bias")
    )
    # ONNX adds a second bias, of the recurrent product.
    biases = np.concatenate([biases, np.zeros_like(biases)], axis=1)
    arrays = {"kernel": kernels, "recurrent_kernel": recurrent, "bias": biases}
    states = graph.node(
        "LSTM",
        graph.node("Transpose", real, perm=[1, 0, 2]),  # (tokens, batch, dim)
        *(
            graph.constant(f"{prefix}lstm/onnx/{name}", array, np.float32)
            for name, array in arrays.items()
        ),
        lengths,
        direction="bidirectional",
        hidden_size=recurrent.shape[-1],
    )
    # Of (tokens, directions, batch, units)
    by_text = graph.node("Transpose", states, perm=[2, 0, 1, 3])
    both = graph.constant("both directions", [0, 0, -1])
    return maximum(graph, graph.node("Reshape", by_text, both), padding_mask, prefix)


def _in_onnx_order(array: np.ndarray) -> np.ndarray:
    """Returns the gates of Keras's last axis on the first, as ONNX has them."""
    gates = np.split(array.T, len(_KERAS_GATES))
    return np.concatenate([gates[_KERAS_GATES.index(gate)] for gate in _ONNX_GATES])


def _without_padding(graph: OnnxGraph, hidden: str, padding_mask: str) -> str:
    zero = graph.constant("zero", 0, np.float32)
    return graph.node("Where", is_real(graph, padding_mask), hidden, zero)
