"""One file that was compressed: gzip, bzip2, xz, or a zip archive of it alone."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from kerascls.data.readers.file_kinds import HEAD_BYTES
from kerascls.data.readers.text_files import open_binary
from kerascls.errors import DataError

_OPENERS: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
BUFFER_BYTES = 2**16
_ZIP = b"PK\x03\x04"
_SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
_DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def open_unpacked(path: str | Path) -> BinaryIO:
    """Opens a file, or what it holds where it is compressed; its first bytes tell.

    A workbook, which is a zip archive of many files, is opened as it is.

    Raises:
        DataError: When it cannot be opened, or is an archive of several files.
    """
    handle = open_binary(path)
    if not handle.seekable():
        return handle
    head = handle.peek(HEAD_BYTES)
    for magic, opened in _OPENERS.items():
        if head.startswith(magic):
            return _buffered(opened(handle), handle, path)
    if head.startswith(_ZIP) and (member := _only_member(handle, path)):
        return _buffered(member, handle, path)
    handle.seek(0)
    return handle


def unpacked_name(path: str | Path) -> str:
    """Returns the name that a file has without compression.

    Example:
        >>> unpacked_name("data/train.csv.gz")
        'train.csv'
    """
    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        return path.name
    if not Path(path.stem).suffix and path.suffix.lower() == ".zip" and path.is_file():
        with open_binary(path) as handle:
            names = _members(handle) if zipfile.is_zipfile(handle) else []
        if len(names) == 1:
            return PurePosixPath(names[0]).name
    return path.stem


def _members(handle: BinaryIO) -> list[str]:
    with zipfile.ZipFile(handle) as archive:
        return [
            name
            for name in archive.namelist()
            if not name.endswith("/") and not name.startswith("__MACOSX/")
        ]


def _only_member(handle: BinaryIO, path: str | Path) -> Any:
    """Returns the one file of an archive, open; None for a workbook."""
    try:
        names = _members(handle)
        if "[Content_Types].xml" in names:
            return None
        if len(names) == 1:
            return zipfile.ZipFile(handle).open(names[0])
    except (*_DAMAGE, RuntimeError, NotImplementedError) as error:
        raise _damaged(path, error) from error
    listed = ", ".join(names[:10]) + (" ..." if len(names) > 10 else "")
    raise DataError(
        f"Expected an archive of one file. Received: {path} with {len(names)}: "
        f"{listed}. Unpack it and name one of them."
    )


def _buffered(stream: Any, packed: BinaryIO, path: str | Path) -> BinaryIO:
    unpacked = _Unpacked(stream, packed, path)
    return cast(BinaryIO, io.BufferedReader(unpacked, BUFFER_BYTES))


class _Unpacked(io.RawIOBase):
    """What comes out of a decompressor; damage is a `DataError`."""

    def __init__(self, stream: Any, packed: BinaryIO, path: str | Path) -> None:
        self._stream = stream
        self._packed = packed
        self._path = path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            content = self._stream.read(len(buffer))
        except _DAMAGE as error:
            raise _damaged(self._path, error) from error
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self._stream.tell())

    def close(self) -> None:
        self._stream.close()
        self._packed.close()
        super().close()


def _damaged(path: str | Path, error: Exception) -> DataError:
    return DataError(
        f"Expected a compressed file that can be unpacked. Received: {path} ({error}). "
        f"Copy or download it again; where it has a password, unpack it first."
    )
