"""Texts as TF-IDF weights of their n-grams, as scikit-learn's `TfidfVectorizer` has it.

    weight = (1 + ln(times in the text)) * (1 + ln((1 + texts) / (1 + texts with it)))

and then the weights of a text are divided by their Euclidean length. In training and
prediction this is numpy alone.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from kerascls.data.ragged import offsets_of
from kerascls.models.linear.config import MAX_FEATURES
from kerascls.models.linear.ngrams import (
    ANALYZERS,
    Analyzer,
    Counts,
    count_ngrams,
    ngrams_in,
)

MIN_TEXTS = 2
# In few texts hardly an n-gram is there twice.
FEW_TEXTS = 100
# Keys that are counted together at least: sorting them is what takes time.
MIN_MERGED = 2**22


@dataclass(frozen=True, eq=False)
class SparseRows:
    """A matrix of mostly zeros, row by row.

    Args:
        offsets: int64 `(rows + 1,)`, where each row starts.
        columns: int32 `(entries,)`.
        values: float64 `(entries,)`.
    """

    offsets: np.ndarray
    columns: np.ndarray
    values: np.ndarray

    @classmethod
    def joined(cls, several: Sequence["SparseRows"]) -> "SparseRows":
        """Returns the rows of several one after another."""
        lengths = [np.diff(one.offsets) for one in several]
        return cls(
            offsets_of(np.concatenate([np.empty(0, np.int64), *lengths])),
            np.concatenate([np.empty(0, np.int32), *(x.columns for x in several)]),
            np.concatenate([np.empty(0), *(x.values for x in several)]),
        )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def dot(self, weights: np.ndarray) -> np.ndarray:
        """Returns the product with float32 `(columns, classes)`."""
        product = np.zeros((len(self), weights.shape[1]), np.float32)
        values = self.values.astype(np.float32)
        spans = pairwise(self.offsets.tolist())
        for (start, end), row in zip(spans, product, strict=True):
            chosen = weights.take(self.columns[start:end], axis=0)
            np.dot(values[start:end], chosen, out=row)
        return product


@dataclass(frozen=True, eq=False)
class Tfidf:
    """What of a text counts, and how much.

    Args:
        analyzer: `"char"` or `"word"`, of `ANALYZERS`.
        ngrams: Those with a column, sorted.
        idf: float64 `(ngrams,)`, the larger the fewer texts have it.
    """

    analyzer: str
    ngrams: Sequence[str]
    idf: np.ndarray

    @cached_property
    def _known(self) -> tuple[Analyzer, np.ndarray]:
        analyzer = ANALYZERS[self.analyzer].of(self.ngrams)
        return analyzer, analyzer.keys(self.ngrams)

    @property
    def keys(self) -> np.ndarray:
        """The keys of the n-grams, int64, ascending."""
        return self._known[1]

    def transform(self, texts: Sequence[str]) -> Iterator[SparseRows]:
        """Yields the weights of texts, some rows at a time."""
        analyzer, keys = self._known
        for counts in count_ngrams(analyzer, texts):
            columns = np.searchsorted(keys, counts.keys)
            columns[columns == len(keys)] = 0
            yield self.weigh(counts, columns, keys[columns] == counts.keys)

    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text its symbols are, int64 `(symbols, 2)`."""
        return self._known[0].spans(text)

    def places(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns each occurrence of a known n-gram in a text.

        Returns:
            int64 `(occurrences,)`, its column; int64 `(occurrences,)`, how often it
            occurs; int64 `(occurrences, 2)`, its first and last symbol.
        """
        analyzer, keys = self._known
        occurring, members = ngrams_in(analyzer.symbols([text])[0])
        columns, known = _found(keys, occurring)
        columns, members = columns[known], members[known]
        _, place, times = np.unique(columns, return_inverse=True, return_counts=True)
        return columns, times[place], members

    def weigh(
        self, counts: Counts, columns: np.ndarray, known: np.ndarray
    ) -> SparseRows:
        """Returns weights of counted n-grams, of those that are known."""
        rows = np.repeat(np.arange(len(counts.lengths)), counts.lengths)[known]
        columns = columns[known].astype(np.int32)
        values = (1 + np.log(counts.times[known])) * self.idf[columns]
        num_rows = len(counts.lengths)
        squares = np.bincount(rows, values**2, minlength=num_rows)
        values /= np.sqrt(squares)[rows]
        lengths = np.bincount(rows, minlength=num_rows)
        return SparseRows(offsets_of(lengths), columns, values)


def learn_tfidf(
    texts: Sequence[str],
    analyzer: str,
    min_texts: int = MIN_TEXTS,
    max_features: int = MAX_FEATURES,
) -> tuple[Tfidf, SparseRows]:
    """Chooses n-grams by how many texts have them; returns the weights of these texts.

    Args:
        texts: The texts to learn from.
        analyzer: `"char"` or `"word"`.
        min_texts: Texts that must have an n-gram.
        max_features: Most n-grams: those that occur most often.
    """
    reader, tally = ANALYZERS[analyzer](), _Tally()
    counted: deque[Counts] = deque()
    for counts in count_ngrams(reader, texts):
        tally.add(counts)
        counted.append(replace(counts, times=counts.times.astype(np.uint32)))
    keys, texts_with = tally.most_frequent(min_texts, max_features)
    ngrams = reader.ngrams(keys)
    order = np.array(sorted(range(len(ngrams)), key=ngrams.__getitem__), np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    idf = np.log((1 + len(texts)) / (1 + texts_with[order])) + 1
    tfidf = Tfidf(analyzer, [ngrams[index] for index in order], idf)
    return tfidf, _weighed(tfidf, counted, keys, place)


class _Tally:
    """How many texts have each key, and how often it is in all of them."""

    def __init__(self) -> None:
        # (different keys,) each
        self._keys, self._texts, self._times = (np.empty(0, np.int64) for _ in range(3))
        self._waiting: list[Counts] = []
        self._num_waiting = 0

    def add(self, counts: Counts) -> None:
        """Counts the keys of some texts."""
        self._waiting.append(counts)
        self._num_waiting += len(counts.keys)
        if self._num_waiting > max(MIN_MERGED, len(self._keys)):
            self._merge()

    def most_frequent(
        self, min_texts: int, max_keys: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns keys that so many texts have, ascending, and how many have them.

        Of more than `max_keys` those that occur most often.
        """
        self._merge()
        kept = np.flatnonzero(self._texts >= min_texts)
        if len(kept) > max_keys:
            most = np.argsort(-self._times[kept], kind="stable")[:max_keys]
            kept = np.sort(kept[most])
        return self._keys[kept], self._texts[kept]

    def _merge(self) -> None:
        some = self._waiting
        keys = np.concatenate([self._keys, *(one.keys for one in some)])
        times = np.concatenate([self._times, *(one.times for one in some)])
        texts = np.concatenate([self._texts, np.ones(self._num_waiting, np.int64)])
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        first = np.ones(len(keys), np.bool_)
        first[1:] = keys[1:] != keys[:-1]
        (starts,) = first.nonzero()
        self._keys = keys[starts]
        if len(starts):
            self._texts = np.add.reduceat(texts[order], starts)
            self._times = np.add.reduceat(times[order], starts)
        self._waiting, self._num_waiting = [], 0


def _found(keys: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    columns = np.searchsorted(keys, wanted)
    columns[columns == len(keys)] = 0
    return columns, keys[columns] == wanted


def _weighed(
    tfidf: Tfidf, counted: deque[Counts], keys: np.ndarray, place: np.ndarray
) -> SparseRows:
    """Returns the weights of counted n-grams, which are forgotten on the way.

    Args:
        tfidf: Weighs them.
        counted: Of all texts, some at a time; emptied.
        keys: Those of the n-grams with a column, ascending.
        place: The column of each.
    """
    # No memory is taken before it is written to, so this may be too large.
    most, used = sum(len(counts.keys) for counts in counted), 0
    all_columns, values = np.empty(most, np.int32), np.empty(most)
    lengths = [np.empty(0, np.int64)]
    while counted:
        counts = counted.popleft()
        columns, known = _found(keys, counts.keys)
        some = tfidf.weigh(counts, place[columns] if len(place) else columns, known)
        filled = slice(used, used + len(some.columns))
        all_columns[filled], values[filled] = some.columns, some.values
        used = filled.stop
        lengths.append(np.diff(some.offsets))
    offsets = offsets_of(np.concatenate(lengths))
    return SparseRows(offsets, all_columns[:used], values[:used])
