"""The ONNX file pools windows as the Keras model does."""

import numpy as np
import pytest
from tiny_models import tiny_windows

from kerascls.inference.runtimes.keras_runtime import load_model
from kerascls.inference.runtimes.onnx_runtime import OnnxRuntime
from kerascls.models.registry import WINDOW_POOLINGS
from kerascls.serving.exporters.onnx.model import write_onnx


def probabilities(logits) -> np.ndarray:
    return 1 / (1 + np.exp(-np.array(logits)))


HEADS = [
    *(("bert", "cls", name) for name in WINDOW_POOLINGS),
    *(("bert", "label_attention", name) for name in WINDOW_POOLINGS),
    *(("bert", "pooler", "mean"), ("roberta", "max", "attention")),
    *(("bert", "cnn", "lstm"), ("bert", "lstm", "cnn"), ("bert", "cnn", "attention")),
]


@pytest.mark.parametrize(("family", "pooling", "window_pooling"), HEADS)
@pytest.mark.slow
def test_windows_give_the_same_probabilities(
    make_bundle, tmp_path, family, pooling, window_pooling
):
    head = {"pooling": pooling, "window_pooling": window_pooling, "family": family}
    bundle = make_bundle(tmp_path / "bundle", **head)
    model, places = load_model(bundle), (tmp_path / "32.onnx", tmp_path / "8.onnx")
    for place, int8 in zip(places, (False, True), strict=True):
        write_onnx(bundle, place, int8)
    exact, near = OnnxRuntime(places[0]), OnnxRuntime(places[1], int8=True)
    for lengths in (((8, 8, 5), (8, 2), (6,)), ((5,), (2,)), ((8, 3),)):
        batch = tiny_windows(lengths)
        expected = probabilities(model(batch))
        found = probabilities(exact.logits(batch))
        np.testing.assert_allclose(found, expected, atol=1e-5)
        found = probabilities(near.logits(batch))
        np.testing.assert_allclose(found, expected, atol=0.03)
