"""Word vectors as word2vec writes them in binary.

A line of two numbers, how many words and how long their vectors are; then each word, a
blank, and its float32 values, little-endian. The original program ends each with a
line feed, gensim does not.
"""

from typing import BinaryIO

import numpy as np

from kerascls.preprocessing.vector_files.gathered import (
    Gathered,
    VectorFile,
    WordVectors,
)
from kerascls.preprocessing.vector_files.text_vectors import header_of, is_line

CHUNK_BYTES = 2**22
MAX_WORD_BYTES = 2**16
MAX_DIM = 2**20
_CONTROL = {*range(32)} - {*b"\t\n\r\x0b\x0c"}


def is_word2vec_binary(head: bytes) -> bool:
    """Returns whether no text stands behind the line of two numbers."""
    header, (_, _, behind) = header_of(head), head.partition(b"\n")
    if header is None or is_line(behind.partition(b"\n")[0], header[1]):
        return False
    return not _CONTROL.isdisjoint(behind)


def read_word2vec_binary(
    file: VectorFile, gathered: Gathered, kind: str
) -> WordVectors:
    """Returns the vectors of wanted words.

    Raises:
        ValueError: When the file has other bytes than its first line says.
    """
    promised, dim = header_of(file.head) or (0, 0)
    start = file.head.index(b"\n") + 1
    _check_size(file, promised, dim, start)
    reader = _Records(file.stream, 4 * dim)
    for number in range(1, promised + 1):
        word, row = reader.next(number, promised)
        if gathered.wants(word):
            values = np.frombuffer(row, "<f4").astype(np.float32)
            gathered.keep(word, values, f"word {number:,}")
    if reader.rest().strip(b"\r\n"):
        raise ValueError(f"more follows than the {promised:,} words of its first line")
    return gathered.vectors(file.path, kind, dim)


def _check_size(file: VectorFile, promised: int, dim: int, start: int) -> None:
    if not 1 <= dim <= MAX_DIM:
        raise ValueError(f"the first line says vectors of {dim:,} values")
    least = start + promised * (4 * dim + 1)
    if file.num_bytes is not None and file.num_bytes < least:
        raise ValueError(
            f"the first line says {promised:,} words of {dim:,} values, which is "
            f"{least:,} bytes or more, and there are {file.num_bytes:,}"
        )


class _Records:
    """Words and the bytes of their rows, one after another.

    Args:
        stream: The file, at its beginning.
        row_bytes: How many bytes a row has.
    """

    def __init__(self, stream: BinaryIO, row_bytes: int) -> None:
        self._stream, self._row_bytes = stream, row_bytes
        stream.readline()
        self._buffer, self._place = b"", 0

    def next(self, number: int, promised: int) -> tuple[bytes, bytes]:
        """Returns the next word and its row.

        Raises:
            ValueError: When the file ends before, or no word is there.
        """
        blank = self._buffer.find(b" ", self._place)
        while blank < 0 or len(self._buffer) < blank + 1 + self._row_bytes:
            if blank < 0 and len(self._buffer) - self._place > MAX_WORD_BYTES:
                raise ValueError(f"no blank ends word {number:,}")
            if not self._fill():
                raise ValueError(f"it ends within word {number:,} of {promised:,}")
            blank = self._buffer.find(b" ", self._place)
        word = self._buffer[self._place : blank].lstrip(b"\r\n")
        start, self._place = blank + 1, blank + 1 + self._row_bytes
        return word, self._buffer[start : self._place]

    def rest(self) -> bytes:
        """Returns some of what is left."""
        return self._buffer[self._place :] or self._stream.read(CHUNK_BYTES)

    def _fill(self) -> bool:
        more = self._stream.read(CHUNK_BYTES)
        self._buffer, self._place = self._buffer[self._place :] + more, 0
        return bool(more)
