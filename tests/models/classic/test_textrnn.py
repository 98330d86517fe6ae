"""What only TextRNN has: last states, the maximum over time, layers on each other."""

import sys
from pathlib import Path

import keras
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from tiny_classics import lively_classic, tiny_classic
from tiny_models import tiny_batch

LENGTHS = 9, 4, 1
BATCH = tiny_batch(LENGTHS, num_tokens=12)


def array(tensor) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


def of_text(body) -> tuple[np.ndarray, np.ndarray]:
    """Returns states and text vectors."""
    embedded = body.words(BATCH["token_ids"], BATCH["padding_mask"])
    states, _ = body.layers_up[-1](embedded, BATCH["padding_mask"])
    return array(states), array(body._text_vector(embedded, BATCH, False))


def test_the_last_state_is_behind_the_last_real_token_and_before_the_first():
    states, vectors = of_text(lively_classic("textrnn").body)
    for row, length in enumerate(LENGTHS):
        expected = [states[row, length - 1, :16], states[row, 0, 16:]]
        np.testing.assert_array_equal(vectors[row], np.concatenate(expected))


def test_the_maximum_is_over_real_tokens_even_if_all_states_are_negative():
    body = lively_classic("textrnn_max").body
    for way in (body.layers_up[0].ahead, body.layers_up[0].back):
        # Input gate open, candidate negative: the state is below zero.
        way.bias.assign(np.repeat([5.0, 0.0, -5.0, 0.0], 16))
    states, vectors = of_text(body)
    assert (vectors < 0).all()
    for row, length in enumerate(LENGTHS):
        np.testing.assert_array_equal(vectors[row], states[row, :length].max(axis=0))


def test_a_second_layer_reads_both_directions_of_the_first():
    weights = tiny_classic("textrnn", num_layers=2).weights_by_name()
    assert weights["layer_0/forward/kernel"].shape == (12, 64)
    assert weights["layer_1/forward/kernel"].shape == (32, 64)
    assert weights["layer_1/backward/kernel"].shape == (32, 64)


def test_padding_changes_nothing_for_two_layers_either():
    model = lively_classic("textrnn", num_layers=2)
    together = array(model(BATCH))
    for row, length in enumerate(LENGTHS):
        alone = {key: value[row : row + 1, :length] for key, value in BATCH.items()}
        np.testing.assert_allclose(array(model(alone))[0], together[row], atol=1e-5)
