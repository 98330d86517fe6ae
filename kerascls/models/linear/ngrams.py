"""One and two characters or words in a row, of many texts at once, as numbers.

What scikit-learn's `TfidfVectorizer(ngram_range=(1, 2))` cuts out of texts with
`analyzer="char"` or `"word"`: lower-cased; characters with runs of white space as one
space, or words of two letters, digits and underscores or more.

An n-gram is a key: the number of its first symbol, then the number of the second plus
one, or 0 where there is none. Sorted by key, n-grams are sorted as texts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Protocol, Self

import numpy as np

from kerascls.data.ragged import chunks
from kerascls.preprocessing.tokenizers.alignment import (
    Traced,
    lowered,
    whole_characters,
)
from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates

SYMBOL_BITS = 23
KEY_BITS = 2 * SYMBOL_BITS
_SECOND, _KEY = 2**SYMBOL_BITS - 1, 2**KEY_BITS - 1
ROWS_AT_ONCE = 2**15  # up to 2 ** (63 - KEY_BITS) have room beside a key
CHARS_AT_ONCE = 2**19
# Has the form of a symbol and is none.
UNKNOWN = 2**SYMBOL_BITS - 2
_RUNS = re.compile(r"\s+|\S")  # what is one symbol
_IS_SPACE = np.array([chr(code).isspace() for code in range(0x3002)])

# Symbols one after another, and the row that each is in: int64 `(symbols,)` both.
Symbols = tuple[np.ndarray, np.ndarray]


class Analyzer(Protocol):
    """Turns texts into symbols, and n-grams into keys and back."""

    @classmethod
    def of(cls, ngrams: Sequence[str]) -> Self:
        """Returns one that knows the symbols of n-grams, numbered in their order."""

    def symbols(self, texts: Sequence[str]) -> Symbols:
        """Returns what texts consist of."""

    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text its symbols are, int64 `(symbols, 2)`."""

    def keys(self, ngrams: Sequence[str]) -> np.ndarray:
        """Returns the keys of n-grams, int64 `(ngrams,)`."""

    def ngrams(self, keys: np.ndarray) -> list[str]:
        """Returns the n-grams of keys."""


class Characters:
    """Texts as characters; the number of one is its code point."""

    @classmethod
    def of(cls, ngrams: Sequence[str]) -> Self:
        """Returns an analyzer; all characters are known."""
        return cls()

    def symbols(self, texts: Sequence[str]) -> Symbols:
        """Returns the characters of lower-cased texts."""
        codes, rows = _code_points([text.lower() for text in texts])
        space = _IS_SPACE[np.minimum(codes, len(_IS_SPACE) - 1)]
        again = np.zeros(len(codes) + 1, np.bool_)  # white space behind white space
        again[1:-1] = space[1:] & space[:-1] & (rows[1:] == rows[:-1])
        codes[again[1:]] = ord(" ")
        kept = ~again[:-1]
        return codes[kept], rows[kept]

    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text its symbols are, see `Analyzer`."""
        traced = whole_characters(lowered(Traced.of(text)))
        runs = _RUNS.findall(traced.text)
        kept = traced.remade((len(run), run[0]) for run in runs)
        return np.stack([kept.starts, kept.ends], axis=1)

    def keys(self, ngrams: Sequence[str]) -> np.ndarray:
        """Returns the keys of n-grams, see `Analyzer`."""
        codes, rows = _code_points(ngrams)
        lengths = np.bincount(rows, minlength=len(ngrams))
        first = np.cumsum(lengths) - lengths
        second = np.zeros(len(ngrams), np.int64)
        second[lengths == 2] = codes[first[lengths == 2] + 1] + 1
        return (codes[first] << SYMBOL_BITS) | second

    def ngrams(self, keys: np.ndarray) -> list[str]:
        """Returns the n-grams of keys, see `Analyzer`."""
        return [
            chr(key >> SYMBOL_BITS) + (chr(second - 1) if second else "")
            for key in keys.tolist()
            for second in (key & _SECOND,)
        ]


class Words:
    """Texts as words of two characters or more.

    Args:
        numbers: The number of each word; what it gives for others must not fail.
    """

    def __init__(self, numbers: dict[str, int] | None = None) -> None:
        self._numbers = _Growing() if numbers is None else numbers

    @classmethod
    def of(cls, ngrams: Sequence[str]) -> Self:
        """Returns one to which words that no n-gram has are unknown."""
        words = sorted({word for ngram in ngrams for word in ngram.split(" ")})
        return cls(_Closed(zip(words, count(), strict=False)))

    def symbols(self, texts: Sequence[str]) -> Symbols:
        """Returns the words of lower-cased texts."""
        codes, rows = _code_points([f"{text.lower()} " for text in texts])
        in_word = _in_word(codes)
        edges = np.diff(in_word, prepend=False, append=False).nonzero()[0]
        starts, ends = edges[::2], edges[1::2]
        alone = ends - starts == 1
        in_word[starts[alone]] = False
        codes[~in_word] = ord(" ")
        words = codes.astype("<u4").tobytes().decode("utf-32-le").split()
        numbers = map(self._numbers.__getitem__, words)
        symbols = np.fromiter(numbers, np.int64, len(words))
        return symbols, rows[starts[~alone]]

    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text its symbols are, see `Analyzer`."""
        traced = whole_characters(lowered(Traced.of(text)))
        in_word = _in_word(_code_points([traced.text])[0])
        edges = np.diff(in_word, prepend=False, append=False).nonzero()[0]
        words = edges.reshape(-1, 2)
        return traced.spans(words[words[:, 1] - words[:, 0] > 1].tolist())

    def keys(self, ngrams: Sequence[str]) -> np.ndarray:
        """Returns the keys of n-grams, see `Analyzer`; a space joins two words."""
        number, keys = self._numbers.__getitem__, []
        for ngram in ngrams:
            first, space, second = ngram.partition(" ")
            keys.append(
                number(first) << SYMBOL_BITS | (number(second) + 1 if space else 0)
            )
        return np.array(keys, np.int64)

    def ngrams(self, keys: np.ndarray) -> list[str]:
        """Returns the n-grams of keys, see `Analyzer`."""
        words = list(self._numbers)
        return [
            words[key >> SYMBOL_BITS] + (f" {words[second - 1]}" if second else "")
            for key in keys.tolist()
            for second in (key & _SECOND,)
        ]


