"""A bundle's model files give the logits of the model they were written from."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny_models import random_weights, tiny_batch, tiny_classifier, tiny_input_spec

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle
from kerascls.inference.runtimes import open_runtime
from kerascls.inference.runtimes.keras_runtime import KerasRuntime, write_keras_model
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
HEADS = (
    {"pooling": "cls", "mix_layers": 2},
    {"pooling": "pooler", "family": "electra"},
    {"pooling": "max", "mlp_dim": 5},
    {"pooling": "attention", "mix_layers": 2, "family": "albert"},
    {"pooling": "label_attention", "mix_layers": 2, "mlp_dim": 5},
    {"pooling": "cnn", "family": "albert", "mlp_dim": 5},
    {"pooling": "lstm", "mix_layers": 2},
)


def bundle_at(folder, runtime="keras") -> Bundle:
    return Bundle(
        path=folder,
        runtime=runtime,
        task=Task.MULTILABEL,
        label_set=LabelSet(("a", "b", "c")),
        decision=Decision(Rule("threshold", 0.5)),
        input_spec=tiny_input_spec(),
        train_support={},
    )


@pytest.fixture(scope="module")
def model():
    """A classifier that tells texts apart; its ALBERT has a projection."""
    model = tiny_classifier(family="albert", pooling="mean")
    model.load_named_weights(random_weights(model.weights_by_name()))
    return model


@pytest.fixture(scope="module")
def written(model, tmp_path_factory):
    """The model's files; do not change them."""
    folder = tmp_path_factory.mktemp("bundle")
    write_keras_model(folder, model, Tokenizer(SPECIAL))
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """A copy of the model's files, to be damaged."""
    return Path(shutil.copytree(written, tmp_path / "bundle"))


def logits_of(model, batch) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(batch))


def test_logits_of_batches_of_any_shape_are_those_of_the_model(written, model):
    runtime = open_runtime(bundle_at(written))
    for lengths in ((8, 5, 3), (2,), (20, 1), (4,) * 7):
        batch = tiny_batch(lengths)
        logits = runtime.logits(batch)
        assert logits.dtype == np.float32
        np.testing.assert_allclose(logits, logits_of(model, batch), atol=1e-5)


@pytest.mark.parametrize("options", HEADS, ids=lambda options: options["pooling"])
def test_every_head_is_written_and_read(options, tmp_path, monkeypatch):
    model = tiny_classifier(**options)
    model.load_named_weights(random_weights(model.weights_by_name()))
    eager = partial(partial, logits_of)  # a graph for each takes long
    monkeypatch.setattr("kerascls.inference.runtimes.keras_runtime.forward", eager)
    write_keras_model(tmp_path, model, Tokenizer(SPECIAL))
    logits = KerasRuntime(bundle_at(tmp_path)).logits(tiny_batch())
    np.testing.assert_allclose(logits, logits_of(model, tiny_batch()), atol=1e-5)


def test_early_bundles_that_name_only_the_pooling_are_read(folder, model):
    edited(folder, lambda parts: [parts.pop(key) for key in ("mix_layers", "mlp_dim")])
    assert json.loads((folder / ENCODER).read_text("utf-8")).keys() == {
        "config",
        "pooling",
    }
    logits = KerasRuntime(bundle_at(folder)).logits(tiny_batch())
    np.testing.assert_allclose(logits, logits_of(model, tiny_batch()), atol=1e-5)


def test_a_model_trained_in_half_precision_serves_in_float32(model, tmp_path):
    half = tiny_classifier(family="albert", pooling="mean", dtype="mixed_float16")
    half.load_named_weights(model.named_arrays())
    write_keras_model(tmp_path, half, Tokenizer(SPECIAL))
    logits = KerasRuntime(bundle_at(tmp_path)).logits(tiny_batch())
    np.testing.assert_allclose(logits, logits_of(model, tiny_batch()), atol=1e-5)


