"""Heads: how hidden states become logits."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

sys.path.insert(0, str(Path(__file__).parent))
from tiny_models import tiny_batch

from kerascls.errors import SettingsError
from kerascls.heads import ClassificationHead

MASK = tiny_batch()["padding_mask"]
HIDDEN = np.random.default_rng(0).standard_normal((*MASK.shape, 16), np.float32)


def expected_logits(head, pooled):
    variables = map(ops.copy, head.weights_by_name().values())
    kernel, bias = map(ops.convert_to_numpy, variables)
    return pooled @ kernel + bias


def test_cls_takes_the_first_token():
    head = ClassificationHead(3, 16, "cls")
    np.testing.assert_allclose(
        head(HIDDEN, MASK), expected_logits(head, HIDDEN[:, 0]), atol=1e-6
    )


def test_mean_averages_real_tokens_only():
    head = ClassificationHead(3, 16, "mean")
    real = [row[mask == 1].mean(axis=0) for row, mask in zip(HIDDEN, MASK, strict=True)]
    np.testing.assert_allclose(
        head(HIDDEN, MASK), expected_logits(head, np.array(real)), atol=1e-6
    )


def test_the_mean_of_no_token_is_zero():
    head = ClassificationHead(3, 16, "mean")
    logits = ops.convert_to_numpy(head(HIDDEN, MASK * 0))
    np.testing.assert_array_equal(logits, expected_logits(head, np.zeros((3, 16))))


def test_the_mean_of_a_long_text_is_exact_in_half_precision():
    head = ClassificationHead(2, 4, "mean", dtype="mixed_float16")
    head.dense.kernel.assign(np.eye(4, 2))
    hidden = np.full((1, 512, 4), 1.001, np.float16)
    logits = ops.convert_to_numpy(head(hidden, np.ones((1, 512), np.int32)))
    np.testing.assert_allclose(logits, hidden[:, 0, :2].astype(np.float32), rtol=1e-3)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_logits_are_float32_in_any_precision(pooling, policy):
    head = ClassificationHead(3, 16, pooling, dtype=policy)
    hidden = ops.cast(HIDDEN, head.compute_dtype)
    assert keras.backend.standardize_dtype(head(hidden, MASK).dtype) == "float32"
    shapes = ((None, None, 16), (None, None))
    symbolic = head(*map(keras.KerasTensor, shapes))
    assert (symbolic.shape, symbolic.dtype) == ((None, 3), "float32")


def test_dropout_works_in_training_only():
    head = ClassificationHead(3, 16, dropout=0.5)
    plain, again = head(HIDDEN, MASK), head(HIDDEN, MASK)
    np.testing.assert_array_equal(plain, again)
    trained = head(HIDDEN, MASK, training=True)
    assert np.abs(ops.convert_to_numpy(trained - plain)).max() > 0.01


@pytest.mark.parametrize("seed", [0, 2**31 - 1])
def test_one_seed_fixes_kernel_and_dropout(seed):
    one, other = (ClassificationHead(3, 16, seed=seed) for _ in range(2))
    np.testing.assert_array_equal(
        one(HIDDEN, MASK, training=True), other(HIDDEN, MASK, training=True)
    )


def test_an_unknown_pooling_is_refused():
    with pytest.raises(SettingsError, match="cls, mean.*pooling='max'"):
        ClassificationHead(3, 16, "max")


def test_the_configuration_gives_the_same_head_again():
    head = ClassificationHead(3, 16, "mean", 0.3, 0.5, 9, dtype="mixed_bfloat16")
    again = ClassificationHead.from_config(head.get_config())
    assert again.get_config() == head.get_config()
    np.testing.assert_array_equal(again(HIDDEN, MASK), head(HIDDEN, MASK))


def test_weights_have_the_stable_names():
    shapes = {
        name: tuple(variable.shape)
        for name, variable in ClassificationHead(3, 16).weights_by_name().items()
    }
    assert shapes == {"classifier/kernel": (16, 3), "classifier/bias": (3,)}
