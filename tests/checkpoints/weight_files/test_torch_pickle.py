import io
import pickle
from collections import OrderedDict

import pytest
import torch_writer as writer
from hypothesis import given
from hypothesis import strategies as st

from kerascls.checkpoints.weight_files.torch_files import TorchFiles
from kerascls.checkpoints.weight_files.torch_pickle import (
    ForbiddenNameError,
    read_pickle,
)
from kerascls.checkpoints.weight_files.torch_tensors import Storage, Tensor
from kerascls.errors import CheckpointError

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats()
CONTENTS = st.recursive(
    SCALARS.filter(lambda value: value == value),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
        | st.tuples(inner, inner, inner, inner)
    ),
    max_leaves=8,
)


def read(content: bytes):
    return read_pickle(io.BytesIO(content))[0]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@given(content=CONTENTS)
def test_plain_content_is_what_pickle_says(protocol, content):
    assert read(pickle.dumps(content, protocol)) == content


def test_an_ordered_dict_is_a_dict_without_its_attributes():
    content = OrderedDict(a=1)
    content._metadata = {"": {"version": 1}}
    assert read(pickle.dumps(content, 2)) == {"a": 1}


def test_a_tensor_is_described_and_its_storage_listed():
    held = writer.storage("7", "float16", 6, old=True)
    content = writer.pickled(writer.tensor(held, (2, 3)))
    storage = Storage(dtype="float16", key="7", count=6)
    tensor = Tensor(storage=storage, offset=0, shape=(2, 3), strides=(3, 1))
    assert read_pickle(io.BytesIO(content)) == (tensor, {storage})


def test_the_file_stands_behind_the_pickle():
    file = io.BytesIO(writer.pickled(writer.number(1)) + b"more")
    read_pickle(file)
    assert file.read() == b"more"


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("value", [complex, OrderedDict.fromkeys, pytest.raises])
def test_a_name_that_is_not_on_the_list_is_refused(protocol, value):
    with pytest.raises(ForbiddenNameError, match="complex|getattr|raises"):
        read(pickle.dumps(value, protocol))


HELD = writer.storage("0", "float32", 6)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (writer.tensor(HELD, (7,)), "too small"),
        (writer.tensor(HELD, (2, 3), (4, 1)), "too small"),
        (writer.tensor(HELD, (1,), offset=6), "too small"),
        (writer.tensor(HELD, (1000, 1000), (0, 0)), "too small"),
        (writer.tensor(HELD, (2,), (1, 1)), "1 dimensions"),
        (writer.tensor(HELD, (2,), (-1,)), "a tensor of shape"),
        (writer.tensor(HELD, (2**50,)), "a tensor of shape"),
        (writer.tensor(HELD, (1,) * 33), "33 dimensions"),
        (writer.tensor(writer.number(1), (1,)), "without storage"),
        (writer.call(writer.NONE), "no function"),
        (writer.name("torch", "Size") + writer.NONE + writer.CALL, "no function"),
        (writer.call(writer.name("torch", "Size"), writer.number(1)), "no tensor"),
        (writer.tuple_of(writer.text("module")) + writer.REFERENCE, "the reference"),
        (writer.NONE + writer.MARK + writer.SET_ITEMS, "no dict"),
        (writer.NONE + writer.EMPTY_DICT + b"b", "attributes of what has none"),
        (writer.EMPTY_DICT + writer.NONE * 2 + b"s", "the key None"),
        (writer.EMPTY_DICT + writer.NONE + b"a", "no list"),
        (writer.MARK + b"\x85", "nothing where a value is wanted"),
        (writer.number(1) * 2 + b"\x93", "a name that is no text"),
        (writer.TUPLE, "does not add up"),
        (b"h\1", "does not add up"),
        (b"\x8e" + b"\0" * 8, "the instruction BINBYTES8"),
        (b"", "exhausted"),
    ],
)
def test_what_no_file_of_weights_does_is_refused(value, said, tmp_path):
    content = writer.pickled(value) if value else b""
    with pytest.raises(ValueError, match=said):
        read(content)
    if value:
        path = writer.write_zip(tmp_path / "a.bin", value, [])
        with pytest.raises(CheckpointError, match=said):
            TorchFiles(path)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_value_or_a_value_error(content):
    try:
        read(writer.PROTOCOL + content)
    except ValueError as error:
        assert type(error) is ValueError and str(error)
