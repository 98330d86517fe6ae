"""The best weights are a copy, and survive a process."""

import keras
import numpy as np
import pytest

from kerascls.training.callbacks.best_weights import BestWeights


@pytest.fixture
def model():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


def kernel(model):
    return keras.ops.convert_to_numpy(model.variables[0])


def test_a_model_gets_back_what_was_kept(model):
    best, before = BestWeights(), kernel(model).copy()
    best.keep(model, 5)
    model.variables[0].assign(before + 1)
    best.give_to(model)
    np.testing.assert_array_equal(kernel(model), before)
    assert best.step == 5


def test_a_later_process_knows_them(model):
    first, second = BestWeights(), BestWeights()
    first.keep(model, 5)
    arrays, facts = first.state()
    second.restore(arrays | {"model/00000": np.zeros(1)}, facts)
    assert second.step == 5
    for known, kept in zip(second.arrays, first.arrays, strict=True):
        np.testing.assert_array_equal(known, kept)


@pytest.mark.parametrize("best_step", [None, 0])
def test_before_the_first_score_there_are_none(best_step):
    best = BestWeights()
    best.restore({"model/00000": np.zeros(1)}, {"best_step": best_step})
    assert (best.step, best.arrays) == (None, None)
