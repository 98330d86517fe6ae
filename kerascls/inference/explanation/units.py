"""The parts of a row's texts that are attributed to: spans, none within another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kerascls.preprocessing.tokenizers.alignment import word_spans
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.tokenizers.word_splitting import auto_words, traced


@dataclass(frozen=True, eq=False)
class Units:
    """Spans of a row's texts, in order and without a character in common.

    Args:
        fields: int64 `(units,)`, the text that each is in.
        spans: int64 `(units, 2)`, its first character there and the one behind it.
        of_part: int64 `(parts,)`, the unit that each part of the row belongs to, in
            the order of the parts: tokens, words or n-grams' symbols.
    """

    fields: np.ndarray
    spans: np.ndarray
    of_part: np.ndarray

    def __len__(self) -> int:
        return len(self.fields)

    def only(self, kept: np.ndarray) -> "Units":
        """Returns those units, bool `(units,)`, to which no parts are known."""
        return Units(self.fields[kept], self.spans[kept], np.zeros(0, np.int64))

    def stretches(self, chosen: np.ndarray) -> "Units":
        """Returns units, bool `(units,)`, with those behind each other as one."""
        new = chosen.copy()
        new[1:] &= ~chosen[:-1] | (self.fields[1:] != self.fields[:-1])
        last = chosen.copy()
        last[:-1] &= ~chosen[1:] | (self.fields[1:] != self.fields[:-1])
        spans = np.stack([self.spans[new, 0], self.spans[last, 1]], axis=1)
        return Units(self.fields[new], spans, np.zeros(0, np.int64))

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Returns the sum over the parts of each unit, `(units, ...)`.

        Args:
            values: float `(parts, ...)`.
        """
        total = np.zeros((len(self), *values.shape[1:]), values.dtype)
        np.add.at(total, self.of_part, values)
        return total

    def hidden(self, texts: Sequence[str], chosen: np.ndarray) -> np.ndarray:
        """Returns which characters units have, bool `(variants, characters)`.

        Args:
            texts: The texts, whose characters follow each other.
            chosen: bool `(variants, units)`, which units.
        """
        starts = self.spans + _offsets(texts)[self.fields][:, None]
        hidden = np.zeros((len(chosen), sum(map(len, texts))), bool)
        for unit, (start, end) in enumerate(starts.tolist()):
            hidden[:, start:end] |= chosen[:, unit, None]
        return hidden

    def touched(self, texts: Sequence[str], hidden: np.ndarray) -> np.ndarray:
        """Returns which units have a hidden character, bool `(variants, units)`.

        Args:
            texts: The texts.
            hidden: bool `(variants, characters)`.
        """
        before = np.zeros((len(hidden), hidden.shape[1] + 1), np.int64)
        np.cumsum(hidden, axis=1, out=before[:, 1:])
        starts, ends = (self.spans + _offsets(texts)[self.fields][:, None]).T
        return before[:, ends] > before[:, starts]


def token_units(texts: Sequence[str], tokenizer: TextTokenizer) -> Units:
    """Returns the units of tokens: each, or those that share a character."""
    return units_of([tokenizer.spans(text) for text in texts], texts)


def word_units(texts: Sequence[str]) -> Units:
    """Returns words as units: ideographs and marks alone, others whole."""
    words = [word_spans(traced(text), auto_words(text)) for text in texts]
    return units_of(words, texts)


def symbol_units(texts: Sequence[str], spans: np.ndarray) -> Units:
    """Returns the units of a linear model's symbols.

    Args:
        texts: The texts.
        spans: int64 `(symbols, 2)`, where they are in the texts joined by blanks. The
            joint itself counts to the text before it.
    """
    starts = _offsets(texts) + np.arange(len(texts))  # one blank before each
    fields = np.searchsorted(starts, spans[:, 0], side="right") - 1
    lengths = np.array(list(map(len, texts)))[fields]
    inside = np.minimum(spans - starts[fields][:, None], lengths[:, None])
    return units_of([inside[fields == field] for field in range(len(texts))], texts)


def units_of(spans: Iterable[np.ndarray], texts: Sequence[str]) -> Units:
    """Returns the units of parts, of which some may share characters or have none.

    A part without a visible character of its own, as a mark before a word, belongs to
    the part behind it, the last ones to the one before.

    Args:
        spans: Of each text, int64 `(parts, 2)`.
        texts: The texts.
    """
    fields: list[int] = []
    merged: list[list[int]] = []
    of_part: list[int] = []
    for field, (rows, text) in enumerate(zip(spans, texts, strict=True)):
        of_text, owners = _merged(rows.tolist(), text)
        of_part += [len(merged) + owner for owner in owners]
        merged += of_text
        fields += [field] * len(of_text)
    return Units(
        np.array(fields, np.int64),
        np.array(merged, np.int64).reshape(-1, 2),
        np.array(of_part, np.int64),
    )


def _merged(rows: list[list[int]], text: str) -> tuple[list[list[int]], list[int]]:
    """Returns the units of one text, and the unit of each part."""
    merged: list[list[int]] = []
    owners: list[int] = []
    for start, end in rows:
        if not text[start:end].strip():
            owners.append(len(merged))  # the one to come
            continue
        while merged and start < merged[-1][1]:
            low, high = merged.pop()
            start, end = min(start, low), max(end, high)
            back = len(owners)
            while back and owners[back - 1] > len(merged):
                back -= 1
            owners[back:] = [len(merged)] * (len(owners) - back)
        owners.append(len(merged))
        merged.append([start, end])
    if rows and not merged:
        merged.append([0, len(text)])
    return merged, [min(owner, len(merged) - 1) for owner in owners]


def _offsets(texts: Sequence[str]) -> np.ndarray:
    lengths = np.array(list(map(len, texts)), np.int64)
    return np.cumsum(lengths) - lengths
