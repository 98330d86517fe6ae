import json
from pathlib import Path

import pytest

from kerascls.checkpoints.config_files import (
    dialect_of,
    encoder_config,
    notes_on_sizes,
    num_task_types,
    read_config,
    unknown_keys,
)
from kerascls.errors import CheckpointError

PATH = Path("bert_config.json")
RAW = {
    "vocab_size": 21128,
    "hidden_size": 24,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}


def translate(family="bert", layout="google", **changes):
    return encoder_config(RAW | changes, family, layout, PATH)


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("embedding_size", 8, "embedding_dim"),
        ("max_position_embeddings", 128, "max_positions"),
        ("type_vocab_size", 3, "num_token_types"),
        ("hidden_dropout_prob", 0.2, "dropout"),
        ("attention_probs_dropout_prob", 0.3, "attention_dropout"),
        ("layer_norm_eps", 1e-5, "layer_norm_epsilon"),
        ("initializer_range", 0.1, "initializer_range"),
    ],
)
def test_a_key_that_changes_the_numbers_is_read(key, value, field):
    assert getattr(translate(), field) != value
    assert getattr(translate(**{key: value}), field) == value


@pytest.mark.parametrize(
    ("family", "layout", "hidden_act", "activation"),
    [
        ("bert", "google", "gelu", "gelu_erf"),
        ("electra", "google", "gelu", "gelu_erf"),
        ("albert", "google", "gelu", "gelu_tanh"),
        ("albert", "google", "gelu_python", "gelu_erf"),
        ("albert", "huggingface", "gelu", "gelu_erf"),
        ("albert", "huggingface", "gelu_new", "gelu_tanh"),
        ("bert", "huggingface", "gelu_pytorch_tanh", "gelu_tanh"),
        ("bert", "google", "relu", "relu"),
    ],
)
def test_the_activation_follows_from_family_layout_and_key(
    family, layout, hidden_act, activation
):
    config = translate(family, layout, hidden_act=hidden_act)
    assert config.activation == activation


# What transformers 5.23 has in BertConfig(), AlbertConfig() and
# ElectraConfig(); "embedding_dim" of BERT is its "hidden_size".
TRANSFORMERS_DEFAULTS = {
    "bert": {"activation": "gelu_erf", "embedding_dim": 24, "dropout": 0.1},
    "albert": {"activation": "gelu_tanh", "embedding_dim": 128, "dropout": 0.0},
    "electra": {"activation": "gelu_erf", "embedding_dim": 128, "dropout": 0.1},
}
SHARED_DEFAULTS = {
    "max_positions": 512,
    "num_token_types": 2,
    "layer_norm_epsilon": 1e-12,
    "initializer_range": 0.02,
}


@pytest.mark.parametrize("family", TRANSFORMERS_DEFAULTS)
def test_a_key_that_hugging_faces_file_leaves_out_has_the_default_of_its_class(family):
    config = translate(family, "huggingface").to_dict()
    expected = TRANSFORMERS_DEFAULTS[family] | SHARED_DEFAULTS
    assert {field: config[field] for field in expected} == expected
    assert config["attention_dropout"] == config["dropout"]


@pytest.mark.parametrize(
    ("family", "activation", "dropout"),
    [
        ("bert", "gelu_erf", 0.1),
        ("albert", "gelu_tanh", 0.0),
        ("electra", "gelu_erf", 0.1),
    ],
)
def test_a_key_that_googles_file_leaves_out_has_the_default_of_its_code(
    family, activation, dropout
):
    config = translate(family)
    assert (config.activation, config.dropout) == (activation, dropout)
    assert (config.attention_dropout, config.embedding_dim) == (dropout, 24)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("position_embedding_type", "relative_key"),
        ("is_decoder", True),
        ("add_cross_attention", True),
        ("num_hidden_groups", 2),
        ("inner_group_num", 2),
        ("net_structure_type", 1),
        ("gap_size", 1),
        ("num_memory_blocks", 1),
        ("down_scale_factor", 2),
        ("layers_to_keep", [1]),
        ("ln_type", "preln"),
        ("quantization_config", {"bits": 4}),
        ("pruned_heads", {"0": [1]}),
        ("attention_head_size", 8),
        ("use_relative_position", True),
    ],
)
def test_a_key_that_asks_for_other_code_is_refused_by_name(key, value):
    with pytest.raises(CheckpointError) as error:
        translate(**{key: value})
    assert f"bert_config.json with {key}={value!r}" in str(error.value)


def test_keys_with_the_values_we_compute_change_nothing():
    assert translate() == translate(
        position_embedding_type="absolute",
        net_structure_type=0,
        layers_to_keep=[],
        attention_head_size=6,
        quantization_config=None,
    )


def test_all_missing_keys_are_named_together():
    raw = {"hidden_size": 24, "num_hidden_layers": 2}
    with pytest.raises(CheckpointError) as error:
        encoder_config(raw, "bert", "google", PATH)
    assert "without intermediate_size, num_attention_heads, vocab_size" in str(
        error.value
    )


