"""Bytes into lines, one broken character costing one line."""

import codecs
import io
import re
from collections.abc import Iterator
from difflib import get_close_matches
from encodings.aliases import aliases
from typing import BinaryIO, cast

from kerascls.errors import SettingsError

STRICT = "kerascls-strict"
_LENIENT = "kerascls-lenient"
# Broken bytes stand as U+DC00 to U+DCFF, which no text holds.
_BROKEN = re.compile("[\udc00-\udcff]")
_EURO_BYTE, _EURO = b"\x80", "\u20ac"
# As browsers do: one decoder for the whole family, in which 0x80 is the euro sign.
_CHINESE = frozenset({"gb2312", "gbk", "gb18030"})

# Of names in the internet, of source code and of nothing.
_NOT_OF_FILES = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
)


class BrokenLine(str):
    """A line with bytes that are no text of the encoding; `fault` says which."""

    fault: str

    def __new__(cls, line: str, fault: str) -> "BrokenLine":
        """Returns the line with what is wrong with it."""
        broken = super().__new__(cls, line)
        broken.fault = fault
        return broken


def check_encoding(encoding: str) -> str:
    """Returns the codec to read with: UTF-8 is read with or without BOM.

    GB2312, GBK and code page 936 are read as GB18030, of which they are parts.

    Raises:
        SettingsError: When there is no text codec of that name.
    """
    name = _text_codec(encoding)
    if name is None:
        similar = get_close_matches(str(encoding).lower(), aliases, n=5)
        near = [one for one in similar if _text_codec(one)]
        advice = f"Did you mean {near[0]!r}?" if near else "Try 'gb18030' or 'utf-16'."
        raise SettingsError(
            f"Expected the name of a text encoding that Python knows. Received: "
            f"encoding={encoding!r}. {advice}"
        )
    if name in _CHINESE:
        return "gb18030"
    return "utf-8-sig" if name == "utf-8" else name


def _text_codec(encoding: str) -> str | None:
    """Returns the name of a codec; None where there is none, or none for files."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError, TypeError):
        return None
    try:
        b"a".decode(name)
    except UnicodeError:
        pass  # a codec, but one that does not begin with one byte for "a"
    except (LookupError, ValueError):
        return None  # one from bytes to bytes, or from text to text
    return None if name.replace("-", "_") in _NOT_OF_FILES else name


def strict_lines(handle: BinaryIO, encoding: str, newline: str) -> Iterator[str]:
    r"""Yields the lines of a file with their ends, without BOM.

    Args:
        handle: The file or pipe; it stays open.
        encoding: Name of a codec.
        newline: As in `open`: `""` ends lines at CR, LF or both, `"\n"` at LF only.

    Raises:
        UnicodeError: When the bytes are not text of this encoding.
    """
    return _lines(handle, check_encoding(encoding), newline, STRICT)


def strict_chunks(handle: BinaryIO, encoding: str, chars: int) -> Iterator[str]:
    """Yields the text of a file in pieces of at most so many characters, without BOM.

    Raises:
        UnicodeError: When the bytes are not text of this encoding.
    """
    stream = io.TextIOWrapper(
        _KeptOpen(handle),
        encoding=check_encoding(encoding),
        newline="",
        errors=STRICT,
    )
    chunk = stream.read(chars).removeprefix("\ufeff")
    while chunk:
        yield chunk
        chunk = stream.read(chars)


def lenient_lines(handle: BinaryIO, encoding: str, newline: str) -> Iterator[str]:
    """Yields lines as `strict_lines` does, a `BrokenLine` where bytes are no text."""
    codec = check_encoding(encoding)
    offset, plain = _mark_bytes(handle, codec)
    for line in _lines(handle, codec, newline, _LENIENT):
        if match := _BROKEN.search(line):
            place = offset + _num_bytes(line[: match.start()], plain)
            byte = ord(match[0]) - 0xDC00
            yield BrokenLine(
                line, f"byte 0x{byte:02x} at offset {place} is not {encoding} text"
            )
        else:
            yield line
        offset += _num_bytes(line, plain)


def _lines(handle: BinaryIO, codec: str, newline: str, errors: str) -> Iterator[str]:
    stream = io.TextIOWrapper(
        _KeptOpen(handle), encoding=codec, newline=newline, errors=errors
    )
    first = next(stream, None)
    if first is not None:
        yield first.removeprefix("\ufeff")
        yield from stream


def _mark_bytes(handle: BinaryIO, codec: str) -> tuple[int, str]:
    """Returns the size of the byte order mark, and the codec of what follows it."""
    start = handle.tell()
    head = handle.read(4)
    handle.seek(start)
    marks = {
        "utf-8-sig": {codecs.BOM_UTF8: "utf-8"},
        "utf-16": {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"},
        "utf-32": {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"},
    }.get(codec, {})
    for mark, plain in marks.items():
        if head.startswith(mark):
            return len(mark), plain
    return 0, {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(codec, codec)


def _num_bytes(text: str, codec: str) -> int:
    """Returns how many bytes were decoded to a text; each broken one counts."""
    whole = _BROKEN.sub("", text)
    return len(whole.encode(codec, "ignore")) + len(text) - len(whole)


class _KeptOpen(io.BufferedIOBase):
    """Leaves the file open when the text is closed."""

    name: str  # asked for by the type of TextIOWrapper alone

    def __init__(self, handle: BinaryIO) -> None:
        # BinaryIO, the type of sys.stdin.buffer, is without read1.
        self._handle = cast(io.BufferedIOBase, handle)

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        return self._handle.read1(size)


def _strict(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError) and error.encoding == "gb18030":
        if error.object[error.start : error.start + 1] == _EURO_BYTE:
            return _EURO, error.start + 1
    if isinstance(error, UnicodeEncodeError) and error.encoding in _CHINESE:
        if error.object[error.start] == _EURO:
            return _EURO_BYTE, error.start + 1
    raise error


def _lenient(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    try:
        return _strict(error)
    except UnicodeDecodeError:
        # A unit is a byte but in UTF-16 and 32; a line's end is never part of one.
        end = error.end if error.encoding.startswith("utf-") else error.start + 1
        if error.encoding == "utf-8":
            end = error.start + 1
        broken = error.object[error.start : end]
        return "".join(chr(0xDC00 + byte) for byte in broken), end


codecs.register_error(STRICT, _strict)
codecs.register_error(_LENIENT, _lenient)
