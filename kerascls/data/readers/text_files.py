"""Files as bytes and as lines of text, with errors that say where and what next."""

import codecs
import hashlib
import io
import os
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from kerascls.data.readers.decoding import (
    BrokenLine,
    check_encoding,
    lenient_lines,
    strict_chunks,
    strict_lines,
)
from kerascls.data.readers.file_kinds import HEAD_BYTES, file_kind
from kerascls.data.readers.globs import is_pattern, nothing_matched
from kerascls.data.readers.rows import place_in
from kerascls.data.readers.text_encodings import (
    encoding_advice,
    try_encodings,
    without_mark,
)
from kerascls.errors import DataError

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
        if is_pattern(path):
            raise DataError(
                f"Expected one or more files with labelled text. Received: "
                f"path={str(path)!r}, {nothing_matched(path)}. Correct the pattern."
            ) from error
        raise DataError(
            f"Expected a file with labelled text. Received: path={str(path)!r}, which "
            f"does not exist. {_beside(path)}"
        ) from error
    except ValueError as error:  # of a NUL
        raise DataError(
            f"Expected the path of a file. Received: path={str(path)!r} ({error}). "
            f"Correct it."
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


def decoded_lines(
    handle: BinaryIO, source: str, encoding: str, newline: str
) -> Iterator[str]:
    r"""Yields the physical lines of a file with their line ends, without BOM.

    In a file that can be read twice, some broken bytes make a `BrokenLine` of the
    line they are in, for its reader to make a bad row of.

    Args:
        handle: The file or pipe; it stays open.
        source: The file as the user named it, for messages.
        encoding: Name of a codec.
        newline: As in `open`: `""` ends lines at CR, LF or both, `"\n"` at LF only.

    Raises:
        SettingsError: When the encoding is unknown.
        DataError: When it is no text, or most of it is not text of this encoding.
    """
    check_encoding(encoding)
    start = handle.tell() if handle.seekable() else None
    _refuse_other_kinds(handle, source, encoding)
    num_lines = 0
    try:
        for line in strict_lines(handle, encoding, newline):
            yield line
            num_lines += 1
        return
    except UnicodeError as error:
        if start is None:
            place = _place_in_pipe(error, source, num_lines)
            raise _decode_error(error, source, encoding, place) from error
        if not isinstance(error, UnicodeDecodeError):
            raise without_mark(error, handle, source, encoding) from error
    try:
        _check_broken(handle, start, source, encoding, newline)
    except UnicodeError as error:  # in UTF-32 only what forgives errors says so
        raise without_mark(error, handle, source, encoding) from error
    handle.seek(start)
    yield from islice(lenient_lines(handle, encoding, newline), num_lines, None)


def decoded_chunks(handle: BinaryIO, source: str, encoding: str) -> Iterator[str]:
    """Yields the text of a file in pieces of any length, without BOM.

    Arguments and errors are those of `decoded_lines`, but one broken byte breaks all.
    """
    check_encoding(encoding)
    _refuse_other_kinds(handle, source, encoding)
    num_lines = 0
    try:
        for chunk in strict_chunks(handle, encoding, CHUNK_CHARS):
            yield chunk
            num_lines += chunk.count("\n")
    except UnicodeError as error:
        if not isinstance(error, UnicodeDecodeError) and handle.seekable():
            raise without_mark(error, handle, source, encoding) from error
        place = f"behind line {num_lines} of {source}"
        raise _decode_error(error, source, encoding, place) from error


def read_lines(path: str | Path) -> list[str]:
    """Returns the lines of a small file in UTF-8, without their ends.

    Raises:
        DataError: When it cannot be read as that.
    """
    with open_binary(path) as handle:
        return "".join(decoded_chunks(handle, str(path), "utf-8")).splitlines()


def _refuse_other_kinds(handle: BinaryIO, source: str, encoding: str) -> None:
    peek = getattr(handle, "peek", None)
    if peek is not None:
        head = peek(HEAD_BYTES)[:HEAD_BYTES]
    elif handle.seekable():
        start = handle.tell()
        head = handle.read(HEAD_BYTES)
        handle.seek(start)
    else:
        return
    if kind := file_kind(head):
        raise DataError(
            f"Expected a text file. Received: {source}, which is {kind.name}. "
            f"{kind.advice}"
        )
    codec = check_encoding(encoding)
    is_wide = codec.startswith(("utf-16", "utf-32"))
    if codec.startswith("utf-16") and head.startswith(codecs.BOM_UTF32_LE):
        is_wide = False  # its mark is UTF-16's and a NUL
    if b"\0" in head and not is_wide and handle.seekable():
        found = try_encodings(handle, encoding)
        if found and found[0].encoding.startswith(("utf-16", "utf-32")):
            raise DataError(
                f"Expected {source} to be {encoding} text. Received: NUL bytes at its "
                f"beginning, which no text in {encoding} holds. "
                f"{encoding_advice(handle, encoding)}"
            )


def _check_broken(
    handle: BinaryIO, start: int, source: str, encoding: str, newline: str
) -> None:
    """Raises a `DataError` where so many lines are broken that it is the encoding."""
    handle.seek(start)
    broken = ""
    num_broken = num_others = 0
    for number, line in enumerate(lenient_lines(handle, encoding, newline), 1):
        if isinstance(line, BrokenLine):
            num_broken += 1
            broken = broken or f"{source}:{number}: {line.fault}"
        else:
            num_others += not line.isascii()
    if num_broken > num_others:
        noun = "line" if num_broken == 2 else "lines"
        more = f", and {num_broken - 1} more {noun}" if num_broken > 1 else ""
        raise DataError(
            f"Expected {source} to be {encoding} text. Received: {broken}{more}. "
            f"{encoding_advice(handle, encoding)}"
        )


def _place_in_pipe(error: UnicodeError, source: str, num_lines: int) -> str:
    """Returns the line with the broken byte; lines before it may have come with it."""
    before = b""
    if isinstance(error, UnicodeDecodeError):
        before = error.object[: error.start]
    return place_in(source, num_lines + before.count(b"\n") + 1)


def _decode_error(
    error: UnicodeError, source: str, encoding: str, place: str
) -> DataError:
    """Returns the error for a pipe, of which what was read last is at hand."""
    if not isinstance(error, UnicodeDecodeError):
        return DataError(
            f"Expected {source} to be {encoding} text. Received: offset 0 ({error}). "
            f"Try `--encoding {encoding}-le` or `--encoding {encoding}-be`."
        )
    content = io.BytesIO(error.object)
    return DataError(
        f"Expected {source} to be {encoding} text. Received: {place}: "
        f"byte 0x{error.object[error.start]:02x} is not {encoding} text. "
        f"{encoding_advice(content, encoding)}"
    )


def _beside(path: Path) -> str:
    if not os.access(path.parent, os.R_OK):
        return f"Nor can the folder {str(path.parent)!r} be read. Check the path."
    names = [other.name for other in path.parent.iterdir() if other.is_file()]
    near = get_close_matches(path.name, names, n=1)
    return f"Did you mean {near[0]!r}?" if near else "Check the path."
