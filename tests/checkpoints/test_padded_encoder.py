import keras
import numpy as np
import pytest
from keras import ops
from tiny_models import tiny_config

from kerascls.checkpoints.padded_encoder import PaddedEncoder
from kerascls.models.encoder import Encoder

TOKEN_IDS = np.array([[2, 5, 0, 6, 0], [0, 0, 0, 0, 0]], np.int32)
MASK = np.array([[1, 1, 0, 1, 0], [1, 0, 0, 0, 0]], np.int32)
SEGMENT_IDS = np.zeros_like(TOKEN_IDS)


def padded(with_pool: bool = False, pad_id: int = 0) -> PaddedEncoder:
    return PaddedEncoder(Encoder(tiny_config(), with_pool=with_pool), pad_id)


def test_every_pad_token_but_a_first_one_is_masked():
    np.testing.assert_array_equal(padded().compute_mask(TOKEN_IDS), MASK == 1)


def test_another_token_may_stand_for_padding():
    mask = ops.convert_to_numpy(padded(pad_id=5).compute_mask(TOKEN_IDS))
    assert np.argwhere(~mask).tolist() == [[0, 1]]


@pytest.mark.parametrize("with_pool", [False, True])
def test_outputs_are_those_of_the_encoder_with_that_mask(with_pool):
    layer = padded(with_pool)
    expected = layer.encoder(TOKEN_IDS, SEGMENT_IDS, MASK)
    outputs = ops.convert_to_numpy(layer(TOKEN_IDS, SEGMENT_IDS))
    expected = ops.convert_to_numpy(expected[1] if with_pool else expected)
    np.testing.assert_allclose(outputs, expected, atol=1e-6)
    assert layer.compute_output_shape(TOKEN_IDS.shape) == outputs.shape


def test_a_saved_layer_is_built_again():
    layer = padded(pad_id=5)
    config = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(config)
    assert again.pad_id == 5
    assert again.encoder.config == layer.encoder.config
