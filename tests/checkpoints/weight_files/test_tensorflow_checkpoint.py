import pytest

from kerascls.checkpoints.weight_files.formats import open_weights
from kerascls.errors import CheckpointError


def truncate(path, missing_bytes: int):
    path.write_bytes(path.read_bytes()[:-missing_bytes])


def test_tensorflow_variables_that_hold_no_floats_are_told_by_their_type(written):
    weights = open_weights(written("bert_tensorflow") / "bert_model.ckpt")
    assert weights.unreadable() == {"global_step": "int64"}


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
def test_a_pointer_in_place_of_tensorflows_files_is_named(copy_of, suffix):
    prefix = copy_of("bert_tensorflow") / "bert_model.ckpt"
    pointer = "version https://git-lfs.github.com/spec/v1\n"
    prefix.with_name(prefix.name + suffix).write_text(pointer, "utf-8")
    with pytest.raises(CheckpointError, match="git lfs pull"):
        open_weights(prefix)


def test_a_tensorflow_checkpoint_without_its_data_is_named(copy_of):
    directory = copy_of("bert_tensorflow")
    (directory / "bert_model.ckpt.data-00000-of-00001").unlink()
    with pytest.raises(CheckpointError) as error:
        open_weights(directory / "bert_model.ckpt")
    assert "bert_model.ckpt.data-?????-of-00001" in str(error.value)
    assert "Received: bert_model.ckpt.index." in str(error.value)


def test_tensorflow_data_cut_short_is_named(copy_of):
    directory = copy_of("bert_tensorflow")
    truncate(directory / "bert_model.ckpt.data-00000-of-00001", 20_000)
    weights = open_weights(directory / "bert_model.ckpt")
    with pytest.raises(CheckpointError, match="damaged or incomplete"):
        for name in weights.shapes():
            weights.read(name)


def test_a_damaged_tensorflow_index_is_named(copy_of):
    directory = copy_of("bert_tensorflow")
    truncate(directory / "bert_model.ckpt.index", 30)
    with pytest.raises(CheckpointError, match="damaged or incomplete"):
        open_weights(directory / "bert_model.ckpt")


def test_a_path_that_tensorflow_takes_for_a_pattern_is_refused(copy_of):
    directory = copy_of("bert_tensorflow")
    directory = directory.rename(directory.with_name("模型[1]"))
    with pytest.raises(CheckpointError, match="Rename the directory"):
        open_weights(directory / "bert_model.ckpt")
