"""Layers are made with seeds of their own, and built."""

import numpy as np
import pytest
from tiny_models import tiny_config

from kerascls.models.layers.bricks import Bricks, Seeds

TINY = tiny_config()


def test_one_number_fixes_all_seeds():
    one, other = Seeds(42), Seeds(42)
    assert [one.next() for _ in range(100)] == [other.next() for _ in range(100)]


@pytest.mark.parametrize("seed", [0, 1, 42, 2**31 - 1])
def test_no_seed_comes_twice(seed):
    seeds = Seeds(seed)
    taken = [seed, *(seeds.next() for _ in range(5000))]
    assert len(set(taken)) == len(taken)
    assert min(taken) >= 0
    assert max(taken) < 2**31


def test_runs_with_seeds_in_a_row_share_no_layer_seed():
    taken = []
    for seed in range(50):
        seeds = Seeds(seed)
        taken += [seed, *(seeds.next() for _ in range(150))]
    assert len(set(taken)) == len(taken)


@pytest.mark.parametrize("has_biases", [True, False])
def test_bricks_are_built_and_have_biases_or_none(has_biases):
    bricks = Bricks(TINY, Seeds(1), "float32", has_biases)
    dense, norm = bricks.dense(3, 5, "dense"), bricks.norm("norm")
    assert [one.shape for one in dense.weights] == [(3, 5), (5,)][: 1 + has_biases]
    assert [one.shape for one in norm.weights] == [(16,), (16,)][: 1 + has_biases]


def test_each_brick_draws_the_next_seed_and_its_own_width_of_weights():
    bricks, seeds = Bricks(TINY, Seeds(1), "float32"), Seeds(1)
    dense = bricks.dense(300, 100, "dense", stddev=0.5)
    assert dense.kernel_initializer.seed == seeds.next()
    assert np.std(dense.kernel.numpy()) == pytest.approx(0.5, rel=0.15)
    assert bricks.dropout(0.1).seed == seeds.next()
    initializer = bricks.initializer()
    assert initializer.seed == seeds.next()
    assert initializer.stddev == TINY.initializer_range
