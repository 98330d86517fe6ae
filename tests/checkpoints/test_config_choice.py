import json

import pytest

from kerascls.checkpoints.config_choice import find_config
from kerascls.checkpoints.layouts import find_weights, layout_of
from kerascls.errors import CheckpointError

SIZES = {"vocab_size": 9, "hidden_size": 8, "intermediate_size": 16}


@pytest.fixture
def folder_with(tmp_path):
    """Makes empty files of these names, and JSON files of these contents."""

    def make(*names: str, **contents: object):
        for name in names:
            (tmp_path / name).touch()
        for stem, content in contents.items():
            (tmp_path / f"{stem}.json").write_text(json.dumps(content))
        return tmp_path

    return make


@pytest.fixture
def google(folder_with):
    return layout_of(folder_with() / "bert.ckpt")


def test_config_json_comes_first_in_hugging_faces_layout_only(folder_with):
    folder = folder_with(
        "m.safetensors", config=SIZES, other=SIZES | {"hidden_size": 4}
    )
    huggingface, _ = find_weights(folder)
    assert find_config(folder, huggingface) == folder / "config.json"
    google = layout_of(folder / "bert.ckpt")
    with pytest.raises(CheckpointError, match="config.json and other.json, which"):
        find_config(folder, google)


def test_a_generator_is_passed_over_unless_it_is_all_there_is(folder_with):
    google = layout_of(folder_with() / "electra.ckpt")
    folder = folder_with(small_generator_config=SIZES)
    assert find_config(folder, google).name == "small_generator_config.json"
    folder_with(small_discriminator_config=SIZES | {"hidden_size": 4})
    assert find_config(folder, google).name == "small_discriminator_config.json"


def test_json_of_other_things_is_no_configuration(folder_with):
    folder = folder_with(vocab={"a": 1}, index=[1])
    google = layout_of(folder / "bert.ckpt")
    with pytest.raises(CheckpointError, match="none in .*index.json, vocab.json"):
        find_config(folder, google)


@pytest.mark.parametrize(
    "hub",
    [
        {"layer_norm_eps": 1e-12, "model_type": "bert", "hidden_act": "gelu"},
        {"hidden_dropout_prob": 0.1, "pad_token_id": 0},
        {"intermediate_size": None, "architectures": ["BertModel"]},
    ],
)
def test_two_that_mean_the_same_are_one(folder_with, google, hub):
    folder = folder_with(bert_config=SIZES, config=SIZES | hub)
    assert find_config(folder, google).name == "bert_config.json"


def test_the_one_that_states_more_sizes_is_taken(folder_with, google):
    part = {key: SIZES[key] for key in ("vocab_size", "hidden_size")}
    heads = {"num_attention_heads": 2}
    folder = folder_with(
        a_config=SIZES, b_config=part | heads | {"num_hidden_layers": 2}
    )
    assert find_config(folder, google).name == "b_config.json"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layer_norm_eps": 1e-5}, r"layer_norm_epsilon \(1e-12, 1e-05\)"),
        ({"hidden_act": "gelu_new"}, r"activation \('gelu_erf', 'gelu_tanh'\)"),
        ({"hidden_size": 16}, r"embedding_dim \(8, 16\), hidden_dim"),
    ],
)
def test_what_two_differ_in_is_named(folder_with, google, change, said):
    folder = folder_with(bert_config=SIZES, config=SIZES | change)
    with pytest.raises(CheckpointError, match=f"which differ in {said}"):
        find_config(folder, google)


def test_a_gelu_is_what_the_code_of_its_file_means_by_it(folder_with, google):
    albert = {"model_type": "albert", "hidden_dropout_prob": 0.0}
    albert |= {"attention_probs_dropout_prob": 0.0, "embedding_size": 8}
    folder = folder_with(
        albert_config=SIZES | {"hidden_act": "gelu"},
        config=SIZES | albert | {"hidden_act": "gelu_new"},
    )
    assert find_config(folder, google).name == "albert_config.json"


def test_one_that_asks_for_other_code_is_refused(folder_with, google):
    folder = folder_with(bert_config=SIZES, config=SIZES | {"is_decoder": True})
    with pytest.raises(CheckpointError, match="config.json with is_decoder=True"):
        find_config(folder, google)
