"""The ONNX file of a Keras model computes what the model computes."""

import logging

import numpy as np
import onnx
import pytest
from tiny_models import tiny_batch

from kerascls.errors import ExportError, SettingsError
from kerascls.inference.runtimes.keras_runtime import load_model
from kerascls.inference.runtimes.onnx_runtime import OnnxRuntime
from kerascls.models.classic.classifier import ClassicClassifier
from kerascls.models.classic.config import CLASSICS
from kerascls.serving.exporters.onnx.model import write_onnx
from kerascls.serving.exporters.onnx.traced import traced_onnx

NO_SECOND = tiny_batch((9, 4, 1))
NO_SECOND["segment_ids"] = NO_SECOND["segment_ids"] * 0
# The last has rows without any token, which no text gives.
BATCHES = [
    tiny_batch((9, 5, 3, 1)),
    tiny_batch((1,)),
    tiny_batch((20,) * 5),
    NO_SECOND,
    tiny_batch((0, 2), num_tokens=3),
]


def exported(bundle, int8=False):
    place = bundle.path.with_name(f"model{int8}.onnx")
    write_onnx(bundle, place, int8)
    return place, OnnxRuntime(place, int8)


def expect_the_models_logits(bundle, runtime, atol=1e-5):
    model = load_model(bundle)
    for batch in BATCHES:
        found, expected = runtime.logits(batch), np.array(model(batch))
        assert found.dtype == np.float32 and np.isfinite(found).all()
        np.testing.assert_allclose(found, expected, atol=atol)


@pytest.mark.parametrize(
    "name",
    [
        name if name == "textcnn" else pytest.param(name, marks=pytest.mark.slow)
        for name in CLASSICS
    ],
)
def test_a_classic_model_gives_the_same_logits(name, make_classic_bundle, tmp_path):
    bundle = make_classic_bundle(tmp_path / "bundle", name)
    place, runtime = exported(bundle)
    expect_the_models_logits(bundle, runtime)
    graph = onnx.load(place).graph
    axes = {
        value.name: [dim.dim_param for dim in value.type.tensor_type.shape.dim]
        for value in graph.input
    }
    names = "token_ids", "segment_ids", "padding_mask"
    assert axes == dict.fromkeys(names, ["rows", "tokens"])
    assert [value.name for value in graph.output] == ["logits"]


def test_the_file_tells_labels_and_task(make_classic_bundle, tmp_path):
    place, _ = exported(make_classic_bundle(tmp_path / "bundle", "fasttext"))
    told = {each.key: each.value for each in onnx.load(place).metadata_props}
    assert told["task"] == "multilabel" and "labels" in told


@pytest.mark.parametrize("name", ["fasttext", "textcnn"])
def test_eight_bits_are_near_and_tell_their_codes(name, make_classic_bundle, tmp_path):
    bundle = make_classic_bundle(tmp_path / "bundle", name)
    place, runtime = exported(bundle, int8=True)
    expect_the_models_logits(bundle, runtime, atol=0.2)  # of logits up to 3
    model = onnx.load(place)
    told = {each.key: each.value for each in model.metadata_props}
    codes = [
        onnx.numpy_helper.to_array(array)
        for array in model.graph.initializer
        if array.data_type == onnx.TensorProto.INT8 and array.dims
    ]
    assert codes
    largest = max(np.abs(array.astype(int)).max() for array in codes)
    assert largest <= int(told["kernel_codes"]) == 64


def test_nothing_of_the_tools_talk_stays_or_is_silenced_for_good(
    make_classic_bundle, tmp_path, capfd, recwarn
):
    exported(make_classic_bundle(tmp_path / "bundle", "fasttext"), int8=True)
    assert capfd.readouterr().out == ""
    assert not [each for each in recwarn if each.category is FutureWarning]
    assert logging.root.manager.disable == 0


def test_another_backend_is_refused(make_classic_bundle, tmp_path, monkeypatch):
    bundle = make_classic_bundle(tmp_path / "bundle", "fasttext")
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    told = "format onnx of the model fasttext is written by Ten.*KERAS_BACKEND=jax"
    with pytest.raises(SettingsError, match=told):
        traced_onnx(bundle, False, {})


def test_operations_that_onnx_does_not_know_are_told(
    make_classic_bundle, tmp_path, monkeypatch
):
    bundle = make_classic_bundle(tmp_path / "bundle", "fasttext")

    def export(self, path, **_):
        node = onnx.helper.make_node("Bitcast", ["x"], ["y"])
        value = onnx.helper.make_tensor_value_info
        ends = ([value(name, 1, [1])] for name in "xy")
        graph = onnx.helper.make_graph([node], "one", *ends)
        opsets = [onnx.helper.make_opsetid("", 15)]
        onnx.save(onnx.helper.make_model(graph, opset_imports=opsets), path)

    monkeypatch.setattr(ClassicClassifier, "export", export)
    with pytest.raises(ExportError, match="model='fasttext': .*Bitcast.*--format"):
        traced_onnx(bundle, False, {})
