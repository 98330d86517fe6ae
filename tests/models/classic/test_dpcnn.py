"""DPCNN halves what is left of a text, whatever stands behind it."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from keras import ops

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import lively_classic
from tiny_models import tiny_batch

from kerascls.models.classic.dpcnn import halved


def halved_values(values, num_tokens=None):
    length = num_tokens or len(values)
    hidden, mask = np.zeros((1, length, 1), np.float32), np.zeros((1, length), np.int32)
    hidden[0, : len(values), 0], mask[0, : len(values)] = values, 1
    hidden, mask = map(ops.convert_to_numpy, halved(hidden, mask))
    return hidden[0, :, 0].tolist(), mask[0].tolist()


def test_every_second_token_gets_the_largest_of_itself_and_two_behind():
    assert halved_values([1, 5, 2, 0, 3, 4]) == ([5, 3, 4], [1, 1, 1])


def test_what_is_below_zero_is_not_lost_to_padding():
    assert halved_values([-3, -1, -2], num_tokens=6) == ([-1, -2, 0], [1, 1, 0])


@pytest.mark.parametrize("length", range(1, 9))
def test_half_of_a_text_is_left_whatever_it_is_padded_to(length):
    values = [*range(length, 0, -1)]
    alone, _ = halved_values(values)
    assert len(alone) == math.ceil(length / 2)
    for num_tokens in (length + 1, length + 2):
        left, mask = halved_values(values, num_tokens)
        assert left[: sum(mask)] == alone
        assert not any(left[sum(mask) :])


@pytest.mark.parametrize("length", [1, 4, 5, 16])
def test_texts_are_read_that_are_shorter_or_longer_than_the_pyramid(length):
    model = lively_classic("dpcnn", num_layers=2)
    batch = tiny_batch((length,))
    padded = tiny_batch((length,), num_tokens=length + 3)
    np.testing.assert_allclose(
        ops.convert_to_numpy(model(batch)),
        ops.convert_to_numpy(model(padded)),
        atol=1e-5,
    )
    for place in {0, length - 1}:
        token_ids = batch["token_ids"].copy()
        token_ids[0, place] = 39
        changed = model({**batch, "token_ids": token_ids}) - model(batch)
        assert np.abs(ops.convert_to_numpy(changed)).max() > 1e-4
