"""A TensorFlow Lite file gives the logits of its signature, to several threads too."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import numpy as np
import pytest

from kerascls.inference.runtimes import tflite_runtime
from kerascls.inference.runtimes.tflite_runtime import TFLiteRuntime
from kerascls.preprocessing.sequence_layout import INPUTS


@pytest.fixture(scope="module")
def lite_file(tmp_path_factory):
    """Logits are the sum of a row's ids, and that plus its true positions."""
    tf = pytest.importorskip("tensorflow")

    class Sums(tf.Module):
        @tf.function(
            input_signature=[tf.TensorSpec((None, None), tf.int32, n) for n in INPUTS]
        )
        def logits(self, token_ids, segment_ids, padding_mask):
            ids = tf.reduce_sum(token_ids + 0 * segment_ids, axis=1)
            both = [ids, ids + tf.reduce_sum(padding_mask, axis=1)]
            return {"logits": tf.cast(tf.stack(both, axis=1), tf.float32)}

    folder = tmp_path_factory.mktemp("lite")
    module = Sums()
    tf.saved_model.save(module, str(folder), {"logits": module.logits})
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(folder), signature_keys=["logits"]
    )
    (folder / "model.tflite").write_bytes(converter.convert())
    return folder / "model.tflite"


def batch(rows, tokens):
    ids = np.arange(rows * tokens, dtype=np.int32).reshape(rows, tokens)
    return {
        "token_ids": ids,
        "segment_ids": np.zeros_like(ids),
        "padding_mask": np.ones_like(ids),
    }


def expected(inputs):
    ids = inputs["token_ids"].sum(axis=1)
    return np.stack([ids, ids + inputs["padding_mask"].sum(axis=1)], axis=1)


@pytest.mark.parametrize("order", list(permutations(INPUTS)))
def test_inputs_are_taken_by_name(lite_file, order):
    inputs = batch(2, 3)
    inputs["padding_mask"][:, -1] = 0
    logits = TFLiteRuntime(lite_file).logits({name: inputs[name] for name in order})
    np.testing.assert_array_equal(logits, expected(inputs))


@pytest.mark.parametrize("litert", [True, False])
def test_batches_of_any_shape_give_their_logits(lite_file, monkeypatch, litert):
    if litert:
        pytest.importorskip("ai_edge_litert")
    monkeypatch.setattr(tflite_runtime, "has_extra", lambda name: litert)
    runtime = TFLiteRuntime(lite_file)
    for shape in ((1, 3), (4, 7), (2, 1)):
        logits = runtime.logits(batch(*shape))
        assert logits.dtype == np.float32
        np.testing.assert_array_equal(logits, expected(batch(*shape)))


def test_threads_get_their_own_logits(lite_file):
    runtime = TFLiteRuntime(lite_file)
    batches = [batch(1 + n % 4, 2 + n % 5) for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(runtime.logits, batches))
    for inputs, logits in zip(batches, answers, strict=True):
        np.testing.assert_array_equal(logits, expected(inputs))
