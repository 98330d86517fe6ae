"""onnxruntime computes a bundle's logits: alone or from several threads."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import numpy as np
import onnx
import pytest
from tiny_models import random_weights, tiny_batch, tiny_classifier, tiny_input_spec

import kerascls
from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError, SettingsError
from kerascls.inference.bundle import Bundle, add_export, open_bundle, write_bundle
from kerascls.inference.runtimes import open_runtime
from kerascls.inference.runtimes.keras_runtime import KerasRuntime, write_keras_model
from kerascls.inference.runtimes.onnx_runtime import OnnxRuntime
from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.serving.exporters.onnx.model import write_onnx

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Bundle:
    """A bundle without export."""
    model = tiny_classifier()
    model.load_named_weights(random_weights(model.weights_by_name()))
    return write_bundle(
        tmp_path_factory.mktemp("plain") / "bundle",
        runtime="keras",
        task=Task.MULTILABEL,
        label_set=LabelSet(("a", "b", "c")),
        decision=Decision(Rule("threshold", 0.5)),
        input_spec=tiny_input_spec(),
        train_support={"a": 1, "b": 1, "c": 1},
        settings={},
        write_model=lambda folder: write_keras_model(folder, model, Tokenizer(SPECIAL)),
    )


@pytest.fixture(scope="module")
def exported(plain, tmp_path_factory) -> Bundle:
    """The same with an ONNX file; do not change it."""
    folder = tmp_path_factory.mktemp("exported")
    bundle = open_bundle(shutil.copytree(plain.path, folder / "bundle"))
    write_onnx(bundle, folder / "work.onnx")
    return add_export(bundle, "onnx", folder / "work.onnx", {"int8": False})


def test_it_is_taken_where_it_is_there(plain, exported):
    assert isinstance(open_runtime(exported), OnnxRuntime)
    assert isinstance(open_runtime(exported, "onnx"), OnnxRuntime)
    assert isinstance(open_runtime(plain), KerasRuntime)


def test_keras_can_be_asked_for(exported):
    assert isinstance(open_runtime(exported, "keras"), KerasRuntime)


def test_without_an_export_it_says_how_to_make_one(plain):
    with pytest.raises(BundleError, match="has none.*kerascls export"):
        open_runtime(plain, "onnx")


def test_without_keras_both_ways_out_are_said(plain, exported, monkeypatch):
    monkeypatch.setattr("kerascls.system.extras.is_installed", lambda name: False)
    assert isinstance(open_runtime(exported), OnnxRuntime)
    with pytest.raises(SettingsError, match=r"no ONNX file") as error:
        open_runtime(plain)
    assert 'pip install "kerascls[tensorflow]"' in str(error.value)
    assert "kerascls export" in str(error.value)
    with pytest.raises(SettingsError, match="runtime='keras' needs.*leave the run"):
        open_runtime(exported, "keras")


def test_another_name_is_refused_with_those_there_are(exported):
    with pytest.raises(SettingsError, match="auto, keras, onnx.*runtime='torch'"):
        open_runtime(exported, "torch")


@pytest.mark.parametrize("content", [b"", b"not onnx", b"\x08\x09" * 50])
def test_a_file_that_cannot_be_read_is_named(exported, tmp_path, content):
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(BundleError, match=r"(?s)model\.onnx.*runtime='keras'"):
        OnnxRuntime(tmp_path / "model.onnx")


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_rows_that_each_core_computes_apart_come_back_in_order(
    exported, rows, monkeypatch
):
    monkeypatch.setattr("kerascls.inference.runtimes.onnx_runtime.num_cores", lambda: 3)
    # The file has 32 bits, so that nothing depends on a row's neighbours.
    monkeypatch.setattr(
        "kerascls.inference.runtimes.saturation.saturates", lambda: False
    )
    place = exported.path / exported.exports["onnx"]["file"]
    token_ids = np.random.default_rng(0).integers(0, 5, (rows, 6)).astype(np.int32)
    ones = np.ones_like(token_ids)
    batch = {"token_ids": token_ids, "segment_ids": 0 * ones, "padding_mask": ones}
    whole, apart = (OnnxRuntime(place, int8).logits(batch) for int8 in (False, True))
    assert whole.shape == (rows, 3)
    np.testing.assert_allclose(apart, whole, atol=1e-5)


@pytest.mark.parametrize("order", list(permutations(INPUTS)))
def test_inputs_are_taken_by_name(exported, order):
    runtime = OnnxRuntime(exported.path / exported.exports["onnx"]["file"])
    token_ids = np.array([[2, 1, 3, 0]], np.int32)
    inputs = {
        "token_ids": token_ids,
        "segment_ids": np.array([[0, 0, 1, 1]], np.int32),
        "padding_mask": np.int32(token_ids > 0),
    }
    np.testing.assert_array_equal(
        runtime.logits({name: inputs[name] for name in order}), runtime.logits(inputs)
    )


@pytest.fixture(scope="module")
def early(plain, tmp_path_factory) -> Bundle:
    """The same with 8 bits, as exported when files did not tell their codes."""
    folder = tmp_path_factory.mktemp("early")
    bundle = open_bundle(shutil.copytree(plain.path, folder / "bundle"))
    write_onnx(bundle, folder / "work.onnx", int8=True)
    model = onnx.load(folder / "work.onnx")
    del model.metadata_props[:]
    onnx.save(model, folder / "work.onnx")
    return add_export(bundle, "onnx", folder / "work.onnx", {"int8": True})


@pytest.mark.parametrize("runtime", ["auto", "onnx"])
def test_an_early_file_is_refused_where_it_would_be_wrong(early, monkeypatch, runtime):
    monkeypatch.setattr(
        "kerascls.inference.runtimes.saturation.saturates", lambda: True
    )
    with pytest.raises(BundleError, match="kernel_codes=127.*export OUT --int8"):
        open_runtime(early, runtime)
    place = early.path / early.exports["onnx"]["file"]
    with pytest.raises(BundleError, match="kernel_codes=127.*runtime='keras'"):
        OnnxRuntime(place, int8=True)
    assert isinstance(open_runtime(early, "keras"), KerasRuntime)


def test_an_early_file_runs_where_it_is_right(early, monkeypatch):
    monkeypatch.setattr(
        "kerascls.inference.runtimes.saturation.saturates", lambda: False
    )
    assert isinstance(open_runtime(early), OnnxRuntime)


def test_an_early_file_can_be_exported_again(early, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "kerascls.inference.runtimes.saturation.saturates", lambda: True
    )
    bundle = open_bundle(shutil.copytree(early.path, tmp_path / "bundle"))
    (tmp_path / "texts.txt").write_text("a\nb\n", "utf-8")
    kerascls.export(bundle.path, int8=True, input=tmp_path / "texts.txt", max_changed=1)
    assert isinstance(open_runtime(open_bundle(bundle.path)), OnnxRuntime)


def test_a_damaged_file_is_found_by_its_hash(exported, tmp_path):
    place = Path(shutil.copytree(exported.path, tmp_path / "bundle"))
    name = exported.exports["onnx"]["file"]
    content = bytearray((place / name).read_bytes())
    content[-1] ^= 1
    (place / name).write_bytes(content)
    with pytest.raises(BundleError, match=f"{name} differs from its SHA-256"):
        open_bundle(place)


def test_threads_get_their_own_answers(exported):
    runtime = open_runtime(exported)
    batches = [tiny_batch((8, 5, 3), seed=seed) for seed in range(8)] * 4
    expected = [runtime.logits(batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(runtime.logits, batches))
    np.testing.assert_array_equal(given, expected)


CODE = """
import sys
from kerascls import Predictor
print(*Predictor.load(sys.argv[1]).predict("a").labels)
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted(loaded & set(sys.argv[2].split())))
"""
NOT_NEEDED = (
    "keras tensorflow jax torch onnx pydantic sklearn scipy pandas rich click "
    "matplotlib openpyxl safetensors"
)


def test_a_process_that_predicts_loads_nothing_heavy(exported):
    ended = subprocess.run(
        [sys.executable, "-c", CODE, str(exported.path), NOT_NEEDED],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    labels, heavy = ended.stdout.split("\n")[:2]
    assert set(labels.split()) <= {"a", "b", "c"}
    assert heavy == ""
