"""A Keras model as an ONNX file, by tf2onnx from what TensorFlow traces of it."""

import logging
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.errors import ExportError
from kerascls.inference.bundle import ENCODER, Bundle
from kerascls.inference.runtimes.saturation import EXACT_CODES, KERNEL_CODES_KEY
from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.serving.exporters.onnx.graph import OUTPUT
from kerascls.serving.exporters.onnx.windows import axes_of
from kerascls.serving.exporters.saved_model.model import require_tensorflow
from kerascls.system.extras import require

if TYPE_CHECKING:
    import keras
    import onnx

# Not convolutions, which are slower so.
QUANTIZED = ["MatMul", "Gather"]


def traced_onnx(bundle: Bundle, int8: bool, metadata: Mapping[str, str]) -> bytes:
    """Returns the content of an ONNX file of a Keras model; see `Architecture.onnx`.

    With `int8` kernels and embedding tables have 8 bits, one scale each; but not those
    of convolutions and those within loops. What kernels meet is rounded as it comes.

    Raises:
        ExportError: When ONNX has no operators for the model.
        SettingsError: When tf2onnx is missing, or Keras does not run on TensorFlow.
    """
    name = bundle.read(ENCODER)["model"]
    require(f"ONNX of the model {name}", "tf2onnx")
    require_tensorflow(f"onnx of the model {name}")
    import onnx

    from kerascls.inference.runtimes.keras_runtime import load_model

    with tempfile.TemporaryDirectory() as folder, _quiet():
        path = Path(folder) / "model.onnx"
        _add_operations()
        specs = _input_specs(bundle.input_spec.input_rank)
        load_model(bundle).export(
            str(path), format="onnx", verbose=False, input_signature=[specs]
        )
        model = onnx.load(path)
        _check(model, name)
        _name_values(model.graph)
        if int8:
            model = _quantized(model, Path(folder))
            metadata = {**metadata, KERNEL_CODES_KEY: str(EXACT_CODES)}
    model.producer_name, model.producer_version = "kerascls", ""
    onnx.helper.set_model_props(model, dict(metadata))
    return model.SerializeToString(deterministic=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what tf2onnx and onnxruntime log and warn of from the screen."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of numpy's, for a patch
            yield
    finally:
        logging.disable(before)


def _input_specs(rank: int) -> "dict[str, keras.InputSpec]":
    import keras

    return {
        name: keras.InputSpec("int32", (None,) * rank, name=name) for name in INPUTS
    }


def _add_operations() -> None:
    """Tells tf2onnx of operations of TensorFlow that it does not know yet."""
    from tf2onnx.handler import tf_op

    # By the number of the ONNX version that has what they need.
    tf_op("Erfc").register_compat_handler(_erfc, 9)
    tf_op("Log1p").register_compat_handler(_log1p, 7)


def _erfc(graph: Any, node: Any, **_: Any) -> None:
    """Writes 1 - erf(x)."""
    erf = graph.make_node("Erf", node.input)
    _replace(graph, node, "Sub", [_one(graph, node), erf.output[0]])


def _log1p(graph: Any, node: Any, **_: Any) -> None:
    """Writes log(1 + x): other than TensorFlow's it rounds an x below 1e-7 to 0."""
    more = graph.make_node("Add", [_one(graph, node), node.input[0]])
    _replace(graph, node, "Log", more.output)


def _one(graph: Any, node: Any) -> str:
    import numpy as np
    from tf2onnx import utils

    dtype = utils.map_onnx_to_numpy_type(graph.get_dtype(node.input[0]))
    name = utils.make_name(node.name)
    return graph.make_const(name, np.ones((), dtype)).output[0]


def _replace(graph: Any, node: Any, op_type: str, inputs: Sequence[str]) -> None:
    shapes, dtypes = node.output_shapes, node.output_dtypes
    graph.remove_node(node.name)
    graph.make_node(
        op_type,
        inputs,
        name=node.name,
        outputs=node.output,
        shapes=shapes,
        dtypes=dtypes,
    )


def _check(model: "onnx.ModelProto", name: str) -> None:
    import onnx

    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        told = str(error).strip().partition("\n")[0].removesuffix(".")
        raise ExportError(
            f"Expected a model that ONNX has operators for. Received: model={name!r}: "
            f"{told}. Choose another format with --format."
        ) from error


def _name_values(graph: "onnx.GraphProto") -> None:
    """Gives axes and output the names that they have in files of encoders."""
    import onnx

    (output,) = graph.output
    graph.node.append(onnx.helper.make_node("Identity", [output.name], [OUTPUT]))
    output.name = OUTPUT
    output.type.tensor_type.shape.dim[0].dim_param = "rows"
    for value in graph.input:
        axes = value.type.tensor_type.shape.dim
        for axis, name in zip(axes, axes_of(len(axes)), strict=True):
            axis.dim_param = name


def _quantized(model: "onnx.ModelProto", folder: Path) -> "onnx.ModelProto":
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole, small = folder / "whole.onnx", folder / "small.onnx"
    onnx.save(model, whole)
    quantize_dynamic(
        whole,
        small,
        op_types_to_quantize=QUANTIZED,
        weight_type=QuantType.QInt8,
        reduce_range=True,  # up to `EXACT_CODES`
    )
    return onnx.load(small)
