import json
import pickle
from fractions import Fraction

import numpy as np
import pytest
import torch_writer as writer

from kerascls.checkpoints.weight_files import torch_files
from kerascls.checkpoints.weight_files.torch_files import TorchFiles
from kerascls.errors import CheckpointError

VALUES = np.array([[0.5, -1.25, 3.0], [2.0, 0.0, -0.125]], "float32")


@pytest.fixture
def write(tmp_path):
    """Writes a pickle's instructions and storages; returns the path."""

    def write(value, *storages):
        return writer.write_zip(tmp_path / "pytorch_model.bin", value, [*storages])

    return write


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_every_float_type_is_read_as_float32(tmp_path, dtype, old):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    tensors = {"other": VALUES.astype(kind)[:1], "w": VALUES.astype(kind)}
    weights = TorchFiles(writer.write_torch(tmp_path / "a.bin", tensors, old))
    assert weights.shapes() == {"other": (1, 3), "w": (2, 3)}
    assert weights.unreadable() == {}
    assert weights.read("w").dtype == np.float32
    np.testing.assert_array_equal(weights.read("w"), VALUES)


def test_weights_that_hold_no_floats_are_told_by_their_type(tmp_path):
    tensors = {"position_ids": np.arange(4), "f": VALUES}
    weights = TorchFiles(writer.write_torch(tmp_path / "a.bin", tensors))
    assert weights.unreadable() == {"position_ids": "int64"}


def test_a_tensor_may_be_any_part_of_its_storage(write):
    numbers = np.arange(12, dtype="float32")
    held = writer.storage("0", "float32", 12)
    tensors = {
        "row": writer.tensor(held, (3,), offset=3),
        "transposed": writer.tensor(held, (4, 3), (1, 4)),
        "tied": writer.parameter(writer.tensor(held, (3, 4))),
        "none": writer.tensor(held, (0, 4)),
        "scalar": writer.tensor(held, (), offset=11),
    }
    weights = TorchFiles(write(writer.dict_of(tensors), numbers))
    np.testing.assert_array_equal(weights.read("row"), [3, 4, 5])
    np.testing.assert_array_equal(weights.read("transposed"), numbers.reshape(3, 4).T)
    np.testing.assert_array_equal(weights.read("tied"), numbers.reshape(3, 4))
    assert weights.read("none").shape == (0, 4)
    assert weights.read("scalar") == 11


def test_tensors_of_dicts_within_a_dict_are_named_by_both(write):
    one = writer.tensor(writer.storage("0", "float32", 6), (2, 3))
    content = {
        "epoch": writer.number(3),
        "state_dict": writer.dict_of({"bert.w": one}, writer.EMPTY_DICT),
    }
    weights = TorchFiles(write(writer.dict_of(content), VALUES))
    assert weights.shapes() == {"state_dict.bert.w": (2, 3)}


def test_a_pickle_of_what_is_no_weight_is_refused_by_its_name_and_never_made(
    write, monkeypatch
):
    made = []
    monkeypatch.setattr(Fraction, "__new__", lambda *_: made.append(1))
    half = writer.call(
        writer.name("fractions", "Fraction"), writer.number(1), writer.number(2)
    )
    with pytest.raises(CheckpointError, match="asks for 'fractions.Fraction'") as error:
        TorchFiles(write(writer.dict_of({"w": half})))
    assert "torch.save(model.state_dict()" in str(error.value)
    assert made == []


def test_tensors_of_other_kinds_are_refused_with_what_to_do(write):
    other = writer.name("torch._utils", "_rebuild_qtensor")
    with pytest.raises(CheckpointError, match="Save the weights as plain tensors"):
        TorchFiles(write(writer.dict_of({"w": other})))


def test_a_plain_pickle_of_an_object_is_refused(tmp_path):
    path = tmp_path / "pytorch_model.bin"
    path.write_bytes(pickle.dumps({"w": Fraction(1, 2)}, protocol=2))
    with pytest.raises(CheckpointError, match="asks for 'fractions.Fraction'"):
        TorchFiles(path)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="No such file.*download it again.$"):
        TorchFiles(tmp_path / "pytorch_model.bin")


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("missing_bytes", [1, 200])
def test_a_file_cut_short_is_named(tmp_path, missing_bytes, old):
    path = writer.write_torch(tmp_path / "a.bin", {"w": np.zeros(99, "float32")}, old)
    path.write_bytes(path.read_bytes()[:-missing_bytes])
    with pytest.raises(CheckpointError, match="Copy or download it again") as error:
        TorchFiles(path)
    assert f"Received: {path}: " in str(error.value)


def test_numbers_that_changed_on_the_way_are_noticed(tmp_path):
    path = writer.write_torch(tmp_path / "a.bin", {"w": VALUES})
    content = path.read_bytes()
    path.write_bytes(content.replace(VALUES.tobytes(), (VALUES + 1).tobytes()))
    weights = TorchFiles(path)
    with pytest.raises(CheckpointError, match="another checksum"):
        weights.read("w")


def test_shards_are_read_as_one(tmp_path):
    for n, key in enumerate("ab"):
        writer.write_torch(tmp_path / f"m-{n}.bin", {key: VALUES * n}, old=n > 0)
    index = tmp_path / "m.bin.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "m-0.bin", "b": "m-1.bin"}}))
    weights = TorchFiles(index)
    assert weights.shapes() == {"a": (2, 3), "b": (2, 3)}
    np.testing.assert_array_equal(weights.read("b"), VALUES)


def test_a_storage_that_many_tensors_share_is_read_once(write, monkeypatch):
    held = writer.storage("0", "float32", 6)
    tensors = {str(n): writer.tensor(held, (1,), offset=n) for n in range(6)}
    weights = TorchFiles(write(writer.dict_of(tensors), VALUES))
    reads = []
    read = torch_files.TorchArchive.numbers
    monkeypatch.setattr(
        torch_files.TorchArchive,
        "numbers",
        lambda archive, held: reads.append(held) or read(archive, held),
    )
    assert [weights.read(str(n))[0] for n in range(6)] == [*VALUES.ravel()]
    assert len(reads) == 1


def test_dicts_that_hold_each_other_many_times_end_in_an_error(write):
    # Each dict holds the one before it twice: 2 ** 40 places from a few bytes.
    value = writer.EMPTY_DICT + b"q\0"
    for level in range(1, 19):
        inner = bytes([ord("h"), level - 1])
        items = {"a": inner, "b": inner}
        value = writer.dict_of(items, value + writer.EMPTY_DICT)
        value += bytes([ord("q"), level])
    with pytest.raises(CheckpointError, match="more values"):
        TorchFiles(write(value))


def test_a_dict_that_holds_itself_is_refused(write):
    value = writer.dict_of({"a": b"h\0"}, writer.EMPTY_DICT + b"q\0")
    with pytest.raises(CheckpointError, match="dicts within dicts"):
        TorchFiles(write(value))


def test_two_tensors_of_one_name_are_refused(write):
    one = writer.tensor(writer.storage("0", "float32", 6), (2, 3))
    inner = writer.dict_of({"b": one}, writer.EMPTY_DICT)
    value = writer.dict_of({"a": inner, "a.b": one})
    with pytest.raises(CheckpointError, match="two tensors of the name 'a.b'"):
        TorchFiles(write(value, VALUES))
