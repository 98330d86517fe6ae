import json
import shutil

import numpy as np
import pytest
from any_json import ANYTHING, paths_in, replaced
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from torch_writer import write_torch

from kerascls.checkpoints.accounting import account
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.loading import read_encoder_weights
from kerascls.errors import CheckpointError, KerasclsError

JSON_FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "added_tokens.json",
    "model.safetensors.index.json",
)


@pytest.mark.parametrize(
    ("case", "layout", "family", "config", "weights"),
    [
        (
            "electra_tensorflow",
            "google",
            "electra",
            "small_discriminator_config.json",
            "electra_180g_small.ckpt",
        ),
        (
            "albert_tensorflow",
            "google",
            "albert",
            "albert_config_small_google.json",
            "albert_model.ckpt",
        ),
        ("bert_huggingface", "huggingface", "bert", "config.json", "model.safetensors"),
        (
            "electra_equal_huggingface",
            "huggingface",
            "electra",
            "config.json",
            "model.safetensors.index.json",
        ),
    ],
)
def test_a_directory_is_enough_to_find_everything(
    copy_of, case, layout, family, config, weights
):
    found = find_checkpoint(copy_of(case))
    assert (found.layout, found.family) == (layout, family)
    assert found.config_path.name == config
    assert found.weights_path.name == weights
    assert found.vocab_path.name == "vocab.txt"
    assert found.vocab_size == found.config.vocab_size


def test_any_file_names_will_do(copy_of):
    directory = copy_of("bert_tensorflow")
    (directory / "bert_config.json").rename(directory / "配置.json")
    (directory / "vocab.txt").rename(directory / "my_vocab_zh.txt")
    for path in directory.glob("bert_model.ckpt.*"):
        path.rename(directory / path.name.replace("bert_model", "模型"))
    found = find_checkpoint(directory)
    assert found.weights_path.name == "模型.ckpt"
    assert found.config_path.name == "配置.json"
    assert found.vocab_path.name == "my_vocab_zh.txt"


def test_a_step_suffix_belongs_to_the_prefix(copy_of):
    directory = copy_of("bert_tensorflow")
    for path in directory.glob("bert_model.ckpt.*"):
        path.rename(directory / path.name.replace("bert_model.ckpt", "model.ckpt-1000"))
    assert find_checkpoint(directory).weights_path.name == "model.ckpt-1000"


def test_the_generators_configuration_is_passed_over(copy_of, edit_json):
    directory = copy_of("electra_tensorflow")
    generator = directory / "small_generator_config.json"
    shutil.copy(directory / "small_discriminator_config.json", generator)
    edit_json(generator, hidden_size=8)
    found = find_checkpoint(directory)
    assert found.config_path.name == "small_discriminator_config.json"


def test_two_checkpoints_in_one_directory_are_named_with_the_way_out(copy_of):
    directory = copy_of("bert_tensorflow")
    for path in list(directory.glob("bert_model.ckpt.*")):
        shutil.copy(path, directory / path.name.replace("bert_model", "model-2"))
    with pytest.raises(CheckpointError) as error:
        find_checkpoint(directory)
    assert "with bert_model.ckpt and model-2.ckpt. Give the path" in str(error.value)
    chosen = find_checkpoint(directory / "model-2.ckpt")
    assert chosen.weights_path.name == "model-2.ckpt"


@pytest.mark.parametrize(
    ("case", "named", "opened"),
    [
        ("bert_tensorflow", "bert_model.ckpt", "bert_model.ckpt"),
        ("bert_tensorflow", "bert_model.ckpt.index", "bert_model.ckpt"),
        ("bert_huggingface", "model.safetensors", "model.safetensors"),
        (
            "electra_equal_huggingface",
            "model.safetensors.index.json",
            "model.safetensors.index.json",
        ),
    ],
)
def test_one_checkpoint_of_several_can_be_named(copy_of, case, named, opened):
    directory = copy_of(case)
    found = find_checkpoint(directory / named)
    assert (found.directory, found.weights_path) == (directory, directory / opened)


def test_a_file_that_is_no_checkpoint_is_refused_by_name(copy_of):
    directory = copy_of("bert_tensorflow")
    with pytest.raises(CheckpointError, match="vocab.txt, which is none of these"):
        find_checkpoint(directory / "vocab.txt")


def test_both_layouts_in_one_directory_are_ambiguous(copy_of):
    directory = copy_of("bert_tensorflow")
    shutil.copytree(copy_of("bert_huggingface"), directory, dirs_exist_ok=True)
    with pytest.raises(CheckpointError, match="model.safetensors and bert_model.ckpt"):
        find_checkpoint(directory)


