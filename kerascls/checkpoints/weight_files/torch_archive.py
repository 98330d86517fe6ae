"""Where PyTorch's files have their parts: zip archives, and the form before 1.6."""

import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from kerascls.checkpoints.weight_files.torch_pickle import read_pickle
from kerascls.checkpoints.weight_files.torch_tensors import ITEM_BYTES, Storage

# The description of a tensor takes some hundred bytes.
MAX_PICKLE_BYTES = 4_000_000
ZIP = b"PK\x03\x04"
_MAIN = "data.pkl"
_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
_ENTRY_HEADER = struct.Struct("<4s22xHH")


@dataclass(frozen=True)
class Place:
    """Where bytes are in a file, and their checksum where one was written."""

    start: int
    nbytes: int
    crc: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class TorchArchive:
    """One file that `torch.save` wrote.

    Args:
        path: The file.
        value: What was saved, with a `Tensor` for each tensor.
        places: Where the storages are, by their keys.
        byte_order: `"<"` or `">"`.
    """

    path: Path
    value: Any
    places: dict[str, Place]
    byte_order: Literal["<", ">"]

    def numbers(self, storage: Storage) -> np.ndarray:
        """Returns the numbers of a storage; bfloat16 as 16-bit whole numbers.

        Raises:
            ValueError: When they are not what was written.
            OSError: When the file cannot be read.
        """
        with self.path.open("rb") as file:
            content = _bytes_at(file, self.places[storage.key])
        kind = "uint16" if storage.dtype == "bfloat16" else storage.dtype
        return content.view(np.dtype(kind).newbyteorder(self.byte_order))


def open_archive(path: Path) -> TorchArchive:
    """Reads what a file holds, but for the numbers.

    Raises:
        ForbiddenNameError: When it names what no file of weights names.
        ValueError: When it is damaged, or something else; `zipfile.BadZipFile` too.
        OSError: When it cannot be read.
    """
    with path.open("rb") as file:
        is_zip = file.read(len(ZIP)) == ZIP
        file.seek(0)
        return _open_zip(path, file) if is_zip else _open_old(path, file)


def _open_zip(path: Path, file: BinaryIO) -> TorchArchive:
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
    roots = [e.filename.removesuffix(_MAIN) for e in entries if _is_main(e)]
    if len(roots) != 1:
        raise ValueError(
            f"a zip archive with {len(roots)} parts called data.pkl, of which "
            f"torch.save writes one"
        )
    parts = {
        entry.filename.removeprefix(roots[0]): _place(file, entry)
        for entry in entries
        if entry.filename.startswith((f"{roots[0]}data", f"{roots[0]}byteorder"))
    }
    # Files of older versions do not state it.
    order = _text_at(file, parts["byteorder"]) if "byteorder" in parts else b"little"
    if order not in (b"little", b"big"):
        raise ValueError(f"the byte order {order!r:.40}")
    value, storages = read_pickle(BytesIO(_text_at(file, parts[_MAIN])))
    data = {
        name.removeprefix("data/"): place
        for name, place in parts.items()
        if name.startswith("data/")
    }
    _require_all(storages, data)
    return TorchArchive(
        path=path,
        value=value,
        places=data,
        byte_order="<" if order == b"little" else ">",
    )


def _open_old(path: Path, file: BinaryIO) -> TorchArchive:
    head = BytesIO(file.read(MAX_PICKLE_BYTES))
    if head.getvalue()[:1] != b"\x80" or read_pickle(head)[0] != _MAGIC:
        raise ValueError(
            "a file that does not begin as torch.save writes it (one of safetensors "
            "has to be called so)"
        )
    (protocol, _), (system, _) = read_pickle(head), read_pickle(head)
    if protocol != _PROTOCOL or type(system) is not dict:
        raise ValueError("a file in a form of PyTorch that is not known")
    value, storages = read_pickle(head)
    keys, _ = read_pickle(head)
    by_key = {storage.key: storage for storage in storages}
    if type(keys) is not list or {*by_key} != {key for key in keys if type(key) is str}:
        raise ValueError("a list of storages that are not those of its tensors")
    order = "little" if system.get("little_endian") is not False else "big"
    places, start, size = {}, head.tell(), path.stat().st_size
    for key in keys:
        file.seek(start)
        count = int.from_bytes(file.read(8), order)  # type: ignore[arg-type]
        place = Place(start + 8, count * ITEM_BYTES[by_key[key].dtype])
        start = place.start + place.nbytes
        if key in places or start > size:
            raise ValueError(f"a storage of {count} numbers, which is more than it has")
        places[key] = place
    _require_all(storages, places)
    return TorchArchive(
        path=path,
        value=value,
        places=places,
        byte_order="<" if order == "little" else ">",
    )


def _is_main(entry: zipfile.ZipInfo) -> bool:
    folder, _, name = entry.filename.rpartition("/")
    return name == _MAIN and "/" not in folder


def _place(file: BinaryIO, entry: zipfile.ZipInfo) -> Place:
    if entry.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"the part {entry.filename!r:.80}, which is compressed")
    file.seek(entry.header_offset)
    header = file.read(_ENTRY_HEADER.size).ljust(_ENTRY_HEADER.size, b"\0")
    sign, name_bytes, extra_bytes = _ENTRY_HEADER.unpack(header)
    start = entry.header_offset + _ENTRY_HEADER.size + name_bytes + extra_bytes
    if sign != ZIP or start + entry.file_size > file.seek(0, 2):
        raise ValueError(f"the part {entry.filename!r:.80}, of which it has not all")
    return Place(start, entry.file_size, entry.CRC)


def _text_at(file: BinaryIO, place: Place) -> bytes:
    if place.nbytes > MAX_PICKLE_BYTES:
        raise ValueError(f"a description of {place.nbytes} bytes")
    return _bytes_at(file, place).tobytes()


def _bytes_at(file: BinaryIO, place: Place) -> np.ndarray:
    file.seek(place.start)
    content = np.fromfile(file, np.uint8, place.nbytes)
    if len(content) != place.nbytes:
        raise ValueError(f"{len(content)} bytes where {place.nbytes} should be")
    if place.crc is not None and zlib.crc32(content.data) != place.crc:
        raise ValueError("numbers with another checksum than they were written with")
    return content


def _require_all(storages: Iterable[Storage], places: dict[str, Place]) -> None:
    for storage in storages:
        held = places[storage.key].nbytes if storage.key in places else 0
        if held != storage.nbytes:
            raise ValueError(
                f"{held} bytes in place of {storage.count} numbers of type "
                f"{storage.dtype}"
            )