def test_an_unknown_activation_is_refused():
    with pytest.raises(CheckpointError, match="hidden_act='swish' in bert_config.json"):
        translate(hidden_act="swish")


@pytest.mark.parametrize("value", ["many", -1, True, 1.5])
def test_a_rate_that_is_no_share_is_refused(value):
    with pytest.raises(CheckpointError, match="hidden_dropout_prob="):
        translate(hidden_dropout_prob=value)


def test_unknown_keys_are_named_and_known_harmless_ones_are_not():
    raw = RAW | {"use_cache": True, "summary_type": "first", "zebra": 1, "ape": 2}
    assert unknown_keys(raw) == ["ape", "zebra"]


def test_the_published_configurations_have_no_unknown_key(tmp_path):
    from make_checkpoints import CASES, google_config, huggingface_config

    for case in CASES.values():
        assert unknown_keys(google_config(case.model)) == []
        path = tmp_path / "config.json"
        path.write_text(json.dumps(huggingface_config(case)))
        assert unknown_keys(read_config(path)) == []


@pytest.mark.parametrize("content", ["{", "[1]", ""])
def test_a_file_that_is_no_json_object_is_named(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CheckpointError, match="config.json"):
        read_config(path)


def test_a_key_that_is_there_twice_is_named(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"hidden_size": 8, "hidden_size": 16}', "utf-8")
    with pytest.raises(CheckpointError, match='"hidden_size" is there twice'):
        read_config(path)


def test_comments_in_a_configuration_are_named_as_what_json_has_not(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('// sizes\n{"hidden_size": 8}', "utf-8")
    with pytest.raises(CheckpointError, match="JSON has no comments"):
        read_config(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_size": "24"},
        {"num_hidden_layers": 10**30},
        {"num_attention_heads": 0},
        {"hidden_act": ["gelu"]},
        {"hidden_act": 0},
        {"layer_norm_eps": {}},
        {"attention_head_size": []},
        {"vocab_size": 1.5},
    ],
)
def test_a_value_of_another_kind_is_an_error_that_names_the_file(changes):
    with pytest.raises(CheckpointError, match="bert_config.json"):
        translate(**changes)


def test_the_words_are_those_of_who_names_a_type():
    assert dialect_of({"model_type": "bert"}, "google") == "huggingface"
    assert dialect_of({}, "google") == "google"


def test_what_is_stated_comes_before_what_the_weights_show():
    sizes = {"intermediate_size": 7, "type_vocab_size": 4}
    config = encoder_config(RAW, "bert", "google", PATH, sizes)
    assert (config.intermediate_dim, config.num_token_types) == (96, 4)
    assert notes_on_sizes(RAW, "bert", "google", sizes) == [
        "not in the configuration, read off the weights: type_vocab_size=4"
    ]


def test_a_configuration_that_is_not_utf_8_is_named(tmp_path):
    path = tmp_path / "config.json"
    path.write_bytes('{"name": "中文"}'.encode("gb18030"))
    with pytest.raises(CheckpointError, match="JSON file in UTF-8.*config.json"):
        read_config(path)


def test_ernies_tasks_are_counted_where_they_are_in_use():
    path = Path("config.json")
    assert num_task_types({"task_type_vocab_size": 3}, path) == 0
    assert num_task_types({"use_task_id": True}, path) == 3
    assert num_task_types({"use_task_id": True, "task_type_vocab_size": 5}, path) == 5
    with pytest.raises(CheckpointError, match="use_task_id='yes' in config.json"):
        num_task_types({"use_task_id": "yes"}, path)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ({"model_type": "distilbert", "dim": 8, "hidden_size": 16}, "hidden_size=16"),
        ({"model_type": "distilbert", "dropout": 0.1, "hidden_dropout_prob": 0}, "=0"),
        ({"model_type": "modernbert", "norm_eps": 1e-5, "layer_norm_eps": 1e-6}, "06"),
    ],
)
def test_a_thing_said_twice_with_two_values_is_refused(tmp_path, content, names):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(CheckpointError, match=f"says a thing once.*{names}"):
        read_config(path)


def test_a_thing_said_twice_with_one_value_is_fine(tmp_path):
    path = tmp_path / "config.json"
    content = {"model_type": "distilbert", "dim": 8, "hidden_size": 8, "n_heads": 2}
    path.write_text(json.dumps(content | {"num_attention_heads": None}), "utf-8")
    assert read_config(path)["hidden_size"] == 8
    assert read_config(path)["num_attention_heads"] == 2


def test_keys_of_modernbert_are_not_used_in_a_bert():
    assert unknown_keys({"model_type": "bert", "local_attention": 8}) == [
        "local_attention"
    ]
    assert unknown_keys({"model_type": "modernbert", "local_attention": 8}) == []
