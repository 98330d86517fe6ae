"""An ONNX graph under construction: nodes, weights, and products in 32 or 8 bits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kerascls.inference.runtimes.saturation import KERNEL_CODES, KERNEL_CODES_KEY
from kerascls.preprocessing.sequence_layout import INPUTS

# What onnxruntime adds to ONNX: https://onnxruntime.ai/docs/reference/operators
CONTRIB = "com.microsoft"
OPSET, IR_VERSION = 18, 9
OUTPUT = "logits"
# Embedding tables are looked up, not multiplied by activations: they have no sums that
# could be clipped, and take all of int8.
TABLE_CODES = 127


class OnnxGraph:
    """Collects nodes; values go by their names.

    Args:
        weights: float32 arrays by stable name. Kernels are `(inputs, outputs)`.
        axes: Names of the axes of the inputs.

    Attributes:
        inputs: By the names of `INPUTS`, the values that an encoder reads.
    """

    # Whether queries, keys and values of all tokens are best computed by one operator.
    packs_attention = True
    # What its files tell of its arithmetic, for those who run them.
    metadata: Mapping[str, str] = {}

    def __init__(
        self,
        weights: Mapping[str, np.ndarray],
        axes: Sequence[str] = ("rows", "tokens"),
    ) -> None:
        self.weights = weights
        self.axes = axes
        self.inputs = {name: name for name in INPUTS}
        self._nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = []
        self._arrays: dict[str, np.ndarray] = {}

    def constant(self, name: str, value: Any, dtype: Any = np.int64) -> str:
        """Adds an array, once whatever the number of calls; returns its name."""
        if name not in self._arrays:
            self._arrays[name] = np.array(value, dtype, order="C")
        return name

    def ints(self, *numbers: int) -> str:
        """Adds whole numbers: axes, indices."""
        return self.constant("ints" + "".join(f" {n}" for n in numbers), numbers)

    def weight(self, name: str) -> str:
        """Adds a weight under its stable name; returns that."""
        return self.constant(name, self.weights[name], np.float32)

    def node(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node with one output; returns the name of that.

        Inputs are names of values too, `""` for one left out.
        """
        output = f"{op_type}_{len(self._nodes)}"
        self._nodes.append((op_type, list(inputs), [output], attributes))
        return output

    def contrib(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node of onnxruntime's own operators."""
        return self.node(op_type, *inputs, domain=CONTRIB, **attributes)

    def rows(self, table: str, ids: str) -> str:
        """Returns rows of an embedding table."""
        return self.node("Gather", self.weight(table), ids, axis=0)

    def product(self, x: str, name: str, by_token: bool = False) -> str:
        """Returns `x` times the kernel of a dense layer, without its bias.

        Args:
            x: `(batch, tokens, inputs)`.
            name: Of the layer.
            by_token: Whether tokens differ so much in size that in 8 bits each needs
                its own scale; of no effect in 32.
        """
        return self.node("MatMul", x, self.weight(f"{name}/kernel"))

    def dense(self, x: str, name: str, by_token: bool = False) -> str:
        """Returns a dense layer's output; see `product`."""
        return self.float_dense(x, name)

    def float_dense(self, x: str, name: str) -> str:
        """Returns the output of a dense layer that keeps its 32 bits in any graph."""
        product = self.node("MatMul", x, self.weight(f"{name}/kernel"))
        return self.node("Add", product, self.weight(f"{name}/bias"))

    def norm(self, x: str, name: str, epsilon: float) -> str:
        """Returns the LayerNorm of the last axis."""
        scale, shift = self.weight(f"{name}/gamma"), self.weight(f"{name}/beta")
        return self.node(
            "LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon
        )

    def to_bytes(
        self, output: str, num_classes: int, metadata: Mapping[str, str]
    ) -> bytes:
        """Returns the file's content, of a model that gives `output`."""
        from onnx import TensorProto, helper, numpy_helper

        nodes = [
            helper.make_node(op, inputs, outputs, name=outputs[0], **attributes)
            for op, inputs, outputs, attributes in (
                *self._nodes,
                ("Identity", [output], [OUTPUT], {}),
            )
        ]
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT32, self.axes)
            for name in INPUTS
        ]
        logits = helper.make_tensor_value_info(
            OUTPUT, TensorProto.FLOAT, ["rows", num_classes]
        )
        arrays = [
            numpy_helper.from_array(array, name) for name, array in self._arrays.items()
        ]
        model = helper.make_model(
            helper.make_graph(nodes, "kerascls", inputs, [logits], arrays),
            producer_name="kerascls",
            ir_version=IR_VERSION,
            opset_imports=[
                helper.make_opsetid("", OPSET),
                helper.make_opsetid(CONTRIB, 1),
            ],
        )
        helper.set_model_props(model, {**metadata, **self.metadata})
        return model.SerializeToString(deterministic=True)


