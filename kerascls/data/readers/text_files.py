"""Files as bytes and as lines of text, with errors that say where and what next."""

import codecs
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from encodings.aliases import aliases
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from kerascls.errors import DataError, SettingsError

CHUNK_CHARS = 2**16


def open_binary(path: str | Path) -> io.BufferedReader:
    """Opens a file for reading.

    Raises:
        DataError: When it is missing, a directory, or may not be read.
    """
    path = Path(path)
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise DataError(
            f"Expected a file with labelled text. Received: path={str(path)!r}, which "
            f"does not exist{_beside(path)}"
        ) from error
    except OSError as error:
        if os.path.isdir(path):
            raise DataError(
                f"Expected a file. Received: path={str(path)!r}, which is a directory. "
                f"Name one file inside it."
            ) from error
        raise DataError(
            f"Expected a file that can be read. Received: path={str(path)!r} "
            f"({error.strerror}). Check its permissions."
        ) from error


def file_sha256(path: str | Path) -> str:
    """Returns the SHA-256 of a file's bytes as hexadecimal digits."""
    with open_binary(path) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def check_encoding(encoding: str) -> str:
    """Returns the codec to read with: UTF-8 is read with or without BOM.

    Raises:
        SettingsError: When there is no text codec of that name.
    """
    try:
        name = codecs.lookup(encoding).name
        b"a".decode(name)
    except UnicodeError:
        pass  # a codec, but one that does not begin with one byte for "a"
    except (LookupError, ValueError, TypeError) as error:
        near = get_close_matches(str(encoding).lower(), aliases, n=1)
        advice = f"did you mean {near[0]!r}?" if near else "try 'gb18030' or 'utf-16'."
        raise SettingsError(
            f"Expected the name of a text encoding that Python knows. Received: "
            f"encoding={encoding!r}; {advice}"
        ) from error
    return "utf-8-sig" if name == "utf-8" else name


def decoded_lines(
    handle: BinaryIO, source: str, encoding: str, newline: str
) -> Iterator[str]:
    r"""Yields the physical lines of a file with their line ends, without BOM.

    Args:
        handle: The file or pipe; it stays open.
        source: The file as the user named it, for messages.
        encoding: Name of a codec.
        newline: As in `open`: `""` ends lines at CR, LF or both, `"\n"` at LF only.

    Raises:
        SettingsError: When the encoding is unknown.
        DataError: When the bytes are not text of this encoding.
    """
    yield from _decoded(handle, source, encoding, newline, iter)


def decoded_chunks(handle: BinaryIO, source: str, encoding: str) -> Iterator[str]:
    """Yields the text of a file in pieces of any length, without BOM.

    Arguments and errors are those of `decoded_lines`; line ends stay as they are.
    """

    def chunks(stream: TextIO) -> Iterator[str]:
        return iter(partial(stream.read, CHUNK_CHARS), "")

    yield from _decoded(handle, source, encoding, "", chunks)


def _decoded(
    handle: BinaryIO,
    source: str,
    encoding: str,
    newline: str,
    pieces: Callable[[TextIO], Iterator[str]],
) -> Iterator[str]:
    counted = _Counted(handle)
    codec = check_encoding(encoding)
    stream = io.TextIOWrapper(counted, encoding=codec, newline=newline)
    try:
        parts = pieces(stream)
        first = next(parts, None)
        if first is not None:
            yield first.removeprefix("\ufeff")
            yield from parts
    except UnicodeDecodeError as error:
        raise _decode_error(error, counted, source, encoding) from error
    except UnicodeError as error:
        raise DataError(
            f"Expected {source} to be {encoding} text. Received: offset 0 ({error}). "
            f"Try `--encoding {encoding}-le` or `--encoding {encoding}-be`."
        ) from error


class _Counted(io.BufferedIOBase):
    """Knows the offset in a pipe too, and leaves it open when the text is closed."""

    name: str  # asked for by the type of TextIOWrapper alone

    def __init__(self, handle: BinaryIO) -> None:
        # BinaryIO, the type of sys.stdin.buffer, is without read1.
        self._handle = cast(io.BufferedIOBase, handle)
        self.head = b""
        self.num_bytes = 0

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        content = self._handle.read1(size)
        self.head = self.head or content[:2]
        self.num_bytes += len(content)
        return content


def _decode_error(
    error: UnicodeDecodeError, counted: _Counted, source: str, encoding: str
) -> DataError:
    # A decoder keeps unfinished bytes, so the offset is counted from the end.
    offset = counted.num_bytes - len(error.object) + error.start
    return DataError(
        f"Expected {source} to be {encoding} text. Received: byte "
        f"0x{error.object[error.start]:02x} at offset {offset} ({error.reason}). "
        f"{_encoding_advice(counted.head, encoding)}"
    )


def _encoding_advice(head: bytes, encoding: str) -> str:
    if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "It begins like UTF-16: use `--encoding utf-16`."
    if codecs.lookup(encoding).name == "utf-8":
        return (
            "Name the encoding it was saved in: for Chinese text from Excel or "
            "Windows try `--encoding gb18030`."
        )
    return "Name the encoding it was saved in with `--encoding`, for example utf-8."


def _beside(path: Path) -> str:
    if not os.access(path.parent, os.R_OK):
        return f"; nor can the folder {str(path.parent)!r} be read. Check the path."
    names = [other.name for other in path.parent.iterdir() if other.is_file()]
    near = get_close_matches(path.name, names, n=1)
    return f". Did you mean {near[0]!r}?" if near else ". Check the path."
