"""Recurrent layers, against Keras's own on texts without padding."""

import keras
import numpy as np
import pytest
from keras import layers, ops
from tiny_models import tiny_batch

from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.recurrent import Bidirectional, Recurrent

KINDS = ("plain", "lstm")
UNITS, WIDTH = 4, 6
LENGTHS = 7, 3, 1
MASK = tiny_batch(LENGTHS, num_tokens=9)["padding_mask"]
HIDDEN = np.random.default_rng(0).standard_normal((3, 9, WIDTH), np.float32)
every_kind = pytest.mark.parametrize("kind", KINDS)
both_ways = pytest.mark.parametrize("backwards", [False, True])


def array(tensor) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def lively(layer):
    """Returns the layer with weights none of which is zero."""
    layer(HIDDEN, MASK)
    random = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(0.5 * random.standard_normal(weight.shape))
    return layer


def keras_layer(ours):
    """Returns Keras's layer with the weights of ours."""
    kernel, bias, recurrent = map(array, ours.weights)
    if kernel.shape[1] == 4 * UNITS:  # 1 is added to the forget gate
        bias = bias + np.repeat([0, 1, 0, 0], UNITS)
    kinds = {UNITS: layers.SimpleRNN, 4 * UNITS: layers.LSTM}
    theirs = kinds[kernel.shape[1]](UNITS, return_sequences=True)
    theirs.build((None, None, WIDTH))
    theirs.set_weights([kernel, recurrent, bias])
    return theirs


@both_ways
@every_kind
def test_states_are_those_of_keras_on_each_text_alone(kind, backwards):
    layer = lively(Recurrent(kind, UNITS, Seeds(0), backwards))
    theirs = keras_layer(layer)
    states, last = map(array, layer(HIDDEN, MASK))
    order = slice(None, None, -1 if backwards else 1)
    for row, length in enumerate(LENGTHS):
        text = HIDDEN[row : row + 1, :length][:, order]
        expected = array(theirs(text))[0, order]
        np.testing.assert_allclose(states[row, :length], expected, atol=1e-5)
        np.testing.assert_allclose(last[row], expected[order][-1], atol=1e-5)
        assert not states[row, length:].any()


@both_ways
@every_kind
def test_a_text_between_two_others_is_read_alone(kind, backwards):
    layer = lively(Recurrent(kind, UNITS, Seeds(0), backwards))
    mask = np.array([[0, 0, 1, 1, 1, 0, 0, 0, 0]], np.int32)
    _, last = layer(HIDDEN[:1], mask)
    _, alone = layer(HIDDEN[:1, 2:5], mask[:, 2:5])
    np.testing.assert_allclose(array(last), array(alone), atol=1e-6)


@both_ways
def test_no_token_at_all_leaves_the_initial_state(backwards):
    layer = lively(Recurrent("plain", UNITS, Seeds(0), backwards))
    initial = np.full((3, UNITS), 0.5, np.float32)
    states, last = layer(HIDDEN, MASK * 0, initial)
    np.testing.assert_array_equal(array(last), initial)
    assert not array(states).any()


def test_either_direction_has_weights_of_its_own_and_comes_to_its_end():
    layer = lively(Bidirectional("lstm", UNITS, Seeds(0)))
    states, last = map(array, layer(HIDDEN, MASK))
    assert states.shape == (3, 9, 2 * UNITS)
    for row, length in enumerate(LENGTHS):
        np.testing.assert_array_equal(
            last[row, :UNITS], states[row, length - 1, :UNITS]
        )
        np.testing.assert_array_equal(last[row, UNITS:], states[row, 0, UNITS:])
    names = [weight.path for weight in layer.weights]
    assert len(set(names)) == 6
    one = states[2, 0]  # of one token, so that only the weights differ
    assert np.abs(one[:UNITS] - one[UNITS:]).max() > 0.01


def test_states_are_kept_in_whole_precision():
    layer = lively(Recurrent("lstm", UNITS, Seeds(0), dtype="mixed_bfloat16"))
    states, _ = layer(HIDDEN, MASK)
    assert keras.backend.standardize_dtype(states.dtype) == "bfloat16"
    assert layer.loop.cell.compute_dtype == "float32"
    whole = lively(Recurrent("lstm", UNITS, Seeds(0)))
    np.testing.assert_allclose(array(states), array(whole(HIDDEN, MASK)[0]), atol=0.05)
