import json
import re

import numpy as np
import pytest
from safetensors.numpy import load_file

from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.loading import read_encoder_weights
from kerascls.checkpoints.weight_files.hdf5_files import Hdf5Files
from kerascls.errors import CheckpointError

h5py = pytest.importorskip("h5py")

VALUES = np.array([[0.5, -1.25, 3.0], [2.0, 0.0, -0.125]], "float32")
TO_KERAS = [
    (r"^cls\.(predictions)", r"mlm___cls.\1"),
    (r"^cls\.(seq)", r"nsp___cls.\1"),
    (r"\.(layer|albert_layer_groups|albert_layers)\.(\d+)", r".\1_._\2"),
    (r"word_embeddings\.weight$", "word_embeddings.WEIGHT"),
    (r"_embeddings\.weight$", "_embeddings.embeddings"),
    (r"(LayerNorm|layer_norm)\.(weight|gamma)$", r"\1.gamma"),
    (r"(LayerNorm|layer_norm)\.(bias|beta)$", r"\1.beta"),
    (r"\.weight$", ".kernel"),
    (r"\.WEIGHT$", ".weight"),
]


def keras_place(name: str) -> str:
    """Returns where `transformers` has in HDF5 what has that name in PyTorch."""
    for pattern, replacement in TO_KERAS:
        name = re.sub(pattern, replacement, name)
    name = re.sub(r"\.(?=[^_])", "/", name.replace("_._", "#")).replace("#", "_._")
    return f"{name.partition('/')[0]}/tf_some_model/{name}:0"


def write_keras(path, tensors):
    with h5py.File(path, "w") as file:
        for name, value in tensors.items():
            place = keras_place(name)
            file[place] = value.T if "/kernel" in place else value
    return path


@pytest.fixture
def write(tmp_path):
    """Writes one file, which `fill` gets; returns the path."""

    def write(fill):
        path = tmp_path / "tf_model.h5"
        with h5py.File(path, "w") as file:
            fill(file)
        return path

    return write


@pytest.mark.parametrize(
    "name", ["bert_huggingface", "albert_huggingface", "electra_huggingface"]
)
def test_a_file_of_tensorflow_has_the_weights_of_the_same_safetensors(copy_of, name):
    directory = copy_of(name)
    safetensors = directory / "model.safetensors"
    expected, said = read_encoder_weights(find_checkpoint(directory))
    write_keras(directory / "tf_model.h5", load_file(safetensors))
    safetensors.unlink()
    weights, also_said = read_encoder_weights(find_checkpoint(directory))
    assert weights.keys() == expected.keys()
    for key, value in weights.items():
        np.testing.assert_array_equal(value, expected[key])
    assert len(also_said) == len(said)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_every_float_type_is_read_as_float32(write, dtype):
    weights = Hdf5Files(
        write(
            lambda file: file.create_dataset("a/b/kernel:0", data=VALUES, dtype=dtype)
        )
    )
    assert weights.shapes() == {"a.b.weight": (3, 2)}
    assert weights.read("a.b.weight").dtype == np.float32
    np.testing.assert_array_equal(weights.read("a.b.weight"), VALUES.T)


def test_weights_that_hold_no_floats_are_told_by_their_type(write):
    weights = Hdf5Files(write(lambda file: file.update({"step": np.arange(3)})))
    assert weights.unreadable() == {"step": "int64"}


def test_a_layer_in_the_groups_of_two_models_is_one_layer(write):
    def fill(file, second=VALUES):
        file["bert/tf_x/bert/word_embeddings/weight:0"] = VALUES
        file["mlm___cls/tf_x/bert/word_embeddings/weight:0"] = second

    weights = Hdf5Files(write(fill))
    name = "bert.word_embeddings.weight"
    np.testing.assert_array_equal(weights.read(name), VALUES)
    weights = Hdf5Files(write(lambda file: fill(file, VALUES + 1)))
    with pytest.raises(CheckpointError, match="should be the same and differ"):
        weights.read(name)
    with pytest.raises(CheckpointError, match="two weights of the name"):
        Hdf5Files(write(lambda file: fill(file, VALUES[:1])))


def test_shards_are_read_as_one(tmp_path):
    for name in "ab":
        write_keras(tmp_path / f"{name}.h5", {f"{name}.w.bias": VALUES[0]})
    index = tmp_path / "tf_model.h5.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "a.h5", "b": "b.h5"}}))
    assert Hdf5Files(index).shapes() == {"a.w.bias": (3,), "b.w.bias": (3,)}


def other_storage(file):
    file.create_dataset("w", (3,), "float32", external=[("other.raw", 0, 12)])


def virtual(file):
    layout = h5py.VirtualLayout((3,), "float32")
    layout[:] = h5py.VirtualSource("other.h5", "w", (3,))
    file.create_virtual_dataset("w", layout)


def one_that_holds_itself(file):
    file["a"] = file


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (lambda file: file.update({"w": h5py.ExternalLink("other.h5", "w")}), "refers"),
        (lambda file: file.update({"w": h5py.SoftLink("/other")}), "refers"),
        (lambda file: file.create_dataset("w", data=file.ref), "no numbers"),
        (lambda file: file.update({"w": ["a", "b"]}), "no numbers"),
        (lambda file: file.update({"w": h5py.Empty("f")}), "no numbers"),
        (other_storage, "in other files"),
        (virtual, "in other files"),
        (
            lambda file: file.create_dataset("w", data=VALUES, compression="gzip"),
            "which is compressed",
        ),
        (
            lambda file: file.create_dataset("w", (9999, 9999), chunks=True),
            "of which 0 bytes of 399920004 are there",
        ),
        (one_that_holds_itself, "more groups"),
    ],
)
def test_what_is_not_whole_in_the_file_itself_is_refused(write, fill, said):
    with pytest.raises(CheckpointError, match=said):
        Hdf5Files(write(fill))


@pytest.mark.parametrize("missing_bytes", [1, 3000])
def test_a_file_cut_short_is_named(write, missing_bytes):
    path = write(lambda file: file.update({"w": np.zeros(2000, "float32")}))
    path.write_bytes(path.read_bytes()[:-missing_bytes])
    with pytest.raises(CheckpointError, match="Expected a whole HDF5 file"):
        Hdf5Files(path)


def test_a_file_that_is_missing_or_no_hdf5_is_named(tmp_path):
    path = tmp_path / "tf_model.h5"
    with pytest.raises(CheckpointError, match="Expected a whole HDF5 file"):
        Hdf5Files(path)
    path.write_bytes(b"no weights")
    with pytest.raises(CheckpointError, match="Expected a whole HDF5 file"):
        Hdf5Files(path)
