"""How TextCNN and RCNN are mixed."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from tiny_classics import lively_classic, tiny_classic
from tiny_models import tiny_batch

BATCH = tiny_batch((9, 4, 1))


def logits_of(model) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(BATCH))


@pytest.mark.parametrize(
    ("alone", "mix", "part"), [("textcnn", 100, 0), ("rcnn", -100, 1)]
)
def test_either_part_alone_is_that_model_on_the_same_embeddings(alone, mix, part):
    mixed, model = lively_classic("textcnn_rcnn"), tiny_classic(alone)
    mixed.body.mix.assign(mix)
    arrays = mixed.named_arrays()
    kernel = arrays["classifier/kernel"]
    weights = {name: arrays[name] for name in model.weights_by_name()}
    weights["classifier/kernel"] = np.split(kernel, [3 * 16])[part]
    model.load_named_weights(weights)
    np.testing.assert_allclose(logits_of(mixed), logits_of(model), atol=1e-5)


def test_the_mix_is_one_number_and_begins_in_the_middle():
    arrays = tiny_classic("textcnn_rcnn").named_arrays()
    assert arrays["mix"].shape == ()
    assert arrays["mix"] == 0
    assert sum("embeddings" in name for name in arrays) == 1