def test_files_with_a_leading_dot_are_passed_over(copy_of):
    directory = copy_of("bert_tensorflow")
    for path in list(directory.iterdir()):
        path.with_name(f"._{path.name}").write_bytes(b"\0")
    assert find_checkpoint(directory).weights_path.name == "bert_model.ckpt"


def test_two_different_configurations_are_ambiguous(copy_of, edit_json):
    directory = copy_of("bert_tensorflow")
    shutil.copy(directory / "bert_config.json", directory / "other.json")
    assert find_checkpoint(directory).config_path.name == "bert_config.json"
    edit_json(directory / "other.json", num_hidden_layers=1)
    with pytest.raises(CheckpointError, match="bert_config.json and other.json, which"):
        find_checkpoint(directory)


def test_two_vocabularies_are_ambiguous(copy_of):
    directory = copy_of("bert_huggingface")
    (directory / "vocab.txt").rename(directory / "vocab_a.txt")
    shutil.copy(directory / "vocab_a.txt", directory / "vocab_b.txt")
    with pytest.raises(CheckpointError, match="vocab_a.txt and vocab_b.txt"):
        find_checkpoint(directory)


def test_an_empty_directory_says_what_was_looked_for(tmp_path):
    with pytest.raises(CheckpointError) as error:
        find_checkpoint(tmp_path)
    message = str(error.value)
    assert "Hugging Face: config.json, model.safetensors" in message
    assert "TensorFlow: a *.json configuration, PREFIX.index" in message
    assert f"Received: {tmp_path}, which holds nothing." in message


def test_a_path_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="没有, which does not exist"):
        find_checkpoint(tmp_path / "没有")


def test_the_folder_one_level_below_is_suggested(copy_of):
    directory = copy_of("bert_huggingface")
    with pytest.raises(CheckpointError) as error:
        find_checkpoint(directory.parent)
    assert f"Did you mean {directory}?" in str(error.value)


def test_weights_in_a_form_that_is_not_read_are_named_with_the_conversion(copy_of):
    directory = copy_of("bert_huggingface")
    (directory / "model.safetensors").rename(directory / "flax_model.msgpack")
    with pytest.raises(CheckpointError) as error:
        find_checkpoint(directory)
    assert "flax_model.msgpack is not read; convert it" in str(error.value)
    assert f"from_pretrained(r'{directory}', from_flax=True).save" in str(error.value)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "model.encoder."])
@pytest.mark.parametrize("name", ["bert_huggingface", "albert_huggingface"])
def test_a_pickle_of_pytorch_has_the_weights_of_the_same_safetensors(
    copy_of, name, prefix, old
):
    directory = copy_of(name)
    safetensors = directory / "model.safetensors"
    expected, said = read_encoder_weights(find_checkpoint(directory))
    tensors = load_file(safetensors)
    safetensors.unlink()
    prefixed = {prefix + key: value for key, value in tensors.items()}
    write_torch(directory / "pytorch_model.bin", prefixed, old)
    found = find_checkpoint(directory)
    weights, also_said = read_encoder_weights(found)
    assert weights.keys() == expected.keys()
    for key, value in weights.items():
        np.testing.assert_array_equal(value, expected[key])
    assert [line.partition(" (")[0] for line in also_said] == [
        line.partition(" (")[0] for line in said
    ]


def test_the_same_weights_in_other_forms_are_passed_over_and_said(copy_of):
    directory = copy_of("bert_huggingface")
    (directory / "pytorch_model.bin").write_bytes(b"not looked at")
    (directory / "tf_model.h5").write_bytes(b"not looked at")
    found = find_checkpoint(directory)
    assert found.weights_path.name == "model.safetensors"
    assert "weights beside, not used: pytorch_model.bin, tf_model.h5" in found.notes


def test_a_pointer_in_place_of_a_pickle_is_named(copy_of):
    directory = copy_of("bert_huggingface")
    (directory / "model.safetensors").unlink()
    pointer = "version https://git-lfs.github.com/spec/v1\n"
    (directory / "pytorch_model.bin").write_text(pointer, "utf-8")
    with pytest.raises(CheckpointError, match="git lfs pull"):
        find_checkpoint(directory)


def test_a_missing_tensorflow_index_is_named(copy_of):
    directory = copy_of("bert_tensorflow")
    (directory / "bert_model.ckpt.index").unlink()
    with pytest.raises(CheckpointError, match="bert_model.ckpt.data-00000-of-00001 is"):
        find_checkpoint(directory)