class _Growing(dict[str, int]):
    """Numbers words as they come, as many as have room in a key."""

    def __missing__(self, word: str) -> int:
        if len(self) >= UNKNOWN:
            return UNKNOWN
        self[word] = number = len(self)
        return number


class _Closed(dict[str, int]):
    def __missing__(self, word: str) -> int:
        return UNKNOWN


ANALYZERS: dict[str, type[Characters] | type[Words]] = {
    "char": Characters,
    "word": Words,
}


@dataclass(frozen=True, eq=False)
class Counts:
    """How often rows have which keys.

    Args:
        lengths: int64 `(rows,)`, how many keys each row has.
        keys: int64 `(all keys,)`, those of a row ascending, none twice.
        times: int64 `(all keys,)`.
    """

    lengths: np.ndarray
    keys: np.ndarray
    times: np.ndarray


def count_ngrams(analyzer: Analyzer, texts: Sequence[str]) -> Iterator[Counts]:
    """Yields the n-grams of texts, some rows at a time."""
    for start in range(0, len(texts), ROWS_AT_ONCE):
        rows = texts[start : start + ROWS_AT_ONCE]
        for some in chunks(rows, CHARS_AT_ONCE):
            yield _counted(*analyzer.symbols(rows[some]), len(rows[some]))


def ngrams_in(symbols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the n-grams of one text, one after another.

    Args:
        symbols: int64 `(symbols,)`, those of the text.

    Returns:
        Their keys, int64 `(ngrams,)`, and the first and last symbol of each, int64
        `(ngrams, 2)`.
    """
    single, first = symbols << SYMBOL_BITS, np.arange(len(symbols))
    keys = np.concatenate([single, single[:-1] | (symbols[1:] + 1)])
    ends = np.concatenate([first, first[1:]])
    return keys, np.stack([np.concatenate([first, first[:-1]]), ends], axis=1)


def _counted(symbols: np.ndarray, rows: np.ndarray, num_rows: int) -> Counts:
    # Row and key fit into one number, so one sort brings equal n-grams together.
    single = (rows << KEY_BITS) | (symbols << SYMBOL_BITS)
    pairs = (single[:-1] | (symbols[1:] + 1))[rows[1:] == rows[:-1]]
    found = np.concatenate([single, pairs])
    found.sort()
    first = np.ones(len(found), np.bool_)
    first[1:] = found[1:] != found[:-1]
    (starts,) = first.nonzero()
    keys = found[starts]
    return Counts(
        lengths=np.bincount(keys >> KEY_BITS, minlength=num_rows),
        keys=keys & _KEY,
        times=np.diff(starts, append=len(found)),
    )


def _in_word(codes: np.ndarray) -> np.ndarray:
    """Returns which characters are letters, digits or underscores, bool."""
    table = _word_characters()
    found = table[np.minimum(codes, len(table) - 1)]
    rare = codes >= len(table)
    if rare.any():
        distinct, place = np.unique(codes[rare], return_inverse=True)
        found[rare] = np.array([_is_word(code) for code in distinct])[place]
    return found


@cache
def _word_characters() -> np.ndarray:
    # All of them take a tenth of a second, those of the first plane some milliseconds.
    return np.array([_is_word(code) for code in range(2**16)])


def _is_word(code: int) -> bool:
    return chr(code).isalnum() or code == ord("_")


def _code_points(texts: Sequence[str]) -> Symbols:
    try:
        joined = "".join(texts).encode("utf-32-le")
    except UnicodeEncodeError:  # half a surrogate pair: U+FFFD, as for tokenizers
        texts = [without_surrogates(text) for text in texts]
        joined = "".join(texts).encode("utf-32-le")
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = np.frombuffer(joined, "<u4").astype(np.int64)
    return codes, np.repeat(np.arange(len(texts)), lengths)
