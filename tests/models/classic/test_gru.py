"""GRUs count as Keras's do, and forget and pass over where they are told to."""

import keras
import numpy as np

from kerascls.models.classic.gru import GRU, BiGRU, GRUStep
from kerascls.models.layers.bricks import Seeds

UNITS = 5


def random_items(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def states_of(layer, *arguments):
    return keras.ops.convert_to_numpy(layer(*arguments))


def share_of(items, value=1.0):
    return np.full(items.shape[:2], value, np.float32)


def test_states_are_those_of_keras():
    items = random_items(3, 7, 4)
    ours, keras_gru = (
        GRU(UNITS, Seeds(0)),
        keras.layers.GRU(UNITS, return_sequences=True),
    )
    ours(items, share_of(items))
    biases = random_items(2, 3 * UNITS, seed=1)
    ours.inputs.bias.assign(biases[0])
    ours.cell.bias.assign(biases[1])
    keras_gru.build(items.shape)
    keras_gru.set_weights(
        [*map(np.asarray, (ours.inputs.kernel, ours.cell.kernel)), biases]
    )
    np.testing.assert_allclose(
        states_of(ours, items, share_of(items)), states_of(keras_gru, items), atol=1e-5
    )


def test_what_came_before_is_forgotten_where_nothing_is_kept():
    items, gru = random_items(2, 6, 4), GRU(UNITS, Seeds(0))
    keep = np.ones((2, 6), np.float32)
    keep[:, 4] = 0
    states = states_of(gru, items, share_of(items), keep)
    alone = states_of(gru, items[:, 4:], share_of(items[:, 4:]))
    np.testing.assert_allclose(states[:, 4:], alone, atol=1e-6)


def test_a_share_of_a_step_is_done():
    items, gru = random_items(2, 1, 4), GRU(UNITS, Seeds(0))
    whole, half, none = (
        states_of(gru, items, share_of(items, value)) for value in (1, 0.5, 0)
    )
    np.testing.assert_allclose(half, whole / 2, atol=1e-6)
    assert not none.any()


def test_one_step_is_the_first_of_a_gru_from_another_state():
    items = random_items(2, 2, 4)
    gru, step = GRU(UNITS, Seeds(0)), GRUStep(UNITS, Seeds(0))
    states = states_of(gru, items, share_of(items))
    np.testing.assert_allclose(
        states_of(step, items[:, 1], states[:, 0]), states[:, 1], atol=1e-6
    )


def test_both_directions_begin_anew_with_each_part():
    items, gru = random_items(1, 7, 4), BiGRU(UNITS, Seeds(0))
    parts = slice(0, 3), slice(3, 4), slice(4, 6)  # the last item is padding
    begins, ends = (np.isin(np.arange(7), x)[None] for x in ([0, 3, 4], [2, 3, 5]))
    is_real = np.arange(7)[None] < 6
    states = states_of(gru, items, is_real, begins, ends)
    for part in parts:
        alone = states_of(gru, items[:, part], is_real[:, part])
        np.testing.assert_allclose(states[:, part], alone, atol=1e-6)


def test_what_is_not_real_is_passed_over_from_both_ends():
    items, gru = random_items(1, 6, 4), BiGRU(UNITS, Seeds(0))
    is_real = np.arange(6)[None] < 4
    states = states_of(gru, items, is_real)
    alone = states_of(gru, items[:, :4], is_real[:, :4])
    np.testing.assert_allclose(states[:, :4], alone, atol=1e-6)
    other = items.copy()
    other[:, 4:] = 99
    np.testing.assert_array_equal(states_of(gru, other, is_real), states)
