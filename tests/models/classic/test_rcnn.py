"""The contexts of RCNN, against a plain loop over the words."""

import sys
from pathlib import Path

import keras
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from tiny_classics import lively_classic
from tiny_models import tiny_batch

LENGTHS = 9, 4, 1
BATCH = tiny_batch(LENGTHS, num_tokens=12)


def array(tensor) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


def plain_contexts(words, first, kernel, bias, recurrent) -> list[np.ndarray]:
    """Returns what the paper's formula says: each context is of the word before."""
    contexts = [first]
    for word in words[:-1]:
        contexts.append(np.tanh(contexts[-1] @ recurrent + word @ kernel + bias))
    return contexts


def plain_rcnn(arrays, words) -> np.ndarray:
    """Returns the logits of the words of one text, none of which is padding."""

    def contexts(words, side, first):
        names = ("kernel", "bias", "step/recurrent_kernel")
        weights = [arrays[f"{side}/{name}"] for name in names]
        return plain_contexts(words, arrays[first], *weights)

    left = contexts(words, "left", "first_left")
    right = contexts(words[::-1], "right", "last_right")[::-1]
    beside = np.concatenate([left, words, right], axis=1)
    read = np.tanh(beside @ arrays["word/kernel"] + arrays["word/bias"])
    vector = read.max(axis=0)
    return vector @ arrays["classifier/kernel"] + arrays["classifier/bias"]


def test_contexts_are_of_the_words_before_and_behind_in_order():
    model = lively_classic("rcnn")
    arrays, logits = model.named_arrays(), array(model(BATCH))
    for row, length in enumerate(LENGTHS):
        token_ids = BATCH["token_ids"][row, :length]
        words = arrays["embeddings/word_embeddings"][token_ids]
        np.testing.assert_allclose(logits[row], plain_rcnn(arrays, words), atol=1e-5)


def test_no_context_has_seen_its_own_word():
    body, mask = lively_classic("rcnn").body, BATCH["padding_mask"]
    embedded = array(body.words(BATCH["token_ids"], mask))
    changed = embedded.copy()
    changed[0, 4] += 1
    (left, right), (other_left, other_right) = (
        map(array, body._contexts(words, mask)) for words in (embedded, changed)
    )
    moved = np.abs(other_left - left)[0, :9].max(axis=-1) > 0
    assert moved.tolist() == [place > 4 for place in range(9)]
    moved = np.abs(other_right - right)[0, :9].max(axis=-1) > 0
    assert moved.tolist() == [place < 4 for place in range(9)]
