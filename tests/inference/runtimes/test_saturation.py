"""Whether this processor clips 8-bit products is found by computing one."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from kerascls.errors import BundleError
from kerascls.inference.runtimes import saturation
from kerascls.inference.runtimes.saturation import check_kernel_codes, saturates


def test_the_probe_is_one_product_of_the_largest_codes():
    graph = helper.make_graph(
        [
            helper.make_node(
                "DynamicQuantizeMatMul",
                ["x", "codes", "scale"],
                ["y"],
                domain="com.microsoft",
            )
        ],
        "probe",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(np.full((2, 1), 127, np.int8), "codes"),
            numpy_helper.from_array(np.float32(1), "scale"),
        ],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, ir_version=9, opset_imports=opsets)
    assert onnx.load_from_string(saturation._PROBE) == model


class Session:
    """Gives a number in place of the product, and keeps what it was asked."""

    def __init__(self, number):
        self.number = number

    def __call__(self, model, options, providers):
        return self

    def run(self, names, inputs):
        return [np.full((len(inputs["x"]), 1), self.number, np.float32)]


@pytest.mark.parametrize(
    ("number", "clips"), [(2 * 255 * 127, False), (2**15 - 1, True)]
)
def test_what_is_less_than_the_product_was_clipped(monkeypatch, number, clips):
    monkeypatch.setattr("onnxruntime.InferenceSession", Session(number))
    assert saturates.__wrapped__() is clips


def test_it_is_computed_once():
    saturates()
    before = saturates.cache_info().misses
    saturates()
    assert saturates.cache_info().misses == before == 1


@pytest.mark.parametrize("facts", [{}, {"kernel_codes": "127"}])
def test_large_codes_are_refused_where_they_are_clipped(monkeypatch, facts):
    monkeypatch.setattr(saturation, "saturates", lambda: True)
    message = (
        r"up to 63: .* Received: 'a\.onnx', kernel_codes=127, .* "
        r"`kerascls export OUT --int8`, or choose runtime='keras'"
    )
    with pytest.raises(BundleError, match=message):
        check_kernel_codes("a.onnx", facts)


def test_only_large_codes_need_a_probe_and_pass_where_they_are_not_clipped(monkeypatch):
    probes = []
    monkeypatch.setattr(saturation, "saturates", lambda: probes.append(1) or False)
    for codes in ("63", "64"):
        check_kernel_codes("a.onnx", {"kernel_codes": codes})
    assert probes == []
    for number, codes in enumerate(("65", "127", "", "many"), 1):
        check_kernel_codes("a.onnx", {"kernel_codes": codes})
        assert probes == [1] * number
    check_kernel_codes("a.onnx", {})
    assert probes == [1] * 5


def test_no_sum_of_two_products_of_the_largest_exact_codes_is_clipped():
    assert 2 * 255 * saturation.EXACT_CODES < 2**15
    assert saturation.KERNEL_CODES <= saturation.EXACT_CODES
