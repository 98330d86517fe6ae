"""What is kept of a file of word vectors while it is read."""

import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

LOOKED_AT_WORDS, SHOWN_WORDS = 1000, 5


class CurableError(ValueError):
    """What is wrong with a file, where more is known to do than to copy it again.

    Args:
        fault: What is wrong.
        cure: What to do.
    """

    def __init__(self, fault: str, cure: str) -> None:
        super().__init__(fault)
        self.cure = cure


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorFile:
    """A file to read.

    Args:
        path: Where it is.
        stream: It, unpacked and at its beginning.
        head: Its first bytes, unpacked.
        num_bytes: How many it has; None where it is compressed.
    """

    path: Path
    stream: BinaryIO
    head: bytes
    num_bytes: int | None

    def require_plain(self) -> int:
        """Returns how many bytes it has.

        Raises:
            ValueError: When it is compressed.
        """
        if self.num_bytes is None:
            raise ValueError("it is compressed, and must be unpacked for this kind")
        return self.num_bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class WordVectors:
    """Vectors of those of some words that a file knows.

    Args:
        source: The file.
        kind: What kind of file it is.
        num_words: How many words it has.
        first_words: The first of them, for messages.
        words: The wanted words that were found.
        rows: float32 `(words, dim)`; their vectors.
        spelled: Those of `words` that are not in the file; fastText makes their
            vectors of character n-grams.
    """

    source: str
    kind: str
    num_words: int
    first_words: tuple[str, ...]
    words: tuple[str, ...]
    rows: np.ndarray
    spelled: frozenset[str] = frozenset()

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self.rows.shape[1])


class Gathered:
    """Keeps the rows of wanted words.

    Args:
        wanted: The words.

    Attributes:
        num_words: How many words of the file were looked at.
        words_file: The text in which the words stand; None where that is no text, or
            is compressed.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = {word.encode(): word for word in wanted}
        self._rows: dict[bytes, np.ndarray] = {}
        self._first: list[bytes] = []
        self._spelled: set[str] = set()
        self.num_words = 0
        self.words_file: Path | None = None

    def wants(self, word: bytes) -> bool:
        """Returns whether the next word of the file is wanted.

        Raises:
            ValueError: When the first words show that the file is not in UTF-8.
        """
        self.num_words += 1
        if self.num_words <= LOOKED_AT_WORDS:
            self._first.append(word)
        if self.num_words == LOOKED_AT_WORDS:
            self._check_encoding()
        return word in self._wanted

    def keep(self, word: bytes, row: np.ndarray, place: str) -> None:
        """Keeps a row, float32 `(dim,)`.

        Raises:
            ValueError: When it is not finite, or the word had another one before.
        """
        if not np.isfinite(row).all():
            raise ValueError(
                f"{place}, {_shown(word)!r}, has values that are not finite"
            )
        before = self._rows.setdefault(word, row)
        if before is not row and not np.array_equal(before, row):
            raise ValueError(
                f"{place}, {_shown(word)!r}, was there with another vector"
            )

    def unmet(self) -> list[bytes]:
        """Returns the wanted words that have no row so far."""
        return [word for word in self._wanted if word not in self._rows]

    def keep_spelled(self, word: bytes, row: np.ndarray, place: str) -> None:
        """Keeps a row of a word that is not in the file; see `keep`."""
        self._spelled.add(self._wanted[word])
        self.keep(word, row, place)

    def vectors(self, path: Path, kind: str, dim: int) -> WordVectors:
        """Returns all that was kept.

        Raises:
            ValueError: When the words show that the file is not in UTF-8.
        """
        self._check_encoding()
        rows = [*self._rows.values()]
        return WordVectors(
            source=str(path),
            kind=kind,
            num_words=self.num_words,
            first_words=tuple(map(_shown, self._first[:SHOWN_WORDS])),
            words=tuple(self._wanted[word] for word in self._rows),
            rows=np.stack(rows) if rows else np.zeros((0, dim), np.float32),
            spelled=frozenset(self._spelled),
        )

    def _check_encoding(self) -> None:
        """Refuses files of which half of the words are no UTF-8; some often are not."""
        foreign = [word for word in self._first if not word.isascii()]
        broken = [word for word in foreign if "\ufffd" in _shown(word)]
        if len(broken) > len(foreign) / 2:
            raise CurableError(
                f"{len(broken)} of the first {len(self._first)} words are not in "
                f"UTF-8, such as {broken[0]!r:.40}",
                self._to_utf8(),
            )

    def _to_utf8(self) -> str:
        if self.words_file is None:
            return (
                "Give one with its words in UTF-8; text is unpacked first, and "
                "converted from GB18030 (or GBK) with `iconv -f GB18030 -t UTF-8`."
            )
        old, new = (
            shlex.quote(f"{self.words_file}{ending}") for ending in ("", ".utf8")
        )
        return (
            f"Convert it to UTF-8, from GB18030 (or GBK) with `iconv -f GB18030 -t "
            f"UTF-8 {old} > {new}`, and use that in its place."
        )


def _shown(word: bytes) -> str:
    return word.decode("utf-8", "replace")
