"""The dynamic memory network has facts to choose from, and passes over them again."""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import ops

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import OWN, SENTENCE_ENDS, lively_classic

from kerascls.models.classic.config import CLASSICS
from kerascls.models.classic.dynamic_memory import Gates
from kerascls.models.classic.gru import GRU
from kerascls.models.layers.bricks import Seeds

END = SENTENCE_ENDS[0]
SIZES = {**CLASSICS["dynamic_memory"].own, **OWN["dynamic_memory"]}
STORY = [20, 21, END, 22, 23, END, 24]


def batch_of(*texts):
    shape = len(texts), max(map(len, texts))
    token_ids, mask = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for row, text in enumerate(texts):
        token_ids[row, : len(text)], mask[row, : len(text)] = text, 1
    return {"token_ids": token_ids, "segment_ids": 0 * mask, "padding_mask": mask}


def facts_of(model, *texts):
    batch = batch_of(*texts)
    embedded = model.body.words(batch["token_ids"], batch["padding_mask"])
    return [*map(ops.convert_to_numpy, model.body.facts(embedded, batch))]


def logits_of(model, *texts):
    return ops.convert_to_numpy(model(batch_of(*texts)))


def test_facts_are_the_states_at_the_ends_of_sentences():
    model = lively_classic("dynamic_memory")
    facts, exist, question = facts_of(model, STORY, STORY[:3], STORY[:6])
    assert exist.tolist() == [[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0]]
    np.testing.assert_allclose(facts[0, 0], question[1], atol=1e-6)
    np.testing.assert_allclose(facts[0, 1], question[2], atol=1e-6)
    np.testing.assert_allclose(facts[0, 2], question[0], atol=1e-6)
    assert not facts[0, 3].any()


def test_a_text_of_one_sentence_has_several_facts():
    headline = [20, 21, 22, 23, 24, 25, 26, 27, 28]
    facts, exist, _ = facts_of(lively_classic("dynamic_memory"), headline)
    assert exist.tolist() == [[1, 1, 1, 0]]
    assert np.abs(facts[0, 0] - facts[0, 1]).max() > 0.01


def test_room_for_sentences_that_do_not_exist_changes_nothing():
    few, many = (
        lively_classic("dynamic_memory", sizes={**SIZES, "max_sentences": room})
        for room in (3, 9)
    )
    texts = STORY, [20, 21]
    np.testing.assert_allclose(
        logits_of(few, *texts), logits_of(many, *texts), atol=1e-5
    )


def test_another_pass_finds_something_else():
    one, two = (
        lively_classic("dynamic_memory", sizes={**SIZES, "passes": passes})
        for passes in (1, 2)
    )
    assert np.abs(logits_of(one, STORY) - logits_of(two, STORY)).max() > 1e-4


def test_what_a_gate_lets_in_is_that_share_of_a_step():
    facts = np.random.default_rng(0).standard_normal((1, 4, 3)).astype("float32")
    gates = np.array([[1, 0.25, 0, 0.5]], np.float32)
    episode, cell = GRU(5, Seeds(0)), keras.layers.GRUCell(5)
    found = ops.convert_to_numpy(episode(facts, gates))
    cell.build((1, 3))
    kernels = map(ops.convert_to_numpy, (episode.inputs.kernel, episode.cell.kernel))
    cell.set_weights([*kernels, np.zeros((2, 15), np.float32)])
    state = np.zeros((1, 5), np.float32)
    for number, gate in enumerate(gates[0]):
        after = ops.convert_to_numpy(cell(facts[:, number], state)[0])
        state = gate * after + (1 - gate) * state
        np.testing.assert_allclose(found[:, number], state, atol=1e-5)


def test_gates_differ_between_facts_and_follow_the_memory():
    random = np.random.default_rng(0)
    facts = random.standard_normal((1, 3, 4)).astype("float32")
    question, memory, other = random.standard_normal((3, 1, 4)).astype("float32")
    layer = Gates(4, Seeds(0))
    first, second = (
        ops.convert_to_numpy(layer(facts, question, one)) for one in (memory, other)
    )
    assert np.ptp(first) > 0.01
    assert np.abs(first - second).max() > 0.01
