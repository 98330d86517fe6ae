import json

import pytest

from kerascls.checkpoints.layouts import (
    find_config,
    find_vocabulary,
    find_weights,
    layout_of,
    named_weights,
)
from kerascls.errors import CheckpointError

SIZES = {"vocab_size": 9, "hidden_size": 8, "intermediate_size": 16}


@pytest.fixture
def folder_with(tmp_path):
    """Makes empty files of these names; a dict is written as JSON."""

    def make(*names: str, **contents: object):
        for name in names:
            (tmp_path / name).touch()
        for stem, content in contents.items():
            (tmp_path / f"{stem}.json").write_text(json.dumps(content))
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("names", "layout", "weights"),
    [
        (("a.safetensors",), "huggingface", "a.safetensors"),
        (("a.safetensors", "model.safetensors"), "huggingface", "model.safetensors"),
        (
            (
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
                "model.safetensors.index.json",
            ),
            "huggingface",
            "model.safetensors.index.json",
        ),
        (("x.safetensors", "x.index.json"), "huggingface", "x.safetensors"),
        (("bert.ckpt-9.index",), "google", "bert.ckpt-9"),
        (("bert.ckpt.index", "._bert.ckpt.index"), "google", "bert.ckpt"),
    ],
)
def test_the_one_checkpoint_of_a_directory_is_found(
    folder_with, names, layout, weights
):
    folder = folder_with(*names)
    row, path = find_weights(folder)
    assert (row.name, path) == (layout, folder / weights)
    assert layout_of(path) is row


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("a.ckpt.index", "b.ckpt.index"), "a.ckpt and b.ckpt"),
        (
            ("m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors"),
            "beside the shards",
        ),
        (("tf_model.h5",), "from_tf=True"),
        (("bert.ckpt.data-00000-of-00001",), "The .index file that belongs to"),
        ((), "which holds nothing"),
        (tuple(f"{n:02}.txt" for n in range(12)), "09.txt and 2 more"),
    ],
)
def test_what_is_no_checkpoint_is_told_with_what_to_do(folder_with, names, message):
    with pytest.raises(CheckpointError, match=message):
        find_weights(folder_with(*names))


def test_one_of_several_is_named_with_or_without_what_the_shell_adds(folder_with):
    folder = folder_with("a.ckpt.index", "b.safetensors")
    assert named_weights(folder / "a.ckpt") == folder / "a.ckpt"
    assert named_weights(folder / "a.ckpt.index") == folder / "a.ckpt"
    assert named_weights(folder / "b.safetensors") == folder / "b.safetensors"
    with pytest.raises(CheckpointError, match="does not exist"):
        named_weights(folder / "c.ckpt")


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
    ("names", "expected"),
    [
        (("vocab.txt", "my_vocab.txt", "tokenizer.json"), "vocab.txt"),
        (("my_vocab_zh.txt", "tokenizer.json", "notes.txt"), "my_vocab_zh.txt"),
        (("tokenizer.json", "notes.txt"), "tokenizer.json"),
    ],
)
def test_the_likeliest_vocabulary_is_taken(folder_with, names, expected):
    assert find_vocabulary(folder_with(*names)).name == expected


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("a_vocab.txt", "b_vocab.txt"), "Call the right one vocab.txt"),
        (("spiece.model",), "spiece.model is of another kind"),
    ],
)
def test_no_or_several_vocabularies_are_an_error(folder_with, names, message):
    with pytest.raises(CheckpointError, match=message):
        find_vocabulary(folder_with(*names))