def test_shards_without_their_index_are_named(copy_of):
    directory = copy_of("electra_equal_huggingface")
    (directory / "model.safetensors.index.json").unlink()
    with pytest.raises(CheckpointError, match="Expected model.safetensors.index.json"):
        find_checkpoint(directory)


def test_a_missing_configuration_says_what_is_there(copy_of):
    directory = copy_of("bert_tensorflow")
    (directory / "bert_config.json").unlink()
    with pytest.raises(CheckpointError, match="It holds bert_model.ckpt.data-0000"):
        find_checkpoint(directory)


def test_a_broken_configuration_is_named(copy_of):
    directory = copy_of("bert_tensorflow")
    (directory / "bert_config.json").write_text('{"hidden_size": 1', "utf-8")
    with pytest.raises(CheckpointError, match="bert_config.json: Expecting"):
        find_checkpoint(directory)


def test_a_file_that_is_no_sentencepiece_model_is_said_to_be_none(copy_of):
    directory = copy_of("albert_huggingface")
    (directory / "vocab.txt").rename(directory / "spiece.model")
    with pytest.raises(
        CheckpointError, match=r"Expected a model of SentencePiece.*spiece.model"
    ):
        find_checkpoint(directory)


def test_configuration_and_weights_of_two_families_are_refused(copy_of, edit_json):
    directory = copy_of("bert_huggingface")
    edit_json(directory / "config.json", model_type="albert")
    with pytest.raises(CheckpointError, match="family 'albert', which .*config.json"):
        find_checkpoint(directory)


def test_a_vocabulary_larger_than_the_embedding_table_is_refused(copy_of):
    directory = copy_of("bert_huggingface")
    with (directory / "vocab.txt").open("a", encoding="utf-8") as file:
        file.write("多\n")
    with pytest.raises(CheckpointError, match="at most vocab_size=.* tokens"):
        find_checkpoint(directory)


def test_a_padded_embedding_table_is_said(copy_of):
    directory = copy_of("bert_huggingface")
    lines = (directory / "vocab.txt").read_text("utf-8").splitlines()
    (directory / "vocab.txt").write_text("\n".join(lines[:-2]) + "\n", "utf-8")
    found = find_checkpoint(directory)
    assert any(note.startswith("2 of ") for note in found.notes)


def test_unknown_configuration_keys_are_said(copy_of, edit_json):
    directory = copy_of("bert_huggingface")
    edit_json(directory / "config.json", zebra=1)
    assert "configuration keys not used: zebra" in find_checkpoint(directory).notes


def test_a_tokenizer_json_stands_in_for_vocab_txt(copy_of):
    directory = copy_of("bert_huggingface")
    tokens = (directory / "vocab.txt").read_text("utf-8").splitlines()
    (directory / "vocab.txt").unlink()
    vocab = {token: index for index, token in enumerate(tokens)}
    content = {"model": {"type": "WordPiece", "vocab": vocab}}
    (directory / "tokenizer.json").write_text(json.dumps(content), "utf-8")
    found = find_checkpoint(directory)
    assert found.vocab_path.name == "tokenizer.json"
    assert found.vocab_size == len(tokens)


def test_weights_beside_those_that_are_read_are_named(copy_of):
    directory = copy_of("bert_huggingface")
    shutil.copy(directory / "model.safetensors", directory / "adapter.safetensors")
    notes = find_checkpoint(directory).notes
    assert "weights beside, not used: adapter.safetensors" in notes


def test_tokens_that_were_added_are_named_unless_the_vocabulary_has_them(copy_of):
    directory = copy_of("bert_huggingface")
    added = directory / "added_tokens.json"
    added.write_text('{"[CLS]": 2, "[NEW]": 900}', "utf-8")
    note = "added_tokens.json is not read: 1 tokens, such as [NEW]"
    assert note in find_checkpoint(directory).notes
    added.write_text('{"[CLS]": 2}', "utf-8")
    assert not any("added" in note for note in find_checkpoint(directory).notes)


def test_a_vocabulary_without_special_tokens_is_no_checkpoints(copy_of):
    directory = copy_of("bert_huggingface")
    tokens = (directory / "vocab.txt").read_text("utf-8").splitlines()
    numbered = "\n".join(f"{token} {n}" for n, token in enumerate(tokens))
    (directory / "vocab.txt").write_text(numbered, "utf-8")
    with pytest.raises(CheckpointError, match=r"begins with '\[PAD\] 0', '\[UNK\] 1'"):
        find_checkpoint(directory)


