"""Hierarchical attention reads each sentence as if it stood alone."""

import sys
from pathlib import Path

import numpy as np
from keras import ops

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import SENTENCE_ENDS, lively_classic

END = SENTENCE_ENDS[0]
FIRST, SECOND, THIRD = [20, 21, 22, END], [23, 24, END, END], [25, 26]


def batch_of(*texts):
    shape = len(texts), max(map(len, texts))
    token_ids, mask = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for row, text in enumerate(texts):
        token_ids[row, : len(text)], mask[row, : len(text)] = text, 1
    return {"token_ids": token_ids, "segment_ids": 0 * mask, "padding_mask": mask}


def vectors_of(model, *texts):
    batch = batch_of(*texts)
    embedded = model.body.words(batch["token_ids"], batch["padding_mask"])
    vectors, exist = model.body.sentence_vectors(embedded, batch)
    return ops.convert_to_numpy(vectors), ops.convert_to_numpy(exist)


def logits_of(model, *texts):
    return ops.convert_to_numpy(model(batch_of(*texts)))


def test_the_vector_of_a_sentence_is_that_of_the_sentence_alone():
    model = lively_classic("han")
    together, exist = vectors_of(model, FIRST + SECOND + THIRD)
    assert exist.tolist() == [[True, True, True, False]]
    alone, _ = vectors_of(model, FIRST, SECOND, THIRD)
    np.testing.assert_allclose(together[0, :3], alone[:, 0], atol=1e-5)
    assert not together[0, 3].any()
    assert np.abs(alone[0, 0] - alone[1, 0]).max() > 0.01


def test_room_for_sentences_that_do_not_exist_changes_nothing():
    texts = FIRST + SECOND + THIRD, FIRST
    few, many = (
        lively_classic("han", sizes={"max_sentences": room}) for room in (3, 12)
    )
    np.testing.assert_allclose(
        logits_of(few, *texts), logits_of(many, *texts), atol=1e-5
    )


def test_words_and_sentences_are_read_in_their_order():
    model = lively_classic("han")
    first, sentences, words = logits_of(
        model, FIRST + SECOND, SECOND + FIRST, [*FIRST[2::-1], END, *SECOND]
    )
    assert np.abs(first - sentences).max() > 1e-4
    assert np.abs(first - words).max() > 1e-4


def test_the_attention_of_a_text_of_one_sentence_is_all_on_that_one():
    body = lively_classic("han").body
    read = np.random.default_rng(0).standard_normal((1, 4, 32)).astype("float32")
    one, two = (np.arange(4)[None, None] < room for room in (1, 2))
    attended = [body.sentence_attention(read, members)[:, 0] for members in (one, two)]
    np.testing.assert_allclose(ops.convert_to_numpy(attended[0]), read[:, 0], atol=1e-6)
    shares = np.linalg.lstsq(read[0, :2].T, ops.convert_to_numpy(attended[1])[0])[0]
    np.testing.assert_allclose(shares.sum(), 1, atol=1e-5)
    assert 0.01 < shares[0] < 0.99
