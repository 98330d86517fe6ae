"""Where in a text the characters and tokens made of it come from."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates


@dataclass(frozen=True, eq=False)
class Traced:
    """A text, and which characters of another one each of its characters came from.

    Args:
        text: The text.
        starts: int64 `(characters,)`, where in the other text.
        ends: int64 `(characters,)`, where that ends.
    """

    text: str
    starts: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, text: str) -> "Traced":
        """Returns a text that comes from itself."""
        places = np.arange(len(text))
        return cls(text, places, places + 1)

    def remade(self, pieces: Iterable[tuple[int, str]]) -> "Traced":
        """Returns what pieces of this text become.

        Args:
            pieces: How many characters of it, one after another, and what they become.
        """
        texts, starts, ends, place = [], [], [], 0
        for length, text in pieces:
            if text:
                texts.append(text)
                starts += [self.starts[place]] * len(text)
                ends += [self.ends[place + length - 1]] * len(text)
            place += length
        whole = np.array(starts, np.int64), np.array(ends, np.int64)
        return Traced("".join(texts), *whole)

    def spans(self, inner: Sequence[tuple[int, int]]) -> np.ndarray:
        """Returns where spans of this text are in the other, int64 `(spans, 2)`.

        White space at their ends is left out, unless there is nothing else.
        """
        found = np.zeros((len(inner), 2), np.int64)
        for row, (start, end) in enumerate(inner):
            body = self.text[start:end]
            if bare := body.strip():
                start += len(body) - len(body.lstrip())
                end = start + len(bare)
            if start < end:
                found[row] = self.starts[start], self.ends[end - 1]
            elif row:
                found[row] = found[row - 1, 1]
        return found


def whole_characters(traced: Traced) -> Traced:
    """Returns a text whose surrogates are joined, see `without_surrogates`."""
    return traced.remade(_with_pairs(traced.text))


def lowered(traced: Traced) -> Traced:
    """Returns a text in lower case."""
    lower = traced.text.lower()
    if len(lower) == len(traced.text):
        return Traced(lower, traced.starts, traced.ends)
    # Which form a letter gets may depend on its neighbours, how long it is does not.
    lengths = [len(character.lower()) for character in traced.text]
    ends = np.cumsum(lengths).tolist()
    pieces = [
        (1, lower[end - length : end])
        for length, end in zip(lengths, ends, strict=True)
    ]
    return traced.remade(pieces)


def composed(traced: Traced) -> Traced:
    """Returns a text in normal form C."""
    if unicodedata.is_normalized("NFC", traced.text):
        return traced
    return traced.remade(
        (len(piece), unicodedata.normalize("NFC", piece))
        for piece in _apart(traced.text)
    )


def word_spans(traced: Traced, words: Iterable[str]) -> np.ndarray:
    """Returns where words are, int64 `(words, 2)`.

    Args:
        traced: What was cut into words.
        words: All of them, in order; between them is white space alone.
    """
    inner, place = [], 0
    for word in words:
        start = traced.text.index(word, place)
        place = start + len(word)
        inner.append((start, place))
    return traced.spans(inner)


def library_spans(rust: Any, text: str) -> np.ndarray:
    """Returns where the tokens of a text are, int64 `(tokens, 2)`.

    Args:
        rust: A tokenizer of the library `tokenizers`.
        text: The text.
    """
    traced = Traced.of(text)
    if without_surrogates(text) != text:
        traced = whole_characters(traced)
    (encoding,) = rust.encode_batch([traced.text], add_special_tokens=False)
    return traced.spans(encoding.offsets)


def _with_pairs(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    while place < len(text):
        two = text[place : place + 2]
        is_pair = "\ud800" <= two[0] < "\udc00" <= two[-1] <= "\udfff"
        piece = two if is_pair else two[0]
        yield len(piece), without_surrogates(piece)
        place += len(piece)


def _apart(text: str) -> Iterator[str]:
    """Yields pieces that do not change each other in normal form C."""
    normal, start = unicodedata.normalize, 0
    for place in range(1, len(text)):
        before, after = text[start:place], text[place]
        if unicodedata.combining(after) or normal("NFC", before + after) != normal(
            "NFC", before
        ) + normal("NFC", after):
            continue
        yield before
        start = place
    if text:
        yield text[start:]