def test_tensorflow_weights_with_hugging_faces_words_mean_what_these_mean(
    copy_of, edit_json
):
    directory = copy_of("albert_tensorflow")
    config = directory / "albert_config_small_google.json"
    assert find_checkpoint(directory).config.activation == "gelu_tanh"
    edit_json(config, model_type="albert", hidden_act="gelu")
    assert find_checkpoint(directory).config.activation == "gelu_erf"


def test_the_generators_own_directory_is_said_to_be_one(copy_of, edit_json):
    directory = copy_of("electra_huggingface")
    assert not any("generator" in note for note in find_checkpoint(directory).notes)
    edit_json(directory / "config.json", architectures=["ElectraForMaskedLM"])
    assert any(
        "discriminator is the one" in n for n in find_checkpoint(directory).notes
    )


def test_sizes_that_only_the_weights_show_are_used_and_said(copy_of, edit_json):
    directory = copy_of("bert_huggingface")
    whole = find_checkpoint(directory).config
    edit_json(
        directory / "config.json",
        vocab_size=None,
        intermediate_size=None,
        num_hidden_layers=None,
        max_position_embeddings=None,
    )
    found = find_checkpoint(directory)
    assert found.config == whole
    note = next(note for note in found.notes if "read off the weights" in note)
    assert f"intermediate_size={whole.intermediate_dim}" in note
    assert "type_vocab_size" not in note


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_value_in_a_json_file_gives_a_checkpoint_or_an_error_of_ours(
    copied_with_tokenizer, data
):
    directory = copied_with_tokenizer
    name = data.draw(st.sampled_from(JSON_FILES))
    whole = (directory / name).read_bytes()
    content = json.loads(whole)
    path = data.draw(st.sampled_from([*paths_in(content)]))
    new = replaced(content, path, data.draw(ANYTHING))
    (directory / name).write_text(json.dumps(new), "utf-8")
    try:
        account(find_checkpoint(directory))
    except KerasclsError as error:
        assert len(str(error)) > 40, "says what is wrong"
    finally:
        (directory / name).write_bytes(whole)


@pytest.fixture
def copied_with_tokenizer(copy_of):
    directory = copy_of("bert_huggingface_sharded")
    tokens = (directory / "vocab.txt").read_text("utf-8").splitlines()
    (directory / "vocab.txt").unlink()
    tokenizer = {
        "normalizer": {"type": "BertNormalizer", "lowercase": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]"},
    }
    tokenizer["model"]["vocab"] = {token: n for n, token in enumerate(tokens)}
    asked = {"do_lower_case": True, "strip_accents": None}
    (directory / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")
    (directory / "tokenizer_config.json").write_text(json.dumps(asked), "utf-8")
    (directory / "added_tokens.json").write_text('{"[CLS]": 2}', "utf-8")
    return directory


def test_a_vocabulary_with_another_padding_token_is_told(copy_of, edit_json):
    directory = copy_of("bert_huggingface")
    for stated, told in ((3, True), (None, False), (0, False)):
        edit_json(directory / "config.json", pad_token_id=stated)
        notes = find_checkpoint(directory).notes
        assert any(f"not at pad_token_id={stated}" in note for note in notes) is told


def test_a_sorted_vocabulary_is_told(copy_of, edit_json):
    directory = copy_of("bert_huggingface")
    edit_json(directory / "config.json", pad_token_id=0)
    path = next(directory.glob("*vocab*.txt"))
    tokens = path.read_text("utf-8").split("\n")
    path.write_text("\n".join(sorted(filter(None, tokens))), "utf-8")
    notes = find_checkpoint(directory).notes
    assert any("are they of one checkpoint?" in note for note in notes)


def test_tokens_on_two_lines_are_said(copy_of):
    directory = copy_of("bert_tensorflow")
    path = next(directory.glob("*vocab*.txt"))
    tokens = path.read_text("utf-8").rstrip("\n").split("\n")
    tokens[-1] = tokens[-2]
    path.write_text("\n".join(tokens) + "\n", "utf-8")
    said = f"{tokens[-1]!r} in lines {len(tokens) - 1} and {len(tokens)}"
    assert any(said in note for note in find_checkpoint(directory).notes)


def test_an_empty_first_line_of_a_vocabulary_is_told(copy_of):
    folder = copy_of("bert_huggingface")
    vocab = folder / "vocab.txt"
    vocab.write_text("\n" + vocab.read_text("utf-8"), "utf-8")
    with pytest.raises(CheckpointError, match="Delete its first line"):
        find_checkpoint(folder)
    lines = vocab.read_text("utf-8").splitlines(keepends=True)
    vocab.write_text("".join(lines[:-1]), "utf-8")
    (note,) = (one for one in find_checkpoint(folder).notes if "first line" in one)
    assert "begin with 1" in note
