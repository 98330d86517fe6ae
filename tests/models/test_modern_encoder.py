import numpy as np
import pytest
from keras import backend, ops
from tiny_models import random_weights, tiny_batch, tiny_config

from kerascls.errors import SettingsError
from kerascls.models.encoder import Encoder, build_encoder
from kerascls.models.layers import modern
from kerascls.models.modern_encoder import ModernEncoder


def states(batch, **changes) -> np.ndarray:
    encoder = build_encoder(tiny_config("modernbert", **changes))
    encoder.load_named_weights(random_weights(encoder.weights_by_name()))
    return ops.convert_to_numpy(encoder(**batch))


def changed_at(token: int) -> np.ndarray:
    """Which tokens a token changes, by the distance to it, bool `(tokens,)`."""
    batch = tiny_batch((12,))
    other = {name: array.copy() for name, array in batch.items()}
    other["token_ids"][0, token] += 1
    options = {"num_layers": 2, "global_every": 2, "local_attention": 4}
    # Its first layer sees all: of no weight, it passes on nothing.
    encoder = build_encoder(tiny_config("modernbert", **options))
    weights = random_weights(encoder.weights_by_name())
    weights["encoder/layer_0/attention/output/dense/kernel"][:] = 0
    encoder.load_named_weights(weights)
    one, two = (ops.convert_to_numpy(encoder(**x))[0] for x in (batch, other))
    return (np.abs(one - two) > 1e-6).any(axis=-1)


def test_most_layers_see_half_the_window_to_either_side():
    expected = np.abs(np.arange(12) - 6) <= 2
    np.testing.assert_array_equal(changed_at(6), expected)


def test_a_window_as_long_as_the_text_hides_nothing():
    batch = tiny_batch((8, 5, 3))
    everything = {"local_attention": 0, "global_every": 1}
    # Angles too are of the kind of the layer.
    same = {"rotary_base": 100.0, "local_rotary_base": 100.0}
    all_seen = states(batch, **everything, **same)
    wide = states(batch, local_attention=16, global_every=2, **same)
    np.testing.assert_allclose(wide, all_seen, atol=1e-6)
    narrow = states(batch, local_attention=2, global_every=2, **same)
    assert np.abs(narrow - all_seen).max() > 1e-3


def test_positions_count_without_a_table():
    batch = tiny_batch((8,))
    turned = batch | {"token_ids": batch["token_ids"][:, ::-1].copy()}
    assert np.abs(states(batch) - states(turned)[:, ::-1]).max() > 1e-3


def test_segments_are_of_no_effect():
    batch = tiny_batch((8,))
    other = batch | {"segment_ids": 1 - batch["segment_ids"]}
    np.testing.assert_array_equal(states(batch), states(other))


def test_each_family_has_its_encoder():
    assert type(build_encoder(tiny_config("modernbert"))) is ModernEncoder
    assert type(build_encoder(tiny_config("bert"))) is Encoder
    with pytest.raises(SettingsError, match="Call build_encoder"):
        Encoder(tiny_config("modernbert"))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_is_near_and_turns_by_angles_in_float32(policy, monkeypatch):
    batch, seen = tiny_batch((8, 5)), set()
    turn = modern.rotated

    def watched(x, context):
        seen.add(backend.standardize_dtype(context.cosines.dtype))
        return turn(x, context)

    monkeypatch.setattr(modern, "rotated", watched)
    encoder = build_encoder(tiny_config("modernbert"), dtype=policy)
    encoder.load_named_weights(random_weights(encoder.weights_by_name()))
    half = ops.convert_to_numpy(ops.cast(encoder(**batch), "float32"))
    np.testing.assert_allclose(half, states(batch), atol=0.2)
    assert seen == {"float32"}
