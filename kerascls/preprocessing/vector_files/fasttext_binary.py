"""Word vectors of fastText's own models (`.bin`), also of words they do not have.

The file, little-endian: magic number and version; the options of its training; the
dictionary of words and labels; whether the table is quantized; the table, a row for
each word and for each bucket of n-grams; then what predicts, which is of no use here.
A word's vector is the mean of its row and those of its character n-grams.

References:
    Bojanowski et al., "Enriching Word Vectors with Subword Information", 2017;
    https://github.com/facebookresearch/fastText, src/fasttext.cc and dictionary.cc.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from kerascls.preprocessing.vector_files.gathered import (
    Gathered,
    VectorFile,
    WordVectors,
)

MAGIC = struct.pack("<i", 793712314)
VERSIONS = (11, 12)
CHUNK_BYTES, MAX_WORD_BYTES = 2**22, 2**16
_VERSION, _OPTIONS = struct.Struct("<4xi"), struct.Struct("<12id")
_SIZES, _ENTRY = struct.Struct("<3i2q"), struct.Struct("<qb")
_SHAPE = struct.Struct("<?2q")
_LEAST_ENTRY_BYTES = 1 + _ENTRY.size
_SUPERVISED, _WORD = 3, 0
_END_OF_SENTENCE = b"</s>"
_FIRST_HASH, _PRIME, _BITS = 2166136261, 16777619, 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True)
class Subwords:
    """The character n-grams of words, as rows of a table.

    Args:
        shortest, longest: How many characters they have.
        buckets: How many rows they share.
        num_words: The row of the first bucket.
    """

    shortest: int
    longest: int
    buckets: int
    num_words: int

    def rows(self, word: bytes) -> list[int]:
        """Returns the rows of a word's n-grams, which `<` and `>` enclose."""
        if word == _END_OF_SENTENCE or not self.buckets or self.longest < 1:
            return []
        text, found = b"<" + word + b">", []
        starts = [place for place, byte in enumerate(text) if byte & 0xC0 != 0x80]
        ends = [*starts[1:], len(text)]
        for first, start in enumerate(starts):
            number, place = _FIRST_HASH, start
            for last in range(first, min(first + self.longest, len(ends))):
                for byte in text[place : ends[last]]:
                    signed = byte | 0xFFFFFF00 if byte & 0x80 else byte
                    number = ((number ^ signed) * _PRIME) & _BITS
                place, size = ends[last], last - first + 1
                is_edge = size == 1 and (first == 0 or last == len(ends) - 1)
                if size >= self.shortest and not is_edge:
                    found.append(self.num_words + number % self.buckets)
        return found


def is_fasttext_binary(head: bytes) -> bool:
    """Returns whether a file begins with fastText's number."""
    return head.startswith(MAGIC)


def read_fasttext_binary(
    file: VectorFile, gathered: Gathered, kind: str
) -> WordVectors:
    """Returns the vectors of wanted words, as `fasttext`'s `get_word_vector`.

    Raises:
        ValueError: When the file is quantized, of another version, or not whole.
    """
    reader = _Reader(file.stream, file.require_plain())
    (version,) = reader.unpack(_VERSION)
    if version not in VERSIONS:
        raise ValueError(f"its version is {version}, not {VERSIONS}")
    dim, *_, model, buckets, shortest, longest, _, _ = reader.unpack(_OPTIONS)
    if version == 11 and model == _SUPERVISED:
        longest = 0  # which it did not say then
    num_entries, num_words, _, _, pruned = reader.unpack(_SIZES)
    if not 0 <= num_words <= num_entries or dim < 1 or buckets < 0:
        raise ValueError("its sizes are damaged")
    reader.require(num_entries * _LEAST_ENTRY_BYTES, f"{num_entries:,} words")
    wanted = {
        word: row
        for row, word in enumerate(reader.entries(num_entries, num_words))
        if gathered.wants(word)
    }
    table = _table(file, reader, dim, pruned, num_words + buckets)
    subwords = Subwords(
        shortest=shortest, longest=longest, buckets=buckets, num_words=num_words
    )
    for word, row in wanted.items():
        vector = _mean(table, [row, *subwords.rows(word)])
        gathered.keep(word, vector, f"word {row + 1:,}")
    for word in gathered.unmet():
        if rows := subwords.rows(word):
            gathered.keep_spelled(word, _mean(table, rows), "a word of n-grams")
    return gathered.vectors(file.path, kind, dim)


def _table(
    file: VectorFile, reader: "_Reader", dim: int, pruned: int, num_rows: int
) -> np.ndarray:
    """Returns the table of all vectors, on the disk: float32 `(rows, dim)`."""
    quantized, rows, columns = reader.unpack(_SHAPE)
    if quantized or pruned >= 0:
        raise ValueError("it is quantized (.ftz); take the model before that (.bin)")
    if (rows, columns) != (num_rows, dim):
        raise ValueError(
            f"its table is {rows:,} x {columns:,}, not {num_rows:,} x {dim:,}"
        )
    reader.require(4 * rows * columns, f"a table of {rows:,} x {columns:,}")
    start = reader.place
    return np.memmap(file.path, "<f4", "r", start, (rows, columns))


def _mean(table: np.ndarray, rows: list[int]) -> np.ndarray:
    return np.asarray(table[rows].mean(axis=0), np.float32)


class _Reader:
    """Takes a file apart, in which nothing is read that is not there.

    Args:
        stream: The file, at its beginning.
        num_bytes: How many it has.
    """

    def __init__(self, stream: BinaryIO, num_bytes: int) -> None:
        self._stream, self._num_bytes = stream, num_bytes
        self._buffer, self._at = b"", 0

    @property
    def place(self) -> int:
        """Where the next byte is in the file."""
        return self._stream.tell() - len(self._buffer) + self._at

    def require(self, num_bytes: int, what: str) -> None:
        """Raises a ValueError where the file is too short for what follows."""
        left = self._num_bytes - self.place
        if left < num_bytes:
            raise ValueError(
                f"{what} need {num_bytes:,} bytes or more, and {left:,} follow"
            )

    def unpack(self, form: struct.Struct) -> tuple[Any, ...]:
        """Returns the next values."""
        while len(self._buffer) < self._at + form.size:
            if not self._fill():
                raise ValueError("it ends before its table of vectors")
        values = form.unpack_from(self._buffer, self._at)
        self._at += form.size
        return values

    def entries(self, num_entries: int, num_words: int) -> Iterator[bytes]:
        """Yields the words of the dictionary, which stand before its labels."""
        for number in range(num_entries):
            end = self._buffer.find(b"\0", self._at)
            while end < 0:
                if len(self._buffer) - self._at > MAX_WORD_BYTES or not self._fill():
                    raise ValueError(f"nothing ends word {number + 1:,}")
                end = self._buffer.find(b"\0", self._at)
            word, self._at = self._buffer[self._at : end], end + 1
            _, kind = self.unpack(_ENTRY)
            if (kind == _WORD) != (number < num_words):
                raise ValueError(f"word {number + 1:,} is damaged")
            if number < num_words:
                yield word

    def _fill(self) -> bool:
        more = self._stream.read(CHUNK_BYTES)
        self._buffer, self._at = self._buffer[self._at :] + more, 0
        return bool(more)
