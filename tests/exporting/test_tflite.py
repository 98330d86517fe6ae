"""A TensorFlow Lite file gives the logits of the model it was made from."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from tiny_models import FAMILIES, random_weights, tiny_batch, tiny_classifier

from kerascls.bundle import Bundle
from kerascls.decision import Decision, Rule
from kerascls.exporting import FORMATS
from kerascls.heads import POOLINGS
from kerascls.labels import LabelSet, Task
from kerascls.runtimes.keras_runtime import write_keras_model
from kerascls.tokenizer import Tokenizer

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
TFLITE = FORMATS["tflite"]


def written(folder, int8=False, **options):
    """A random model, and the runtime of its TensorFlow Lite file."""
    model = tiny_classifier(**options)
    model.load_named_weights(random_weights(model.weights_by_name()))
    write_keras_model(folder, model, Tokenizer(SPECIAL))
    bundle = Bundle(
        path=folder,
        runtime="keras",
        task=Task.MULTILABEL,
        label_set=LabelSet(("a", "b", "c")),
        decision=Decision(Rule("threshold", 0.5)),
        text={"max_tokens": 20},
        train_support={},
    )
    place = folder / "model.tflite"
    TFLITE.write(bundle, place, int8)
    return model, place, TFLITE.open(place, bundle)


def expect_close(runtime, model, atol):
    for lengths in ((8, 5, 3), (2,), (20, 1), (4,) * 7):
        batch = tiny_batch(lengths)
        found = runtime.logits(batch)
        assert found.dtype == np.float32
        expected = keras.ops.convert_to_numpy(model(batch))
        np.testing.assert_allclose(found, expected, atol=atol)


def test_batches_of_any_shape_give_the_models_logits(tmp_path):
    model, _, runtime = written(tmp_path, family="albert")
    expect_close(runtime, model, 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        *({"family": family} for family in FAMILIES),
        *({"pooling": pooling} for pooling in POOLINGS),
        {"mix_layers": 2, "mlp_dim": 5},
    ],
    ids=str,
)
def test_every_family_and_head_is_written(options, tmp_path):
    model, _, runtime = written(tmp_path, **options)
    expect_close(runtime, model, 1e-5)


@pytest.mark.slow
def test_eight_bits_are_smaller_and_nearly_the_same(tmp_path):
    sizes = {"hidden_dim": 64, "embedding_dim": 64, "intermediate_dim": 256}
    for name in ("whole", "small"):
        (tmp_path / name).mkdir()
    _, whole, _ = written(tmp_path / "whole", **sizes)
    model, small, runtime = written(tmp_path / "small", int8=True, **sizes)
    assert small.stat().st_size < 0.5 * whole.stat().st_size
    expect_close(runtime, model, 0.1)
