import json
from dataclasses import replace

import pytest
from tiny_models import FAMILIES, tiny_config

from kerascls.errors import CheckpointError
from kerascls.models.encoder_config import EncoderConfig, weight_shapes
from kerascls.models.presets import get_preset


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_heads": 3}, "hidden_dim=16, num_heads=3"),
        ({"num_layers": 0}, "num_layers=0"),
        ({"vocab_size": 9.0}, "vocab_size=9.0"),
        ({"num_token_types": True}, "num_token_types=True"),
        ({"num_token_types": -1}, "from 0 to .*num_token_types=-1"),
        ({"first_position": None}, "first_position=None"),
        ({"family": "gpt"}, "one of bert, roberta, .*family='gpt'"),
        ({"activation": "swish"}, "gelu_erf, gelu_tanh, relu.*activation='swish'"),
    ],
)
def test_sizes_of_no_encoder_are_refused_by_name(changes, message):
    with pytest.raises(CheckpointError, match=message):
        replace(tiny_config(hidden_dim=16), **changes)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_configuration_survives_json(family):
    config = tiny_config(family)
    assert EncoderConfig(**json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("family", "embedding_dim", "projection", "blocks"),
    [
        ("bert", 16, False, 2),
        ("bert", 8, True, 2),
        ("electra", 8, True, 2),
        ("albert", 16, True, 1),
    ],
)
def test_projection_and_blocks_follow_from_family_and_sizes(
    family, embedding_dim, projection, blocks
):
    config = tiny_config(family, hidden_dim=16, embedding_dim=embedding_dim)
    config = replace(config, num_layers=2)
    assert (config.has_projection, config.num_blocks) == (projection, blocks)
    names = weight_shapes(config)
    assert ("embeddings_project/kernel" in names) == projection
    assert sum(name.endswith("/intermediate/dense/bias") for name in names) == blocks


def test_rotary_positions_need_heads_of_even_width():
    tiny_config("modernbert", hidden_dim=12, num_heads=2)
    with pytest.raises(CheckpointError, match="hidden_dim=10, num_heads=2"):
        tiny_config("modernbert", hidden_dim=10, num_heads=2)
    tiny_config("bert", hidden_dim=10, num_heads=2)


def test_tables_have_rows_for_what_their_ids_can_be():
    config = replace(tiny_config(), first_position=2, num_token_types=0)
    shapes = weight_shapes(config)
    positions = shapes["embeddings/position_embeddings"]
    assert positions == (config.max_positions + 2, config.embedding_dim)
    assert "embeddings/token_type_embeddings" not in shapes


def test_the_pooler_is_counted_only_where_it_belongs():
    config = tiny_config()
    hidden = config.hidden_dim
    more = weight_shapes(config, with_pool=True).items() - weight_shapes(config).items()
    assert dict(more) == {
        "pooler/dense/kernel": (hidden, hidden),
        "pooler/dense/bias": (hidden,),
    }


@pytest.mark.parametrize(
    ("name", "millions"),
    [("bert", 101.7), ("albert_tiny", 4.0), ("electra_small", 12.3)],
)
def test_the_published_models_have_their_published_size(name, millions):
    assert get_preset(name).config.parameters / 1e6 == pytest.approx(millions, rel=0.02)
