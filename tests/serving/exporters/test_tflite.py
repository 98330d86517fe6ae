"""A TensorFlow Lite file gives the logits of the model it was made from."""

import keras
import numpy as np
import pytest
from tiny_models import FAMILIES, tiny_batch, tiny_windows

from kerascls.errors import ExportError
from kerascls.inference.runtimes.keras_runtime import load_model
from kerascls.models.classic.config import CLASSICS
from kerascls.models.registry import POOLINGS
from kerascls.serving.exporters import FORMATS

TFLITE = FORMATS["tflite"]


def exported(bundle, int8=False):
    """The model of a bundle, its TensorFlow Lite file, and what runs that."""
    place = bundle.path.with_name("model.tflite")
    TFLITE.write(bundle, place, int8)
    return load_model(bundle), place, TFLITE.open(place, int8=False)


def expect_close(runtime, model, atol):
    for lengths in ((8, 5, 3), (2,), (20, 1), (4,) * 7):
        batch = tiny_batch(lengths)
        found = runtime.logits(batch)
        assert found.dtype == np.float32
        expected = keras.ops.convert_to_numpy(model(batch))
        np.testing.assert_allclose(found, expected, atol=atol)


@pytest.mark.slow
def test_batches_of_any_shape_give_the_models_logits(bundle):
    model, _, runtime = exported(bundle)
    expect_close(runtime, model, 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        *({"family": family} for family in FAMILIES),
        *({"pooling": name} for name, row in POOLINGS.items() if row.in_tflite),
        {"mix_layers": 2, "mlp_dim": 5},
    ],
    ids=str,
)
def test_every_family_and_head_is_written(options, make_bundle, tmp_path):
    model, _, runtime = exported(make_bundle(tmp_path / "bundle", **options))
    expect_close(runtime, model, 1e-5)


@pytest.mark.parametrize(
    "head",
    [{"pooling": "lstm"}, {"pooling": "lstm", "window_pooling": "mean"}]
    + [{"pooling": "cls", "window_pooling": "lstm"}],
    ids=str,
)
def test_what_tensorflow_lite_cannot_compute_is_refused(make_bundle, tmp_path, head):
    bundle = make_bundle(tmp_path / "bundle", **head)
    told = "can compute: cls, .*attention, cnn. Received: {}pooling='lstm'. Choose"
    window = "window_" if head["pooling"] == "cls" else ""
    with pytest.raises(ExportError, match=told.format(window)):
        TFLITE.write(bundle, tmp_path / "model.tflite", False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "head",
    [
        {"pooling": "label_attention", "window_pooling": "attention"},
        {"pooling": "cnn", "window_pooling": "cnn"},
    ],
    ids=str,
)
def test_windows_are_written(make_bundle, tmp_path, head):
    model, _, runtime = exported(make_bundle(tmp_path / "bundle", **head))
    for lengths in (((8, 8, 5), (8, 2), (6,)), ((5,), (2,)), ((8, 3),)):
        batch = tiny_windows(lengths)
        expected = keras.ops.convert_to_numpy(model(batch))
        found = runtime.logits(batch)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_eight_bits_are_smaller_and_nearly_the_same(make_bundle, tmp_path):
    sizes = {"hidden_dim": 64, "embedding_dim": 64, "intermediate_dim": 256}
    bundle = make_bundle(tmp_path / "bundle", **sizes)
    num_bytes = exported(bundle)[1].stat().st_size
    model, small, runtime = exported(bundle, int8=True)
    assert small.stat().st_size < 0.5 * num_bytes
    expect_close(runtime, model, 0.3)  # of logits up to 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name, row in CLASSICS.items() if row.in_tflite]
)
def test_a_classic_model_is_written(name, make_classic_bundle, tmp_path):
    model, _, runtime = exported(make_classic_bundle(tmp_path / "bundle", name))
    expect_close(runtime, model, 1e-5)
    no_tokens = tiny_batch((0, 2), num_tokens=3)  # which no text gives
    expected = keras.ops.convert_to_numpy(model(no_tokens))
    np.testing.assert_allclose(runtime.logits(no_tokens), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["textrnn", "han"])
def test_a_classic_model_with_loops_is_refused(name, make_classic_bundle, tmp_path):
    bundle = make_classic_bundle(tmp_path / "bundle", name)
    told = f"classic ones fasttext, .*Received: model='{name}'. Choose"
    with pytest.raises(ExportError, match=told):
        TFLITE.write(bundle, tmp_path / "model.tflite", False)
