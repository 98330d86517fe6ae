"""The ONNX file computes what the Keras model computes, for every family and head."""

from dataclasses import replace

import numpy as np
import onnx
import pytest
from tiny_models import (
    FAMILIES,
    random_weights,
    tiny_batch,
    tiny_classifier,
    tiny_input_spec,
)

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError, ExportError
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle
from kerascls.inference.runtimes.keras_runtime import write_keras_model
from kerascls.inference.runtimes.onnx_runtime import OnnxRuntime
from kerascls.models.registry import POOLINGS, TRANSFORMER
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.serving.exporters.onnx.model import write_onnx

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MIXES = [
    {"pooling": name, "mix_layers": 2, "mlp_dim": 5}
    for name in POOLINGS
    if name != "pooler"
]


def written(folder, **options):
    """Writes the model files of a classifier; returns it and its bundle."""
    model = tiny_classifier(**options)
    model.load_named_weights(random_weights(model.weights_by_name()))
    write_keras_model(folder, model, Tokenizer(SPECIAL))
    bundle = Bundle(
        path=folder,
        runtime="keras",
        task=Task.MULTILABEL,
        label_set=LabelSet(("a", "b", "c")),
        decision=Decision(Rule("threshold", 0.5)),
        input_spec=tiny_input_spec(),
        train_support={},
    )
    return model, bundle


def exported(bundle, int8=False):
    place = bundle.path / f"model{int8}.onnx"
    write_onnx(bundle, place, int8)
    return OnnxRuntime(place, int8)


def probabilities(logits) -> np.ndarray:
    return 1 / (1 + np.exp(-np.array(logits)))


@pytest.mark.parametrize(
    ("family", "activation"),
    list(zip(FAMILIES[:3], ("gelu_erf", "gelu_tanh", "relu"), strict=True)),
)
def test_every_family_gives_the_same_probabilities(tmp_path, family, activation):
    model, bundle = written(tmp_path, family=family, activation=activation)
    runtime = exported(bundle)
    for lengths in ((8, 5, 3), (4,) * 7):
        batch = tiny_batch(lengths)
        logits = runtime.logits(batch)
        assert logits.dtype == np.float32
        np.testing.assert_allclose(
            probabilities(logits), probabilities(model(batch)), atol=1e-5
        )


@pytest.mark.parametrize(
    "head", [*({"pooling": name} for name in POOLINGS), *MIXES], ids=str
)
def test_every_head_gives_the_same_probabilities(tmp_path, head):
    model, bundle = written(tmp_path, **head)
    batch = tiny_batch((8, 5, 3))
    np.testing.assert_allclose(
        probabilities(exported(bundle).logits(batch)),
        probabilities(model(batch)),
        atol=1e-5,
    )


@pytest.mark.parametrize("head", [{}, {"pooling": "mean", "family": "albert"}], ids=str)
def test_eight_bits_are_near(tmp_path, head):
    model, bundle = written(tmp_path, **head)
    batch = tiny_batch((8, 5, 3))
    difference = probabilities(exported(bundle, int8=True).logits(batch))
    difference -= probabilities(model(batch))
    assert 1e-5 < np.abs(difference).max() < 0.02


@pytest.mark.parametrize("pooling", ["max", "cnn", "lstm"])
@pytest.mark.parametrize("int8", [False, True])
def test_padding_changes_nothing(tmp_path, int8, pooling):
    _, bundle = written(tmp_path, pooling=pooling)
    runtime = exported(bundle, int8)
    together = runtime.logits(tiny_batch((8, 5, 3), num_tokens=13))
    for row, length in enumerate((8, 5, 3)):
        batch = {name: array[row : row + 1, :length] for name, array in BATCH.items()}
        near = 0.01 * max(2, np.abs(together).max())
        alone = runtime.logits(batch)[0]
        atol = near if int8 else 1e-5
        np.testing.assert_allclose(alone, together[row], atol=atol)


BATCH = tiny_batch((8, 5, 3))


def test_a_row_without_tokens_gives_numbers(tmp_path):
    batch = {name: np.zeros((1, 1), np.int32) for name in BATCH}
    for pooling in ("max", "mean", "attention", "cnn", "lstm"):
        folder = tmp_path / pooling
        folder.mkdir()
        model, bundle = written(folder, pooling=pooling)
        for int8 in (False, True):
            assert np.isfinite(exported(bundle, int8).logits(batch)).all()


def test_the_shared_block_of_albert_is_stored_once(tmp_path):
    sizes = []
    for num_layers in (1, 6):
        folder = tmp_path / str(num_layers)
        folder.mkdir()
        _, bundle = written(folder, family="albert", num_layers=num_layers)
        exported(bundle)
        model = onnx.load(folder / "modelFalse.onnx")
        sizes.append(sum(len(array.raw_data) for array in model.graph.initializer))
    # The first of six layers packs the three kernels that the last uses one by one.
    assert sizes[1] - sizes[0] == 4 * 3 * (16 * 16 + 0)


def test_the_last_layer_does_only_the_first_token_where_no_other_is_read(tmp_path):
    (tmp_path / "cls").mkdir()
    (tmp_path / "mean").mkdir()
    counts = {}
    for pooling in ("cls", "mean"):
        _, bundle = written(tmp_path / pooling, pooling=pooling)
        exported(bundle)
        nodes = onnx.load(tmp_path / pooling / "modelFalse.onnx").graph.node
        counts[pooling] = [
            sum(node.op_type == name for node in nodes)
            for name in ("Attention", "MultiHeadAttention")
        ]
    assert counts == {"cls": [1, 1], "mean": [2, 0]}


def test_the_file_is_always_the_same(tmp_path):
    _, bundle = written(tmp_path)
    exported(bundle)
    first = (tmp_path / "modelFalse.onnx").read_bytes()
    exported(bundle)
    assert (tmp_path / "modelFalse.onnx").read_bytes() == first


def test_the_file_names_its_labels(tmp_path):
    _, bundle = written(tmp_path)
    exported(bundle)
    model = onnx.load(tmp_path / "modelFalse.onnx")
    facts = {one.key: one.value for one in model.metadata_props}
    assert facts == {"labels": '["a", "b", "c"]', "task": "multilabel"}


def test_a_file_of_8_bits_tells_its_largest_codes(tmp_path):
    _, bundle = written(tmp_path)
    exported(bundle, int8=True)
    model = onnx.load(tmp_path / "modelTrue.onnx")
    facts = {one.key: one.value for one in model.metadata_props}
    assert facts["kernel_codes"] == "63"


@pytest.mark.parametrize("damage", [WEIGHTS, ENCODER])
def test_files_that_do_not_fit_are_named(tmp_path, damage):
    _, bundle = written(tmp_path)
    if damage == WEIGHTS:
        (tmp_path / WEIGHTS).write_bytes(b"\0" * 100)
    else:
        (tmp_path / ENCODER).write_text('{"config": {}, "pooling": "cls"}')
    with pytest.raises(BundleError, match="weights that fit"):
        exported(bundle)


def test_a_model_without_nodes_is_refused(tmp_path, monkeypatch):
    _, bundle = written(tmp_path)
    row = replace(TRANSFORMER, onnx=None)
    place = "kerascls.serving.exporters.onnx.model.architecture_of"
    monkeypatch.setattr(place, lambda name: row)
    with pytest.raises(ExportError, match="that can be written as ONNX"):
        exported(bundle)
