import numpy as np
import pytest
from safetensors.numpy import save_file

from kerascls.checkpoints.weight_files.formats import open_weights
from kerascls.errors import CheckpointError


def truncate(path, missing_bytes: int):
    path.write_bytes(path.read_bytes()[:-missing_bytes])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_every_float_type_is_read_as_float32(tmp_path, dtype):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    values = np.array([[0.5, -1.25, 3.0], [2.0, 0.0, -0.125]], "float32")
    path = tmp_path / "model.safetensors"
    save_file({"other": values.astype(kind), "w": values.astype(kind)}, path)
    read = open_weights(path).read("w")
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, values)


def test_weights_that_hold_no_floats_are_told_by_their_type(tmp_path):
    path = tmp_path / "model.safetensors"
    save_file({"w": np.zeros((2, 2), "int8"), "f": np.zeros(2, "float16")}, path)
    assert open_weights(path).unreadable() == {"w": "I8"}


def test_shards_are_read_as_one(written):
    weights = open_weights(
        written("bert_huggingface_sharded") / "model.safetensors.index.json"
    )
    whole = open_weights(written("bert_huggingface") / "model.safetensors")
    name = "encoder.layer.0.output.dense.weight"
    assert weights.shapes()[name] == (48, 64)
    np.testing.assert_array_equal(weights.read(name), whole.read(f"bert.{name}"))


@pytest.mark.parametrize("missing_bytes", [1, 10_000])
def test_a_safetensors_file_cut_short_is_named(copy_of, missing_bytes):
    path = copy_of("bert_huggingface") / "model.safetensors"
    truncate(path, missing_bytes)
    with pytest.raises(CheckpointError, match="Copy or download it again") as error:
        open_weights(path)
    assert f"Received: {path}" in str(error.value)


def test_a_safetensors_file_of_text_is_named(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_text("These are no weights.\n", "utf-8")
    with pytest.raises(CheckpointError, match="Expected a whole safetensors file"):
        open_weights(path)


def test_a_safetensors_path_may_have_any_name(copy_of):
    directory = copy_of("bert_huggingface")
    directory = directory.rename(directory.with_name("模型[1]*"))
    assert open_weights(directory / "model.safetensors").shapes()
