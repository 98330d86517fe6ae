"""fastText: the mean of words and n-grams, and the rows that n-grams have."""

import sys
from pathlib import Path

import keras
import numpy as np

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import lively_classic
from tiny_models import tiny_batch

from kerascls.models.classic.fasttext import hashed_ngrams


def test_logits_are_those_of_the_mean_of_words_and_ngrams():
    model, batch = lively_classic("fasttext"), tiny_batch((6, 2, 1))
    weights = model.named_arrays()
    ngrams = [
        [keras.ops.convert_to_numpy(array) for array in hashed_ngrams(*arrays)]
        for arrays in (
            (batch["token_ids"], batch["padding_mask"], length, 64) for length in (2, 3)
        )
    ]
    for row, length in enumerate((6, 2, 1)):
        words = weights["embeddings/word_embeddings"][batch["token_ids"][row, :length]]
        vectors = [words]
        for ids, there in ngrams:
            rows = ids[row][there[row] == 1]
            vectors.append(weights["ngrams/word_embeddings"][rows])
        vector = np.concatenate(vectors).mean(axis=0)
        expected = vector @ weights["classifier/kernel"] + weights["classifier/bias"]
        one = {name: array[row : row + 1] for name, array in batch.items()}
        logits = keras.ops.convert_to_numpy(model(one))[0]
        np.testing.assert_allclose(logits, expected, atol=1e-5)


def test_a_text_of_n_words_has_n_minus_one_pairs_and_each_ends_at_its_last_word():
    mask = np.array([[1, 1, 1, 0], [1, 0, 0, 0]], np.int32)
    _, there = hashed_ngrams(np.ones((2, 4), np.int32), mask, 2, 64)
    expected = [[0, 1, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(there), expected)


def test_equal_ngrams_have_one_row_and_their_order_counts():
    ids = np.array([[5, 6, 9, 5, 6], [6, 5, 9, 6, 5]], np.int32)
    rows, _ = hashed_ngrams(ids, np.ones_like(ids), 2, 1 << 18)
    rows = keras.ops.convert_to_numpy(rows)
    assert rows[0, 1] == rows[0, 4] != rows[1, 1]


def test_ngrams_are_spread_evenly_over_all_rows():
    buckets = 1 << 10
    first, second = np.divmod(np.arange(300 * 300, dtype=np.int32), 300)
    ids = np.stack([first, second], axis=1) + 4
    rows, _ = hashed_ngrams(ids, np.ones_like(ids), 2, buckets)
    rows = keras.ops.convert_to_numpy(rows)[:, 1]
    assert rows.min() >= 0 and rows.max() < buckets
    counts = np.bincount(rows, minlength=buckets)
    # 88 on average; of random rows the fullest of 1,024 would have some 120.
    assert 45 < counts.min() and counts.max() < 140
