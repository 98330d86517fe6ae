from pathlib import Path

import pytest

from kerascls.checkpoints.layouts import (
    find_vocabulary,
    find_weights,
    layout_of,
    named_weights,
    other_weights,
)
from kerascls.errors import CheckpointError


@pytest.fixture
def folder_with(tmp_path):
    """Makes empty files of these names."""

    def make(*names: str):
        for name in names:
            (tmp_path / name).touch()
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
        (
            ("model-00001-of-00001.safetensors",),
            "huggingface",
            "model-00001-of-00001.safetensors",
        ),
        (("best.pt", "optimizer.pt", "rng_state.pth"), "huggingface", "best.pt"),
        (
            ("pytorch_model.bin", "training_args.bin"),
            "huggingface",
            "pytorch_model.bin",
        ),
        (
            ("pytorch_model-00001-of-00002.bin", "pytorch_model.bin.index.json"),
            "huggingface",
            "pytorch_model.bin.index.json",
        ),
        (("tf_model.h5",), "huggingface", "tf_model.h5"),
        # What hubs offer in several forms is one checkpoint.
        (
            ("model.safetensors", "pytorch_model.bin", "tf_model.h5"),
            "huggingface",
            "model.safetensors",
        ),
        (("pytorch_model.bin", "tf_model.h5"), "huggingface", "pytorch_model.bin"),
        (("bert.ckpt.index", "pytorch_model.bin"), "google", "bert.ckpt"),
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
        (("model-00001-of-00002.safetensors",), "a part of the weights"),
        (("bert.ckpt-9.index", "bert.ckpt-10.index"), "such as .*bert.ckpt-10, or"),
        (
            ("pytorch_model-00001-of-00002.bin",),
            "Expected pytorch_model.bin.index.json beside the shards",
        ),
        (("a.pt", "b.pt"), "a.pt and b.pt"),
        (("a.ckpt.index", "model.safetensors"), "safetensors and a.ckpt"),
        (("epoch=1.ckpt",), "If PyTorch wrote epoch=1.ckpt, call it epoch=1.pt."),
        (("flax_model.msgpack",), "flax_model.msgpack is not read; convert"),
        (("training_args.bin", "optimizer.pt"), "Choose the directory that holds"),
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


@pytest.mark.parametrize("named", ["a.ckpt-0", "/data/run 1/a.ckpt-0", "gone.ckpt-5"])
def test_the_step_that_tensorflow_recorded_is_the_one_to_give(folder_with, named):
    folder = folder_with("a.ckpt-0.index", "a.ckpt-343.index")
    (folder / "checkpoint").write_text(f'model_checkpoint_path: "{named}"\n')
    likely = "a.ckpt-0, which the file" if "a.ckpt" in named else "a.ckpt-343, or"
    with pytest.raises(CheckpointError, match=f"such as .*{likely}"):
        find_weights(folder)


def test_a_part_of_the_weights_is_refused_by_its_path_too(folder_with):
    part = "m-00001-of-00002.safetensors"
    folder = folder_with(part)
    with pytest.raises(CheckpointError, match="is a part of the weights"):
        named_weights(folder / part)
    folder_with("m.safetensors.index.json")
    with pytest.raises(CheckpointError, match="Give .*m.safetensors.index.json"):
        named_weights(folder / part)


def test_weights_in_a_form_that_is_not_read_are_told_how_to_be_converted(folder_with):
    folder = folder_with("flax_model.msgpack")
    with pytest.raises(CheckpointError, match="convert it to safetensors once"):
        named_weights(folder / "flax_model.msgpack")


@pytest.mark.parametrize(
    ("taken", "others"),
    [
        ("model.safetensors", ["adapter.safetensors", "m.bin", "tf_model.h5"]),
        ("m.bin", ["adapter.safetensors", "model.safetensors", "tf_model.h5"]),
        ("m.h5.index.json", ["m.bin"]),
        ("bert.ckpt", ["adapter.safetensors", "m.bin", "model.safetensors"]),
    ],
)
def test_weights_beside_those_that_are_taken_are_named(folder_with, taken, others):
    folder = folder_with(taken, "optimizer.pt", "notes.txt", *others)
    assert sorted(other_weights(folder / taken)) == sorted(others)


@pytest.mark.parametrize(
    "name",
    [
        "multilingual_e5_small",
        "multilingual-e5-small",
        "intfloat/multilingual-e5-small",
    ],
)
def test_the_name_of_a_model_is_answered_with_the_folder_of_its_weights(
    monkeypatch, tmp_path, name
):
    monkeypatch.setenv("KERASCLS_PRETRAINED", str(tmp_path))
    name = Path(name)
    with pytest.raises(CheckpointError, match="download multilingual_e5_small`"):
        named_weights(name)
    folder = tmp_path / "multilingual-e5-small"
    folder.mkdir()
    (folder / "model.safetensors").touch()
    with pytest.raises(CheckpointError, match=f"its weights lie in {folder}: give"):
        named_weights(name)


def test_a_model_that_comes_without_weights_needs_none():
    with pytest.raises(CheckpointError, match="without weights; it needs none"):
        named_weights(Path("linear"))
