from pathlib import Path

import pytest

from kerascls.checkpoints.modern_config import FULL, LOCAL, modern_meaning
from kerascls.errors import CheckpointError

PATH = Path("config.json")
PLAIN = {"rope_type": "default"}
OLD = {
    "local_attention": 64,
    "global_attn_every_n_layers": 2,
    "global_rope_theta": 80000,
    "local_rope_theta": 5000.0,
}
NEW = {
    "local_attention": 64,
    "layer_types": [FULL, LOCAL, FULL, LOCAL, FULL],
    "rope_parameters": {
        FULL: PLAIN | {"rope_theta": 80000.0},
        LOCAL: PLAIN | {"rope_theta": 5000.0},
    },
}
FOUND = {
    "local_attention": 64,
    "global_every": 2,
    "rotary_base": 80000.0,
    "local_rotary_base": 5000.0,
}


@pytest.mark.parametrize("raw", [OLD, NEW, OLD | NEW])
def test_both_forms_mean_the_same(raw):
    assert modern_meaning(raw, PATH) == FOUND


def test_what_is_absent_is_as_in_the_published_models():
    assert modern_meaning({}, PATH) == {
        "local_attention": 128,
        "global_every": 3,
        "rotary_base": 160000.0,
        "local_rotary_base": 10000.0,
    }
    assert modern_meaning({"rope_parameters": {FULL: PLAIN, LOCAL: PLAIN}}, PATH) == (
        modern_meaning({}, PATH)
    )


def test_a_model_of_one_layer_sees_all():
    raw = {"layer_types": [FULL], "global_attn_every_n_layers": 3}
    assert modern_meaning(raw, PATH)["global_every"] in (1, 3)


@pytest.mark.parametrize(
    "types",
    [[], "full", [LOCAL, FULL], [FULL, LOCAL, FULL, FULL], [FULL, "linear_attention"]],
)
def test_other_orders_of_layers_are_refused(types):
    with pytest.raises(CheckpointError, match="`layer_types` to be full_attention"):
        modern_meaning({"layer_types": types}, PATH)


def test_two_orders_of_layers_contradict_each_other():
    with pytest.raises(CheckpointError, match="global_attn_every_n_layers=3"):
        modern_meaning(NEW | {"global_attn_every_n_layers": 3}, PATH)


@pytest.mark.parametrize(
    "parameters",
    [[], {}, {FULL: PLAIN}, {FULL: {"rope_type": "yarn"}, LOCAL: PLAIN}],
)
def test_other_rotary_positions_are_refused(parameters):
    with pytest.raises(CheckpointError, match="plain rotary positions"):
        modern_meaning({"rope_parameters": parameters}, PATH)


@pytest.mark.parametrize(
    ("key", "value"),
    [("local_attention", 0), ("local_attention", 1.5), ("global_rope_theta", "1")],
)
def test_values_of_another_kind_are_named(key, value):
    with pytest.raises(CheckpointError, match=f"Received: {key}="):
        modern_meaning({key: value}, PATH)
