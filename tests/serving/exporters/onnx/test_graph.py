"""8-bit products are the same on processors that clip sums of two in 16 bits.

This processor may not clip; so what one that does would compute is computed here.
"""

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tiny_models import FAMILIES, tiny_batch

from kerascls.models.heads import POOLINGS
from kerascls.serving.exporters import FORMATS
from kerascls.serving.exporters.onnx import graph as onnx_graph
from kerascls.serving.exporters.onnx.graph import KERNEL_CODES, TABLE_CODES

INT16 = np.iinfo(np.int16)
MODELS = [
    *({"family": name, "pooling": "mean"} for name in FAMILIES),
    *({"pooling": name} for name in POOLINGS),
]


def pair_sums(x: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Sums of two products each: int64 `(rows, inputs / 2, outputs)`."""
    more = x.shape[-1] % 2
    x = np.pad(x, ((0, 0), (0, more))).astype(np.int64)
    products = x[:, :, None] * np.pad(codes, ((0, more), (0, 0)))
    return products[:, ::2] + products[:, 1::2]


def exact(x, codes) -> np.ndarray:
    return pair_sums(x, codes).sum(axis=1)


def clipped(x, codes) -> np.ndarray:
    """What VPMADDUBSW makes of it."""
    return pair_sums(x, codes).clip(INT16.min, INT16.max).sum(axis=1)


def eight_bits(x: np.ndarray) -> tuple[np.ndarray, np.float32, np.float32]:
    """Codes, scale and zero point, as DynamicQuantizeLinear of ONNX finds them."""
    low, high = min(x.min(), np.float32(0)), max(x.max(), np.float32(0))
    scale = (high - low) / np.float32(255)
    zero_point = np.rint(-low / scale)
    codes = (np.rint(x / scale) + zero_point).clip(0, 255)
    return codes.astype(np.uint8), scale, zero_point


def products(bundle) -> list[dict[str, np.ndarray]]:
    """What goes into each 8-bit product of a bundle's model, and what comes out."""
    place = bundle.path / "model.onnx"
    FORMATS["onnx"].write(bundle, place, int8=True)
    model = onnx.load(place)
    nodes = [n for n in model.graph.node if n.op_type == "DynamicQuantizeMatMul"]
    wanted = sorted({name for n in nodes for name in (n.input[0], n.output[0])})
    del model.graph.output[:]
    model.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        for name in wanted
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    values = dict(zip(wanted, session.run(wanted, tiny_batch((8, 5, 3))), strict=True))
    for array in model.graph.initializer:
        values[array.name] = onnx.numpy_helper.to_array(array)
    names = ("x", "codes", "scale", "zero", "bias")
    return [
        {name: values[one] for name, one in zip(names, node.input, strict=False) if one}
        | {"y": values[node.output[0]]}
        for node in nodes
    ]


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_a_processor_that_clips_computes_the_same(options, make_bundle, tmp_path):
    found = products(make_bundle(tmp_path / "bundle", **options))
    assert len(found) >= 8
    for one in found:
        x, scale, zero_point = eight_bits(one["x"].reshape(-1, one["x"].shape[-1]))
        sums = exact(x, one["codes"])
        np.testing.assert_array_equal(clipped(x, one["codes"]), sums)
        y = sums - zero_point * one["codes"].sum(axis=0, dtype=np.int64)
        y = y * scale * one["scale"] + one.get("bias", 0)
        np.testing.assert_allclose(one["y"].reshape(y.shape), y, atol=1e-4)


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_with_all_of_int8_it_would_not(options, make_bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_graph, "KERNEL_CODES", 127)
    differences = []
    for one in products(make_bundle(tmp_path / "bundle", **options)):
        x, *_ = eight_bits(one["x"].reshape(-1, one["x"].shape[-1]))
        differences.append(clipped(x, one["codes"]) - exact(x, one["codes"]))
    assert any(difference.any() for difference in differences)


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(
    x=arrays(np.uint8, (3, 7)),
    kernel=arrays(np.float32, (7, 2), elements=numbers),
)
def test_no_kernel_and_no_activations_are_clipped(x, kernel):
    codes, scales = onnx_graph._quantized(kernel, KERNEL_CODES, axis=0)
    assert np.abs(codes).max() <= KERNEL_CODES
    codes = codes.astype(np.int8)
    np.testing.assert_array_equal(clipped(x, codes), exact(x, codes))


@pytest.mark.parametrize(("codes", "is_exact"), [(KERNEL_CODES, True), (127, False)])
def test_the_largest_of_all_sums(codes, is_exact):
    x = np.full((1, 2), 255, np.uint8)
    for sign in (1, -1):
        kernel = np.full((2, 1), sign * codes, np.int8)
        assert (clipped(x, kernel) == exact(x, kernel)).all() == is_exact


def test_tables_take_all_of_int8(make_bundle, tmp_path):
    bundle = make_bundle(tmp_path / "bundle")
    FORMATS["onnx"].write(bundle, tmp_path / "model.onnx", int8=True)
    largest = {
        array.name.rpartition("/int8")[0]: np.abs(
            onnx.numpy_helper.to_array(array).astype(int)
        ).max()
        for array in onnx.load(tmp_path / "model.onnx").graph.initializer
        if array.name.endswith("/int8")
    }
    assert largest.pop("embeddings/word_embeddings") == TABLE_CODES == 127
    assert set(largest.values()) == {KERNEL_CODES}
