"""The Transformer from scratch knows where words stand, in texts of any length."""

import sys
from pathlib import Path

import numpy as np
import pytest
from keras import ops

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import lively_classic, tiny_classic, tiny_classic_config
from tiny_models import tiny_batch

from kerascls.errors import SettingsError
from kerascls.models.classic.transformer import sinusoids


def logits_of(model, batch, **options):
    return ops.convert_to_numpy(model(batch, **options))


def test_words_in_another_order_are_another_text():
    model, batch = lively_classic("transformer"), tiny_batch((6,))
    turned = {**batch, "token_ids": batch["token_ids"][:, ::-1]}
    assert np.abs(logits_of(model, batch) - logits_of(model, turned)).max() > 1e-3


def test_positions_are_sines_and_cosines():
    found = ops.convert_to_numpy(sinusoids(np.ones((2, 700), np.int32), 6))
    assert found.shape == (700, 6)
    for place in (0, 3, 699):
        angles = place / 10_000.0 ** (np.arange(3) / 3)
        np.testing.assert_allclose(found[place, :3], np.sin(angles), atol=1e-4)
        np.testing.assert_allclose(found[place, 3:], np.cos(angles), atol=1e-4)


def test_positions_of_an_odd_width_are_as_wide():
    assert sinusoids(np.ones((1, 4), np.int32), 5).shape == (4, 5)


def test_there_is_no_longest_text():
    batch = {
        name: np.ones((1, 600), np.int32)
        for name in ("token_ids", "segment_ids", "padding_mask")
    }
    model = lively_classic("transformer", num_layers=1)
    before = logits_of(model, batch)
    batch["token_ids"][0, -1] = 7
    assert np.abs(logits_of(model, batch) - before).max() > 1e-5


def test_dropout_is_on_in_its_blocks():
    model = tiny_classic("transformer", dropout=0.5, num_layers=1)
    (block,) = model.body.blocks
    hidden = np.ones((1, 4, 16), np.float32)
    bias = np.zeros((1, 1, 1, 4), np.float32)
    trained, used = (block(hidden, bias, training=value) for value in (True, False))
    assert np.abs(ops.convert_to_numpy(trained - used)).max() > 0.1


def test_a_width_that_heads_cannot_share_is_refused_with_one_that_they_can():
    with pytest.raises(SettingsError, match=r"hidden_dim=18 .* model\.hidden_dim=16\."):
        tiny_classic_config("transformer", hidden_dim=18)
    assert tiny_classic_config("transformer", hidden_dim=16).hidden_dim == 16


@pytest.mark.parametrize(("width", "projected"), [(12, True), (16, False)])
def test_embeddings_are_projected_where_they_are_of_another_width(width, projected):
    names = tiny_classic("transformer", embedding_dim=width).named_arrays()
    assert ("projection/kernel" in names) == projected
    assert names["layer_1/query/kernel"].shape == (16, 16)
