"""TextCNN: what its convolutions see."""

import sys
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import lively_classic, tiny_classic
from tiny_models import tiny_batch

from kerascls.models.classic.config import CLASSICS


def test_two_layers_have_two_convolutions_of_each_width():
    names = tiny_classic("textcnn", num_layers=2).named_arrays()
    kernels = [name for name in names if name.endswith("/kernel") and "/w" in name]
    assert len(kernels) == 2 * 3
    assert names["layer_0/width_2/kernel"].shape == (2, 12, 16)
    assert names["layer_1/width_2/kernel"].shape == (2, 16, 16)


def test_the_second_convolution_of_a_width_reads_what_the_first_of_it_gives():
    model, batch = lively_classic("textcnn", num_layers=2), tiny_batch((5, 2))
    logits = []
    for silent in ((), (1,), (0, 1)):  # layers whose width 3 gives nothing
        weights = model.named_arrays()
        names = [f"layer_{layer}/width_3/kernel" for layer in silent]
        model.load_named_weights(weights | {n: 0 * weights[n] for n in names})
        logits.append(keras.ops.convert_to_numpy(model(batch)))
    assert not np.allclose(logits[0], logits[1])
    np.testing.assert_allclose(logits[1], logits[2], atol=1e-6)


def with_norm(**changes):
    """Returns a TextCNN with BatchNorm."""
    sizes = {**CLASSICS["textcnn"].own, "batch_norm": 1}
    return lively_classic("textcnn", sizes=sizes, **changes)


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("make", [partial(lively_classic, "textcnn"), with_norm])
def test_padding_changes_nothing_in_any_number_of_layers(make, num_layers):
    model = make(num_layers=num_layers)
    short, long = (tiny_batch((5, 2), num_tokens=n) for n in (5, 19))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(model(short)),
        keras.ops.convert_to_numpy(model(long)),
        atol=1e-5,
    )


def test_padding_changes_nothing_of_a_training_step_either():
    losses = []
    for num_tokens in (8, 30):
        model = with_norm()
        batch = tiny_batch((8, 3), num_tokens=num_tokens)
        losses.append(keras.ops.convert_to_numpy(model(batch, training=True)))
        means = model.named_arrays()["layer_0/norm/moving_mean"]
        losses.append(means[None])
    np.testing.assert_allclose(losses[0], losses[2], atol=1e-4)
    np.testing.assert_allclose(losses[1], losses[3], atol=1e-5)
