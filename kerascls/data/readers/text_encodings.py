"""Encodings that were tried on a file, so that advice is what reads it."""

import codecs
import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from kerascls.data.readers.decoding import (
    BrokenLine,
    check_encoding,
    lenient_lines,
)
from kerascls.data.readers.familiar import familiarity
from kerascls.errors import DataError

CANDIDATES = (
    *("utf-8", "gb18030", "big5hkscs", "cp932", "cp949", "cp1252"),
    *("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
)
# Whose text a look can tell from misread bytes; all others are taken as they are named.
_JUDGED = frozenset(
    check_encoding(name)
    for name in (
        *(*CANDIDATES[1:], "utf-16"),
        *("gbk", "gb2312", "big5", "cp950", "shift_jis", "euc_jp", "euc_kr"),
        *("latin-1", "iso8859-15"),
    )
)
SAMPLE_BYTES = 2**16
MIN_LETTERS = 20
FEW_LETTERS = 8
SHOWN_CELLS = 9
SHOWN_CHARS = 12
LOOKS_WRONG = 0.2
LOOKS_RIGHT = 0.3
BROKEN_SHARE = 0.02
_SEPARATORS = re.compile(r"([,;\t|])")


@dataclass(frozen=True)
class Reading:
    """How a file reads in one encoding.

    Args:
        encoding: Its name.
        share: Of its letters, those that are frequent ones.
        letters: How many could be judged, of the first lines that are not ASCII.
        broken: Share of the lines that hold what is no character.
        has_nul: Whether it holds a NUL character, as bytes in UTF-16 do.
        is_mostly_ascii: Whether most of its characters are ASCII.
        begins: The first line and the first one that is not ASCII, cells shortened.
    """

    encoding: str
    share: float
    letters: int
    broken: float
    has_nul: bool
    is_mostly_ascii: bool
    begins: str

    @property
    def fits(self) -> bool:
        """Whether it may be the right one."""
        if self.has_nul or self.broken > BROKEN_SHARE:
            return False
        if self.letters < FEW_LETTERS:
            return self.is_mostly_ascii or self.share >= LOOKS_RIGHT
        return self.share >= LOOKS_RIGHT


def try_encodings(handle: BinaryIO, besides: str) -> list[Reading]:
    """Returns how a file reads in the candidates that fit it, the best first.

    Args:
        handle: The file, which is read from its beginning and set back to it.
        besides: The encoding it is not to be tried in.
    """
    handle.seek(0)
    sample = handle.read(SAMPLE_BYTES)
    readings = []
    for name in _candidates(sample):
        if check_encoding(name) == check_encoding(besides):
            continue
        found = read_as(io.BytesIO(sample), name)
        if found.fits and len(sample) == SAMPLE_BYTES:
            handle.seek(0)
            found = read_as(handle, name)
        if found.fits:
            readings.append(found)
    handle.seek(0)
    return sorted(readings, key=lambda one: one.share, reverse=True)


def _candidates(head: bytes) -> tuple[str, ...]:
    """Returns the encodings to try; a byte order mark leaves one."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return ("utf-32",)  # whose mark begins with that of UTF-16
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if head.startswith(codecs.BOM_UTF8):
        return ("utf-8",)
    return CANDIDATES


def read_as(handle: BinaryIO, encoding: str, to_end: bool = True) -> Reading:
    """Returns how bytes read in an encoding, all or as far as it takes to judge it.

    In ASCII all candidates but the wide ones are alike, and a file may begin with many
    lines of it, so that these are no part of the sample.
    """
    num_lines = num_broken = size = num_ascii = 0
    first: list[str] = []
    telling: list[str] = []
    for line in lenient_lines(handle, encoding, newline=""):
        num_lines += 1
        num_broken += isinstance(line, BrokenLine)
        if not first and line.strip():
            first.append(line)
        if line.isascii() and "\0" not in line:
            num_ascii += len(line)
        elif size < SAMPLE_BYTES:
            telling.append(line)
            size += len(line)
        elif not to_end:
            break
    text = "".join(telling)
    share, letters = familiarity(text)
    return Reading(
        encoding,
        share,
        letters,
        broken=num_broken / num_lines if num_lines else 0.0,
        has_nul="\0" in text,
        is_mostly_ascii=num_ascii + 2 * sum(map(str.isascii, text)) > len(text),
        begins=_begins(first, telling),
    )


def encoding_advice(handle: BinaryIO, encoding: str) -> str:
    """Returns which encodings read a file that is not text of `encoding`, and how."""
    readings = try_encodings(handle, encoding)
    if not readings:
        return (
            "No other encoding that was tried reads it. Save it anew as UTF-8 with "
            "the program it comes from, or correct the bytes."
        )
    best, *others = readings
    near = [one for one in others if one.share >= best.share / 2]
    advice = f"Read with `--encoding {best.encoding}` it begins {best.begins}"
    if near:
        also = f"with `--encoding {near[0].encoding}` {near[0].begins}"
        return f"{advice}; {also}. Choose the one that is right."
    return f"{advice}. Add it if that is right."


def without_mark(
    error: UnicodeError, handle: BinaryIO, source: str, encoding: str
) -> DataError:
    """Returns the error for a file that does not begin as UTF-16 or 32 have to."""
    return DataError(
        f"Expected {source} to be {encoding} text. Received: offset 0 ({error}). "
        f"{encoding_advice(handle, encoding)}"
    )


def check_reading(handle: BinaryIO, source: str, encoding: str) -> str:
    """Checks that what decodes also looks like text, for misread bytes often decode.

    Args:
        handle: The file, which is read from its beginning and set back to it.
        source: Its name for messages.
        encoding: The one to read it with.

    Returns:
        A line for people where it looks odd and no other encoding does better.

    Raises:
        DataError: When another encoding reads it, and this one makes nonsense of it;
            or when it lacks the byte order mark that the encoding begins with.
    """
    if check_encoding(encoding) not in _JUDGED:
        return ""
    try:
        found = read_as(handle, encoding, to_end=False)
    except UnicodeError as error:
        raise without_mark(error, handle, source, encoding) from error
    handle.seek(0)
    if found.letters < MIN_LETTERS or found.share >= LOOKS_WRONG:
        return ""
    looks = (
        f"read as {encoding} it begins {found.begins}, and only {found.share:.0%} of "
        f"its letters are among the frequent ones of any language tried"
    )
    better = [one for one in try_encodings(handle, encoding) if one.letters]
    if better and better[0].share >= LOOKS_RIGHT:
        raise DataError(
            f"Expected {source} to be {encoding} text. Received: what does not look "
            f"like it: {looks}. {encoding_advice(handle, encoding)}"
        )
    return f"{looks}: is `--encoding {encoding}` right?"


def _begins(first: list[str], telling: list[str]) -> str:
    """Returns the first line and one that is not ASCII, their cells shortened."""
    behind = (line for line in telling if line.strip() and line is not first[0])
    shown = [*first, *islice(behind, 1)]
    return " / ".join(f"`{_shortened(line.strip())}`" for line in shown)


def _shortened(line: str) -> str:
    cells = _SEPARATORS.split(line)[:SHOWN_CELLS]
    short = "".join(
        cell if len(cell) <= SHOWN_CHARS else f"{cell[:SHOWN_CHARS]}..."
        for cell in cells
    )
    return "".join(
        char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}"
        for char in short
    )
