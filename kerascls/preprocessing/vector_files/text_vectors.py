"""Word vectors as text: a word and its numbers on each line.

With a first line of two numbers, how many words and how long their vectors are, it is
word2vec's form and fastText's `.vec`; without it is GloVe's. ASCII blanks and tabs
separate, so a word may have other white space (U+3000, U+00A0) inside; and blanks, as
some of GloVe's have, for its numbers are counted from the right.
"""

import re
from collections import Counter
from functools import partial

import numpy as np

from kerascls.preprocessing.vector_files.gathered import (
    Gathered,
    VectorFile,
    WordVectors,
)

MAX_LINE_BYTES = 2**20
_BLANKS = b" \t\r\n"
_HEADER = re.compile(rb"\s*(\d{1,18})[ \t]+(\d{1,9})[ \t\r]*")


def read_text(file: VectorFile, gathered: Gathered, kind: str) -> WordVectors:
    """Returns the vectors of wanted words.

    Raises:
        ValueError: When a line has another number of values, one of a wanted word is
            no number, or there are more or fewer lines than the first one says.
    """
    header = header_of(file.head)
    promised, dim = header or (None, _values_per_line(file.head))
    if dim < 1:
        raise ValueError("no line has a value behind its word")
    gathered.words_file = None if file.num_bytes is None else file.path
    lines = iter(partial(file.stream.readline, MAX_LINE_BYTES), b"")
    if header:
        next(lines)
    for number, line in enumerate(lines, 2 if header else 1):
        line = line.rstrip(_BLANKS)
        if not line:
            continue
        word, values = _parts(line, dim, number)
        if gathered.wants(word):
            gathered.keep(word, _numbers(values, dim, number), f"line {number}")
    if promised not in (None, gathered.num_words):
        raise ValueError(
            f"the first line says {promised:,} words, and {gathered.num_words:,} follow"
        )
    return gathered.vectors(file.path, kind, dim)


def header_of(head: bytes) -> tuple[int, int] | None:
    """Returns how many words and values the first line says, if it does."""
    line, _, _ = head.partition(b"\n")
    found = _HEADER.fullmatch(line)
    return (int(found[1]), int(found[2])) if found else None


def is_text(head: bytes) -> bool:
    """Returns whether a file begins with a line of a word and numbers."""
    return is_line(head.partition(b"\n")[0], 1)


def is_line(line: bytes, dim: int) -> bool:
    """Returns whether a line has so many numbers behind a word."""
    _, *values = line.rsplit(None, dim) or [b""]
    return 0 < len(values) == dim and all(map(_is_number, values))


def _values_per_line(head: bytes) -> int:
    """Returns how many values most words have; few words have blanks inside."""
    lines = head.split(b"\n")
    whole = lines[:-1] if len(lines) > 1 else lines
    sizes = Counter(len(line.split()) - 1 for line in whole if line.strip(_BLANKS))
    return sizes.most_common(1)[0][0]


def _parts(line: bytes, dim: int, number: int) -> tuple[bytes, bytes]:
    """Returns a word and its values, still together."""
    if line.count(b" ") == dim and b"\t" not in line:
        word, _, values = line.partition(b" ")
        return word, values
    word, *numbers = line.rsplit(None, dim)
    others = word.split()
    if len(numbers) < dim or (len(others) > 1 and _is_number(others[-1])):
        raise _another_number(number, len(line.split()) - 1, dim)
    return word, b" ".join(numbers)


def _numbers(values: bytes, dim: int, number: int) -> np.ndarray:
    parts = values.split()
    if len(parts) != dim:
        raise _another_number(number, len(parts), dim)
    try:
        with np.errstate(over="ignore"):  # infinity is told with its word
            return np.array([float(part) for part in parts]).astype(np.float32)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from error


def _another_number(number: int, found: int, dim: int) -> ValueError:
    return ValueError(f"line {number} has {found} values behind its word, not {dim}")


def _is_number(part: bytes) -> bool:
    try:
        float(part)
    except ValueError:
        return False
    return True
