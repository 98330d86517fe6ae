import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_config

from kerascls.models.backend.forward import forward, length_buckets
from kerascls.models.encoder import Encoder
from kerascls.models.transformer import TransformerClassifier

NAMES = ("token_ids", "segment_ids", "padding_mask")


def batch(rows: int, tokens: int) -> dict[str, np.ndarray]:
    return {name: np.ones((rows, tokens), np.int64) for name in NAMES}


@pytest.fixture(scope="module")
def model():
    encoder = Encoder(tiny_config(), dtype="mixed_bfloat16")
    return TransformerClassifier(encoder, 3, dropout=0.5)


def test_batches_of_any_shape_give_the_models_float32_logits(model):
    run = forward(model)
    for shape in ((2, 5), (1, 8), (3, 1)):
        logits = run(batch(*shape))
        assert logits.dtype == np.float32
        expected = keras.ops.convert_to_numpy(model(batch(*shape), training=False))
        np.testing.assert_allclose(logits, expected, atol=2e-2)


def test_a_function_of_the_model_is_run_without_dropout_too(model):
    run = forward(model, model.features)
    first, again = run(batch(2, 4)), run(batch(2, 4))
    assert first.shape == (2, 1, model.head.hidden_dim)
    np.testing.assert_array_equal(first, again)


def test_what_the_model_does_not_take_is_left_out(model):
    logits = forward(model)({**batch(1, 3), "row_ids": np.zeros(1)})
    assert logits.shape == (1, 3)


def test_buckets_of_windows_are_multiples_of_the_longest():
    assert length_buckets(24, 6) == (16, 24, 48, 96, 144)
    assert length_buckets(24, 4) == (16, 24, 48, 96)
    assert length_buckets(24, 2) == (16, 24, 48)


@given(st.integers(1, 600))
def test_buckets_rise_to_the_longest_length(max_tokens):
    buckets = length_buckets(max_tokens)
    assert buckets[-1] == max_tokens
    assert list(buckets) == sorted(set(buckets))
    assert len(buckets) <= 11
