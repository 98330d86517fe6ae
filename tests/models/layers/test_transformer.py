"""What the encoder's parts promise, whatever the number format."""

import math

import keras
import numpy as np
import pytest
from keras import ops

from kerascls.models.layers.transformer import (
    attention_bias,
    gelu_erf,
    gelu_tanh,
    relu,
)

DTYPES = ("float32", "bfloat16", "float16")
PADDING_MASK = np.array([[1, 1, 0], [1, 0, 0]], np.int32)


def numbers(tensor) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def test_the_activations_are_those_of_the_papers():
    x = np.linspace(-4, 4, 17).astype(np.float32)
    erf = [value / 2 * (1 + math.erf(value / math.sqrt(2))) for value in x]
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    np.testing.assert_allclose(numbers(gelu_erf(x)), erf, atol=1e-6)
    tanh = x / 2 * (1 + np.tanh(inner))
    np.testing.assert_allclose(numbers(gelu_tanh(x)), tanh, atol=1e-6)
    np.testing.assert_array_equal(numbers(relu(x)), np.maximum(x, 0))


@pytest.mark.parametrize("dtype", DTYPES)
def test_padding_gets_no_attention_in_any_precision(dtype):
    bias = attention_bias(PADDING_MASK, dtype)
    assert keras.backend.standardize_dtype(bias.dtype) == dtype
    assert bias.shape == (2, 1, 1, 3)
    scores = ops.cast([[[[-20.0, 0.0, 20.0]]]], dtype)
    weights = numbers(ops.softmax(scores + bias, axis=-1))[:, 0, 0]
    np.testing.assert_array_equal(weights[PADDING_MASK == 0], 0)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_bias_of_real_tokens_is_zero_and_of_others_finite(dtype):
    bias = numbers(attention_bias(PADDING_MASK, dtype))[:, 0, 0]
    np.testing.assert_array_equal(bias[PADDING_MASK == 1], 0)
    assert np.isfinite(bias).all()


@pytest.mark.parametrize("dtype", ["int64", "bool", "float32"])
def test_a_padding_mask_may_have_any_dtype(dtype):
    np.testing.assert_array_equal(
        numbers(attention_bias(PADDING_MASK.astype(dtype), "float32")),
        numbers(attention_bias(PADDING_MASK, "float32")),
    )
