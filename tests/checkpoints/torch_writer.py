"""Writes what `torch.save` writes, byte by byte, where there is no PyTorch.

A state dict in its two forms: a zip archive, and the one before PyTorch 1.6. Parts of a
pickle can be put together in other ways than PyTorch does, to see them refused.
"""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

STORAGES = {
    "float64": "DoubleStorage",
    "float32": "FloatStorage",
    "float16": "HalfStorage",
    "bfloat16": "BFloat16Storage",
    "int64": "LongStorage",
    "bool": "BoolStorage",
}
PROTOCOL, MARK, TUPLE, CALL, REFERENCE, STOP = b"\x80\x02", b"(", b"t", b"R", b"Q", b"."
NONE, FALSE, EMPTY_DICT, EMPTY_TUPLE, SET_ITEMS = b"N", b"\x89", b"}", b")", b"u"


def name(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def text(value: str) -> bytes:
    content = value.encode()
    return b"X" + struct.pack("<I", len(content)) + content


def number(value: int) -> bytes:
    if 0 <= value < 256:
        return bytes([ord("K"), value])
    content = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return bytes([0x8A, len(content)]) + content


def tuple_of(*items: bytes) -> bytes:
    return b"".join((MARK, *items, TUPLE))


def call(function: bytes, *arguments: bytes) -> bytes:
    return function + tuple_of(*arguments) + CALL


ORDERED_DICT = name("collections", "OrderedDict") + EMPTY_TUPLE + CALL


def storage(key: str, dtype: str, count: int, old: bool = False) -> bytes:
    parts = [text("storage"), name("torch", STORAGES[dtype]), text(key), text("cpu")]
    return tuple_of(*parts, number(count), *[NONE] * old) + REFERENCE


def tensor(
    storage: bytes,
    shape: tuple[int, ...],
    strides: tuple[int, ...] | None = None,
    offset: int = 0,
) -> bytes:
    if strides is None:
        strides = tuple(int(np.prod(shape[n + 1 :])) for n in range(len(shape)))
    return call(
        name("torch._utils", "_rebuild_tensor_v2"),
        storage,
        number(offset),
        tuple_of(*map(number, shape)),
        tuple_of(*map(number, strides)),
        FALSE,
        ORDERED_DICT,
    )


def parameter(tensor: bytes) -> bytes:
    return call(name("torch._utils", "_rebuild_parameter"), tensor, FALSE, ORDERED_DICT)


def dict_of(items: Mapping[str, bytes], start: bytes = ORDERED_DICT) -> bytes:
    parts = (text(key) + value for key, value in items.items())
    return start + MARK + b"".join(parts) + SET_ITEMS


def pickled(value: bytes) -> bytes:
    return PROTOCOL + value + STOP


def state_dict(tensors: Mapping[str, np.ndarray], old: bool = False) -> bytes:
    """Returns the instructions for a dict of tensors, each with its own storage."""
    return dict_of(
        {
            key: tensor(storage(str(n), str(value.dtype), value.size, old), value.shape)
            for n, (key, value) in enumerate(tensors.items())
        }
    )


def write_zip(
    path: Path, value: bytes, storages: list[np.ndarray], compression: int = 0
) -> Path:
    """Writes an archive of a pickle's instructions and the storages it refers to."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled(value))
        archive.writestr("archive/byteorder", b"little")
        for key, content in enumerate(storages):
            archive.writestr(f"archive/data/{key}", content.tobytes())
        archive.writestr("archive/version", b"3\n")
    return path


def write_old(path: Path, value: bytes, storages: list[np.ndarray]) -> Path:
    """Writes the same in the form before PyTorch 1.6."""
    keys = b"]" + MARK + b"".join(text(str(n)) for n in range(len(storages))) + b"e"
    system = dict_of({"little_endian": b"\x88"}, EMPTY_DICT)
    magic, protocol = number(0x1950A86A20F9469CFC6C), number(1001)
    head = b"".join(map(pickled, (magic, protocol, system, value, keys)))
    counted = (struct.pack("<q", part.size) + part.tobytes() for part in storages)
    path.write_bytes(head + b"".join(counted))
    return path


def write_torch(
    path: Path, tensors: Mapping[str, np.ndarray], old: bool = False
) -> Path:
    """Writes a state dict as `torch.save` does."""
    write = write_old if old else write_zip
    return write(path, state_dict(tensors, old), [*tensors.values()])


def with_pickle(content: bytes, changed: bytes) -> bytes:
    """Returns an archive with another pickle and checksums that are right."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w") as new,
    ):
        for entry in old.infolist():
            is_pickle = entry.filename.endswith("data.pkl")
            new.writestr(entry.filename, changed if is_pickle else old.read(entry))
    return written.getvalue()