def test_fixed_shapes_for_backends_that_compile_change_nothing(
    written, model, monkeypatch
):
    runtime = KerasRuntime(bundle_at(written))
    shapes = set()

    def predict(batch):
        shapes.update(array.shape for array in batch.values())
        return logits_of(model, batch)

    monkeypatch.setattr(runtime, "_buckets", (8, 16, 20))
    monkeypatch.setattr(runtime, "_forward", predict)
    for lengths in ((8, 5, 3), (2,), (17,) * 5, (9, 1), (7,) * 4):
        batch = tiny_batch(lengths)
        expected = logits_of(model, batch)
        np.testing.assert_allclose(runtime.logits(batch), expected, atol=1e-5)
    assert shapes == {(4, 8), (1, 8), (8, 20), (2, 16)}


def test_threads_get_their_own_logits(written, model):
    runtime = KerasRuntime(bundle_at(written))
    batches = [tiny_batch((row % 9 + 2,), seed=row) for row in range(24)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(runtime.logits, batches))
    for batch, logits in zip(batches, found, strict=True):
        np.testing.assert_allclose(logits, logits_of(model, batch), atol=1e-5)


def test_weights_are_readable_by_others_and_without_keras(written):
    from safetensors.numpy import load_file

    assert (written / WEIGHTS).stat().st_mode & 0o777 == 0o644
    arrays = load_file(written / WEIGHTS)
    assert "encoder/layer_0/attention/self/query/kernel" in arrays
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32)}


def edited(folder, change):
    parts = json.loads((folder / ENCODER).read_text("utf-8"))
    change(parts)
    (folder / ENCODER).write_text(json.dumps(parts), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda parts: parts["config"].update(hidden_dim=8), "wrong shape"),
        (lambda parts: parts["config"].update(num_heads=3), "num_heads"),
        (lambda parts: parts["config"].update(surprise=3), "surprise"),
        (lambda parts: parts["config"].pop("vocab_size"), "vocab_size"),
        (lambda parts: parts.update(pooling="min"), "pooling='min'"),
        (lambda parts: parts.pop("pooling"), "pooling"),
        (lambda parts: parts.update(mix_layers=3), "num_outputs=3"),
        (lambda parts: parts.update(mix_layers="2"), "num_outputs='2'"),
        (lambda parts: parts.update(mlp_dim=4), "missing: head/mlp/bias"),
        (lambda parts: parts.update(novelty=1), "novelty"),
    ],
    ids=[
        "width",
        "heads",
        "unknown key",
        "missing key",
        "pooling",
        "no pooling",
        "too many layers",
        "text for a number",
        "another head",
        "unknown part of the head",
    ],
)
def test_a_configuration_that_does_not_fit_is_a_damaged_bundle(folder, change, told):
    edited(folder, change)
    with pytest.raises(BundleError, match="fit their configuration") as caught:
        open_runtime(bundle_at(folder))
    assert told in str(caught.value)


def test_weights_that_are_cut_off_are_a_damaged_bundle(folder):
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BundleError, match="fit their configuration"):
        open_runtime(bundle_at(folder))


def test_weights_that_are_missing_are_a_damaged_bundle(folder):
    (folder / WEIGHTS).unlink()
    with pytest.raises(BundleError, match=WEIGHTS):
        open_runtime(bundle_at(folder))


def test_a_runtime_of_a_later_version_is_named(written):
    with pytest.raises(BundleError, match="out of keras.*runtime='quantum'.*Update"):
        open_runtime(bundle_at(written, "quantum"))


def test_states_are_those_of_the_model_in_batches_of_any_shape(written, model):
    runtime = open_runtime(bundle_at(written))
    assert runtime.has_states
    for lengths in ((8, 5, 3), (2,)):
        batch = tiny_batch(lengths)
        states = runtime.states(batch)
        assert states.dtype == np.float32
        expected = keras.ops.convert_to_numpy(model.states(batch))
        np.testing.assert_allclose(states, expected, atol=1e-5)
