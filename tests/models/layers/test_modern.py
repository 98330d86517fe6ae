import keras
import numpy as np
import pytest
from keras import ops
from tiny_models import tiny_config

from kerascls.models.layers.modern import context, rotated

MASK = np.array([[1, 1, 1, 1, 1, 0]], np.int32)


def test_scores_of_rotated_vectors_depend_on_the_distance_alone():
    config = tiny_config("modernbert")
    place = context(config, np.ones((1, 6), np.int32), False, "float32")
    vectors = np.random.default_rng(1).normal(size=(2, 1, 1, 1, 8))
    query, key = (np.tile(x, (1, 1, 6, 1)).astype("float32") for x in vectors)
    scores = ops.matmul(
        rotated(query, place), ops.transpose(rotated(key, place), (0, 1, 3, 2))
    )
    scores = ops.convert_to_numpy(scores)[0, 0]
    for offset in range(-5, 6):
        diagonal = np.diagonal(scores, offset)
        np.testing.assert_allclose(diagonal, diagonal[0], atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_hidden_tokens_are_finite_and_get_no_attention(dtype):
    config = tiny_config("modernbert", local_attention=2)
    bias = context(config, MASK, True, dtype).bias
    assert keras.backend.standardize_dtype(bias.dtype) == dtype
    bias = ops.convert_to_numpy(ops.cast(bias, "float32"))[0, 0]
    seen = np.abs(np.subtract.outer(np.arange(6), np.arange(6))) <= 1
    seen &= MASK[0] == 1
    np.testing.assert_array_equal(bias[:5] == 0, seen[:5])
    assert np.isfinite(bias).all()
    assert bias[~seen].max() < -1e4
