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
    with pytest.raises(CheckpointError, match="global_attn_every_n_layers=3 and, by"):
        modern_meaning(NEW | {"global_attn_every_n_layers": 3}, PATH)
    with pytest.raises(CheckpointError, match="global_attn_every_n_layers=1 and, by"):
        few = {"layer_types": [FULL, LOCAL], "global_attn_every_n_layers": 1}
        modern_meaning(few, PATH)
    with pytest.raises(CheckpointError, match="`layer_types` to be full_attention"):
        few = {"layer_types": [FULL, LOCAL, LOCAL], "global_attn_every_n_layers": 2}
        modern_meaning(few | {"num_hidden_layers": 4}, PATH)


@pytest.mark.parametrize("every", [None, 2, 3, 9])
def test_too_few_layers_for_a_second_that_sees_all_leave_it_open(every):
    raw = {"layer_types": [FULL, LOCAL], "global_attn_every_n_layers": every}
    assert modern_meaning(raw, PATH)["global_every"] == (every or 2)


def test_a_type_for_each_layer_is_needed():
    raw = {"layer_types": [FULL], "num_hidden_layers": 4}
    with pytest.raises(CheckpointError, match="num_hidden_layers=4"):
        modern_meaning(raw, PATH)
    assert modern_meaning(raw | {"num_hidden_layers": 1}, PATH)["global_every"] == 1


@pytest.mark.parametrize("key", ["global_rope_theta", "local_rope_theta"])
def test_two_angles_of_positions_contradict_each_other(key):
    with pytest.raises(CheckpointError, match=f"{key}=77 and, by"):
        modern_meaning(NEW | {key: 77}, PATH)


def test_one_angle_may_stand_in_the_old_form_and_one_in_the_new():
    raw = {"local_rope_theta": 7, "global_rope_theta": 5}
    parameters = {FULL: PLAIN | {"rope_theta": 5.0}, LOCAL: PLAIN}
    found = modern_meaning(raw | {"rope_parameters": parameters}, PATH)
    assert (found["rotary_base"], found["local_rotary_base"]) == (5.0, 7.0)


def test_no_local_angle_is_that_of_layers_that_see_all():
    raw = {"global_rope_theta": 1000.0, "local_rope_theta": None}
    assert modern_meaning(raw, PATH)["local_rotary_base"] == 1000.0
    found = modern_meaning(NEW | {"local_rope_theta": None}, PATH)
    assert found["local_rotary_base"] == 5000.0


def test_half_a_window_is_another_word_for_it():
    assert modern_meaning({"sliding_window": 3}, PATH)["local_attention"] == 6
    whole = {"sliding_window": 2, "local_attention": 5}
    assert modern_meaning(whole, PATH)["local_attention"] == 5
    with pytest.raises(CheckpointError, match="local_attention=64 and, by"):
        modern_meaning(OLD | {"sliding_window": 64}, PATH)


@pytest.mark.parametrize(
    "parameters",
    [
        *([], {}, {FULL: PLAIN}),
        {FULL: {"rope_type": "yarn"}, LOCAL: PLAIN},
        {FULL: {"type": "linear", "factor": 2.0}, LOCAL: PLAIN},
        {FULL: PLAIN | {"partial_rotary_factor": 0.5}, LOCAL: PLAIN},
    ],
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
