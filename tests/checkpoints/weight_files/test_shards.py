import json

import numpy as np
import pytest
from safetensors.numpy import save_file
from torch_writer import write_torch

from kerascls.checkpoints.weight_files.formats import open_weights
from kerascls.errors import CheckpointError


def test_a_missing_shard_is_named(copy_of):
    directory = copy_of("bert_huggingface_sharded")
    shard = sorted(directory.glob("*-of-*.safetensors"))[1]
    shard.unlink()
    with pytest.raises(CheckpointError, match=shard.name):
        open_weights(directory / "model.safetensors.index.json")


def test_a_broken_index_of_shards_is_named(copy_of):
    index = copy_of("bert_huggingface_sharded") / "model.safetensors.index.json"
    index.write_text("{}", encoding="utf-8")
    with pytest.raises(CheckpointError, match="with a `weight_map`"):
        open_weights(index)


@pytest.mark.parametrize("form", [".safetensors", ".bin", ".h5"])
@pytest.mark.parametrize(
    "weight_map",
    [
        {"w": "../x.bin"},
        {"w": "/x.bin"},
        {"w": "..\\x.bin"},
        {"w": ".."},
        {"w": "a\0b"},
        {"w": ""},
        {},
        {"w": 1},
        {"w": ["x"]},
        [],
        None,
    ],
)
def test_an_index_that_names_no_files_beside_it_is_refused(tmp_path, weight_map, form):
    index = tmp_path / f"model{form}.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}), "utf-8")
    with pytest.raises(CheckpointError, match="index.json"):
        open_weights(index)


@pytest.mark.parametrize("form", ["safetensors", "bin"])
def test_a_weight_that_two_shards_have_is_refused(tmp_path, form):
    write = {
        "safetensors": lambda path, held: save_file(held, path),
        "bin": write_torch,
    }
    for name in ("a", "b"):
        held = {name: np.zeros(2, "float32"), "both": np.zeros(1, "float32")}
        write[form](tmp_path / f"{name}.{form}", held)
    index = tmp_path / f"m.{form}.index.json"
    weight_map = {"a": f"a.{form}", "b": f"b.{form}"}
    index.write_text(json.dumps({"weight_map": weight_map}), "utf-8")
    with pytest.raises(CheckpointError, match="such as both"):
        open_weights(index)