class Int8Graph(OnnxGraph):
    """A graph with 8-bit kernels and embedding tables.

    A kernel has one scale for each output, a table one for each row; zero is zero.
    Codes of kernels go from -63 to 63, so that no processor clips sums of their
    products (see `inference/runtimes/saturation.py`); those of tables from -127 to
    127.
    What is multiplied by a kernel is brought to 8 bits as it comes, with one scale for
    all rows that are computed together or, `by_token`, for each token: this is slower,
    but where tokens differ much it more than halves the errors of probabilities.

    References:
        - [LLM.int8()](https://arxiv.org/abs/2208.07339), section 2.1, for a scale of
          each token and of each output
        - [onnxruntime, reduce-range](
          https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html)
          for 7 bits
    """

    packs_attention = False
    metadata = {KERNEL_CODES_KEY: str(KERNEL_CODES)}

    def rows(self, table: str, ids: str) -> str:
        """Returns rows of an embedding table."""
        array, array_scales = _quantized(self.weights[table], TABLE_CODES, axis=1)
        codes = self.constant(f"{table}/int8", array, np.int8)
        scales = self.constant(f"{table}/scale", array_scales, np.float32)
        rows = self.node("Cast", self.node("Gather", codes, ids, axis=0), to=1)
        return self.node("Mul", rows, self.node("Gather", scales, ids, axis=0))

    def product(self, x: str, name: str, by_token: bool = False) -> str:
        """Returns `x` times the kernel of a dense layer, without its bias."""
        if not by_token:
            return self._product(x, name)
        # (batch, tokens, 1), never 0, for padding may be
        size = self.node("ReduceMax", self.node("Abs", x), self.ints(-1))
        size = self.node("Max", size, self.constant("tiny", 1e-9, np.float32))
        return self.node("Mul", self._product(self.node("Div", x, size), name), size)

    def dense(self, x: str, name: str, by_token: bool = False) -> str:
        """Returns a dense layer's output; see `product`."""
        bias = self.weight(f"{name}/bias")
        if by_token:
            return self.node("Add", self.product(x, name, by_token), bias)
        return self._product(x, name, "", bias)

    def _product(self, x: str, name: str, *zero_and_bias: str) -> str:
        kernel = self.weights[f"{name}/kernel"]
        array, array_scales = _quantized(kernel, KERNEL_CODES, axis=0)
        codes = self.constant(f"{name}/kernel/int8", array, np.int8)
        scales = self.constant(f"{name}/kernel/scale", array_scales[0], np.float32)
        return self.contrib("DynamicQuantizeMatMul", x, codes, scales, *zero_and_bias)


def _quantized(
    array: np.ndarray, largest: int, axis: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns codes from -largest to largest and the scales that make numbers of them.

    Numbers along the axis share a scale.
    """
    scales = np.abs(array).max(axis=axis, keepdims=True) / np.float32(largest)
    scales[scales == 0] = 1
    # A scale of very small numbers is itself rounded, and may be too small for them.
    return np.rint(array / scales).clip(-largest, largest), scales
