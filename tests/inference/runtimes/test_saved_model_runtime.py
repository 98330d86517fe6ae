"""A SavedModel gives the logits of its signature, whatever else it can do."""

import numpy as np
import pytest

from kerascls.inference.runtimes.saved_model_runtime import SavedModelRuntime
from kerascls.preprocessing.sequence_layout import INPUTS


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Logits are a variable times the number of true positions of a row."""
    tf = pytest.importorskip("tensorflow")

    class Counts(tf.Module):
        def __init__(self):
            super().__init__()
            self.weights = tf.Variable([[1.0, -2.0]])

        @tf.function(
            input_signature=[tf.TensorSpec((None, None), tf.int32, n) for n in INPUTS]
        )
        def logits(self, token_ids, segment_ids, padding_mask):
            used = token_ids + segment_ids
            counts = tf.reduce_sum(padding_mask + 0 * used, axis=1, keepdims=True)
            return {"logits": tf.cast(counts, tf.float32) @ self.weights}

    path = tmp_path_factory.mktemp("saved") / "模型"
    module = Counts()
    tf.saved_model.save(module, str(path), {"logits": module.logits})
    return path


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_logits_are_those_of_the_signature(saved, dtype):
    mask = np.array([[1, 1, 0], [1, 0, 0]], dtype)
    logits = SavedModelRuntime(saved).logits(dict.fromkeys(INPUTS, mask))
    assert logits.dtype == np.float32
    np.testing.assert_array_equal(logits, [[2, -4], [1, -2]])


def test_other_signatures_are_there_for_who_asks(saved):
    assert list(SavedModelRuntime(saved).loaded.signatures) == ["logits"]
