"""The entity network has something to choose from, and does what the paper says."""

import sys
from pathlib import Path

import numpy as np
from keras import layers, ops

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import OWN, SENTENCE_ENDS, lively_classic

from kerascls.models.classic.config import CLASSICS
from kerascls.models.classic.entity_network import Memory
from kerascls.models.layers.bricks import Seeds

END = SENTENCE_ENDS[0]
SIZES = {**CLASSICS["entity_network"].own, **OWN["entity_network"]}


def batch_of(*texts):
    shape = len(texts), max(map(len, texts))
    token_ids, mask = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for row, text in enumerate(texts):
        token_ids[row, : len(text)], mask[row, : len(text)] = text, 1
    return {"token_ids": token_ids, "segment_ids": 0 * mask, "padding_mask": mask}


def story_of(body, text):
    batch = batch_of(text)
    return body.story(body.words(batch["token_ids"], batch["padding_mask"]), batch)


def logits_of(model, *texts):
    return ops.convert_to_numpy(model(batch_of(*texts)))


def test_a_text_of_one_sentence_is_a_story_of_several():
    headline = [20, 21, 22, 23, 24, 25, 26, 27, 28]
    story, sentences = story_of(lively_classic("entity_network").body, headline)
    assert ops.convert_to_numpy(sentences.exist)[0].tolist() == [1, 1, 1, 0]
    story = ops.convert_to_numpy(story)[0]
    assert np.abs(story[0] - story[1]).max() > 0.01


def test_gates_and_attention_differ_between_what_they_choose_from():
    body = lively_classic("entity_network").body
    story = story_of(body, [20, 21, END, 22, 23, END, 24])
    memory = ops.convert_to_numpy(body.remembered(*story))
    assert memory.shape == (1, 3, 16)
    np.testing.assert_allclose(np.linalg.norm(memory, axis=-1), 1, atol=1e-5)
    assert np.ptp(memory, axis=1).max() > 0.01


def test_room_for_sentences_that_do_not_exist_changes_nothing():
    texts = [20, 21, END, 22, 23], [20, 21]
    few, many = (
        lively_classic("entity_network", sizes={**SIZES, "max_sentences": room})
        for room in (2, 9)
    )
    np.testing.assert_allclose(
        logits_of(few, *texts), logits_of(many, *texts), atol=1e-5
    )


def test_words_and_sentences_are_read_in_their_order():
    first, sentences, words = logits_of(
        lively_classic("entity_network"),
        [20, 21, 22, END, 23, 24, END],
        [23, 24, END, 20, 21, 22, END],
        [22, 20, 21, END, 23, 24, END],
    )
    assert np.abs(first - sentences).max() > 1e-4
    assert np.abs(first - words).max() > 1e-4


def test_a_memory_is_updated_as_in_the_paper():
    random = np.random.default_rng(0)
    cell = Memory(3, 4, Seeds(0), name="memory")
    story, added = random.standard_normal((2, 1, 5, 4)).astype("float32")
    exists = np.ones((1, 5, 1), np.float32)
    exists[0, 3:] = 0
    steps = np.concatenate([story, added, exists], axis=-1)
    layers.RNN(cell)(steps)  # makes its weights
    slopes = random.standard_normal(4).astype("float32")
    cell.activation.slopes.assign(slopes)
    found = layers.RNN(cell)(steps)

    keys, of_state, of_keys = map(
        ops.convert_to_numpy, (cell.keys, cell.of_state, cell.of_keys)
    )
    blocks = keys.copy()
    for sentence, plus in zip(story[0, :3], added[0, :3], strict=True):
        gates = 1 / (1 + np.exp(-(blocks @ sentence + keys @ sentence)))
        candidates = blocks @ of_state + keys @ of_keys + plus
        candidates = np.where(candidates > 0, candidates, slopes * candidates)
        blocks = blocks + gates[:, None] * candidates
        blocks /= np.linalg.norm(blocks, axis=1, keepdims=True)
    np.testing.assert_allclose(
        ops.convert_to_numpy(found).reshape(3, 4), blocks, atol=1e-5
    )
