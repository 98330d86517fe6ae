"""Poolings and the mix of layers, each against a plain loop in numpy."""

import keras
import numpy as np
import pytest
from keras import ops
from tiny_models import tiny_batch

from kerascls.models.layers.poolings import (
    AttentionPooling,
    LayerMix,
    first_token,
    lowest,
    maximum,
    mean,
)

MASK = tiny_batch()["padding_mask"]
HIDDEN = np.random.default_rng(0).standard_normal((*MASK.shape, 6), np.float32)
TEXTS = [row[mask == 1] for row, mask in zip(HIDDEN, MASK, strict=True)]
DTYPES = ("float32", "bfloat16", "float16")
POOLINGS = (first_token, mean, maximum)


def array(tensor) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def softmax(scores) -> np.ndarray:
    return np.exp(scores) / np.exp(scores).sum(axis=0)


def test_the_first_token_is_that_of_every_row():
    np.testing.assert_array_equal(first_token(HIDDEN, MASK)[:, 0], HIDDEN[:, 0])


def test_the_mean_is_of_real_tokens_only():
    expected = [text.mean(axis=0) for text in TEXTS]
    np.testing.assert_allclose(mean(HIDDEN, MASK)[:, 0], expected, atol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_maximum_is_of_real_tokens_even_if_padding_is_larger(dtype):
    hidden = np.where(MASK[:, :, None] == 1, HIDDEN - 50, 1000)
    found = maximum(ops.cast(hidden, dtype), MASK)
    expected = [text.max(axis=0) - 50 for text in TEXTS]
    np.testing.assert_allclose(array(found)[:, 0], expected, rtol=0.01)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("pool", POOLINGS)
def test_the_dtype_stays(pool, dtype):
    pooled = pool(ops.cast(HIDDEN, dtype), MASK)
    assert keras.backend.standardize_dtype(pooled.dtype) == dtype


@pytest.mark.parametrize("pool", [mean, maximum])
def test_no_token_at_all_gives_zero(pool):
    np.testing.assert_array_equal(pool(HIDDEN, MASK * 0), np.zeros((3, 1, 6)))


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_takes_the_place_of_padding_is_finite_and_below_all(dtype):
    value = ops.cast(lowest(dtype), dtype)
    assert ops.isfinite(value)
    assert array(value) <= -65504
    assert array(0 * value) == 0


def test_the_mean_of_a_long_text_is_exact_in_half_precision():
    hidden = np.full((1, 512, 4), 1.001, np.float16)
    pooled = mean(ops.convert_to_tensor(hidden), np.ones((1, 512), np.int32))
    np.testing.assert_array_equal(array(pooled)[:, 0], hidden[:, 0])


def test_a_mix_starts_as_the_mean_of_the_layers():
    mixed = LayerMix(3)(HIDDEN)
    expected = (HIDDEN[..., :2] + HIDDEN[..., 2:4] + HIDDEN[..., 4:]) / 3
    np.testing.assert_allclose(mixed, expected, atol=1e-6)


def test_a_mix_weighs_layers_by_softmax_and_the_sum_by_gamma():
    mix = LayerMix(2)
    mix.scores.assign([0.5, -1.0])
    mix.gamma.assign(3.0)
    first, second = 3 * softmax(np.array([0.5, -1.0]))
    expected = first * HIDDEN[..., :3] + second * HIDDEN[..., 3:]
    np.testing.assert_allclose(mix(HIDDEN), expected, atol=1e-6)


def test_attention_weighs_real_tokens_by_their_product_with_each_query():
    initializer = keras.initializers.RandomNormal(seed=1)
    attention = AttentionPooling(4, 6, initializer)
    query = np.random.default_rng(1).standard_normal((6, 4), np.float32)
    attention.query.assign(query)
    expected = [softmax(text @ query).T @ text for text in TEXTS]
    np.testing.assert_allclose(attention(HIDDEN, MASK), expected, atol=1e-5)


@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_attention_and_mix_of_half_precision_are_computed_in_full(dtype):
    hidden = ops.cast(HIDDEN, dtype)
    layers = AttentionPooling(2, 6, keras.initializers.Ones()), LayerMix(2)
    for found in (layers[0](hidden, MASK), layers[1](hidden)):
        assert keras.backend.standardize_dtype(found.dtype) == "float32"
    expected = layers[0](array(hidden), MASK)
    np.testing.assert_array_equal(layers[0](hidden, MASK), expected)


def test_attention_of_no_token_is_finite():
    attention = AttentionPooling(2, 6, keras.initializers.Ones())
    assert np.isfinite(array(attention(HIDDEN, MASK * 0))).all()
