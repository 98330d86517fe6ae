"""Windows of a text are read as texts of their own, and make one vector of it."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from tiny_models import random_weights, tiny_batch, tiny_classifier, tiny_windows

from kerascls.models.backend.forward import forward
from kerascls.models.layers.poolings import maximum, mean
from kerascls.models.layers.windows import FoldWindows, pool_windows
from kerascls.models.registry import POOLINGS

LENGTHS = ((8, 8, 5), (8, 2), (6,))
WINDOW_POOLINGS = [name for name, row in POOLINGS.items() if row.reads_several]
every_window_pooling = pytest.mark.parametrize("window_pooling", WINDOW_POOLINGS)


def classifier(**options):
    model = tiny_classifier(**options)
    model.load_named_weights(random_weights(model.weights_by_name()))
    return model


def logits_of(model, batch) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(batch))


def test_windows_below_each_other_keep_their_order_and_dtype():
    folded = FoldWindows()(np.arange(12, dtype=np.int32).reshape(2, 3, 2))
    assert keras.ops.convert_to_numpy(folded).tolist() == [
        *([0, 1], [2, 3], [4, 5]),
        *([6, 7], [8, 9], [10, 11]),
    ]
    assert keras.backend.standardize_dtype(folded.dtype) == "int32"


@pytest.mark.parametrize(("pool", "of"), [(mean, np.mean), (maximum, np.max)])
@pytest.mark.parametrize("num_vectors", [1, 3])
def test_each_vector_is_pooled_over_the_windows_that_have_tokens(pool, of, num_vectors):
    random = np.random.default_rng(0)
    vectors = random.standard_normal((3, 4, num_vectors, 5)).astype(np.float32)
    mask = np.zeros((3, 4, 6), np.int32)
    for row, windows in enumerate((4, 2, 1)):
        mask[row, :windows, :2] = 1
    pooled = pool_windows(pool, vectors.reshape(12, num_vectors, 5), mask, num_vectors)
    expected = [of(vectors[row, :n], axis=0) for row, n in enumerate((4, 2, 1))]
    np.testing.assert_allclose(pooled, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("pooling", "window_pooling"),
    [
        *((pooling, "attention") for pooling in POOLINGS),
        *(("cls", name) for name in WINDOW_POOLINGS if not POOLINGS[name].has_weights),
    ],
)
def test_a_text_in_one_window_has_the_logits_it_has_without_windows(
    pooling, window_pooling
):
    whole = classifier(pooling=pooling)
    model = tiny_classifier(pooling=pooling, window_pooling=window_pooling)
    queries = random_weights(model.weights_by_name())
    model.load_named_weights(queries | whole.named_arrays())
    batch = tiny_batch()
    windows = {name: array[:, None] for name, array in batch.items()}
    np.testing.assert_allclose(
        logits_of(model, windows), logits_of(whole, batch), atol=1e-6
    )


@pytest.mark.parametrize(
    ("pooling", "window_pooling"),
    [
        ("cls", "attention"),
        ("pooler", "mean"),
        ("max", "max"),
        ("label_attention", "attention"),
        ("cnn", "lstm"),
        ("lstm", "cnn"),
        ("label_attention", "lstm"),
    ],
)
@pytest.mark.slow
def test_windows_and_tokens_that_only_pad_change_nothing(pooling, window_pooling):
    model = classifier(pooling=pooling, window_pooling=window_pooling)
    together = logits_of(model, tiny_windows(LENGTHS))
    for row, lengths in enumerate(LENGTHS):
        batch = tiny_windows(LENGTHS)
        alone = {
            name: array[row : row + 1, : len(lengths)] for name, array in batch.items()
        }
        np.testing.assert_allclose(logits_of(model, alone)[0], together[row], atol=1e-6)
        more = {name: np.pad(x, ((0, 0), (0, 2), (0, 3))) for name, x in batch.items()}
        np.testing.assert_allclose(logits_of(model, more), together, atol=1e-6)


@pytest.mark.parametrize(
    ("pooling", "window_pooling"),
    [
        *((pooling, "attention") for pooling in ("cls", "attention", "cnn")),
        ("label_attention", "lstm"),
    ],
)
@pytest.mark.slow
def test_batches_of_any_shape_are_read_by_one_traced_model(pooling, window_pooling):
    model = classifier(pooling=pooling, window_pooling=window_pooling, num_layers=1)
    traced = forward(model)
    for lengths in (LENGTHS, ((5,), (2,)), ((8, 3),)):
        batch = tiny_windows(lengths)
        np.testing.assert_allclose(traced(batch), logits_of(model, batch), atol=1e-5)


@every_window_pooling
def test_every_window_is_read(window_pooling):
    model = classifier(pooling="mean", window_pooling=window_pooling)
    batch = tiny_windows(LENGTHS)
    before = logits_of(model, batch)
    for window in range(3):
        token_ids = batch["token_ids"].copy()
        token_ids[0, window, 1:4] = 7 + window
        after = logits_of(model, batch | {"token_ids": token_ids})
        assert np.abs(after[0] - before[0]).max() > 1e-4
        np.testing.assert_allclose(after[1:], before[1:], atol=1e-6)
