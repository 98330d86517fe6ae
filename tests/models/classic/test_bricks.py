"""Bricks of classic models: convolutions that do not see padding."""

import keras
import numpy as np

from kerascls.models.classic.bricks import Convolutions, dense, masked
from kerascls.models.layers.bricks import Seeds

MASK = np.array([[1, 1, 1, 0], [1, 0, 0, 0]], np.int32)
HIDDEN = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)


def test_masked_makes_padding_zero_and_nothing_else():
    found = keras.ops.convert_to_numpy(masked(HIDDEN, MASK))
    np.testing.assert_array_equal(found, HIDDEN * MASK[..., None])


def test_convolutions_equal_a_loop_over_real_tokens():
    layer = Convolutions(5, (2, 3), True, Seeds(1), name="conv")
    found = layer(HIDDEN * MASK[..., None], MASK)
    text = np.pad(HIDDEN[0, :3], ((1, 1), (0, 0)))
    for number, (width, begin) in enumerate([(2, 1), (3, 0)]):
        kernel = keras.ops.convert_to_numpy(layer.convolutions[number].kernel)
        for place in range(3):  # kernel: (width, inputs, filters)
            seen = text[place + begin : place + begin + width]
            expected = np.einsum("wi,wif->f", seen, kernel)
            expected /= np.sqrt(1 + 1e-3)  # a norm as it starts
            of_width = found[0, place, 5 * number : 5 * number + 5]
            np.testing.assert_allclose(of_width, expected, atol=1e-5)


def test_each_width_may_read_something_of_its_own():
    layer = Convolutions(5, (2, 3), True, Seeds(1), name="conv")
    first, second = HIDDEN, HIDDEN[:, ::-1]
    both = layer(np.stack([first, second]), np.ones_like(MASK))
    for number, one in enumerate((first, second)):
        columns = slice(5 * number, 5 * number + 5)
        alone = layer(one, np.ones_like(MASK))
        np.testing.assert_allclose(both[..., columns], alone[..., columns], atol=1e-6)


def test_without_a_norm_a_convolution_has_a_bias():
    layer = Convolutions(5, (2, 3), False, Seeds(1), name="conv")
    before = keras.ops.convert_to_numpy(layer(HIDDEN, MASK))
    assert len(layer.weights) == 2 * 2
    layer.convolutions[1].bias.assign_add([1.0] * 5)
    after = keras.ops.convert_to_numpy(layer(HIDDEN, MASK))
    added = np.repeat([0.0, 1.0], 5)
    np.testing.assert_allclose(
        after - before, np.broadcast_to(added, before.shape), atol=1e-6
    )


def test_statistics_are_those_of_real_tokens():
    layer = Convolutions(5, (1,), True, Seeds(1), name="conv")
    layer(HIDDEN * MASK[..., None], MASK, training=True)
    kernel = keras.ops.convert_to_numpy(layer.convolutions[0].kernel)[0]
    real = HIDDEN[MASK == 1] @ kernel
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer.norm.moving_mean),
        0.1 * real.mean(axis=0),
        atol=1e-5,
    )


def test_dense_layers_have_seeds_of_their_own():
    seeds = Seeds(1)
    first, second = (dense(4, seeds, name, "float32") for name in "ab")
    for layer in (first, second):
        layer.build((None, 3))
    assert not np.array_equal(np.asarray(first.kernel), np.asarray(second.kernel))
