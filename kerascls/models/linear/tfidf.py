"""Texts as TF-IDF weights of their n-grams, as scikit-learn's `TfidfVectorizer` has it.

    weight = (1 + ln(times in the text)) * (1 + ln((1 + texts) / (1 + texts with it)))

and then the weights of a text are divided by their Euclidean length. In training and
prediction this is numpy alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from kerascls.data.ragged import offsets_of
from kerascls.models.linear.config import MAX_FEATURES
from kerascls.models.linear.ngrams import ANALYZERS, Analyzer, Counts, count_ngrams

MIN_TEXTS = 2
# In few texts hardly an n-gram is there twice.
FEW_TEXTS = 100


@dataclass(frozen=True, eq=False)
class SparseRows:
    """A matrix of mostly zeros, row by row.

    Args:
        offsets: int64 `(rows + 1,)`, where each row starts.
        columns: int64 `(entries,)`.
        values: float64 `(entries,)`.
    """

    offsets: np.ndarray
    columns: np.ndarray
    values: np.ndarray

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

    def weigh(
        self, counts: Counts, columns: np.ndarray, known: np.ndarray
    ) -> SparseRows:
        """Returns weights of counted n-grams, of those that are known."""
        rows = np.repeat(np.arange(len(counts.lengths)), counts.lengths)[known]
        columns = columns[known]
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
    reader = ANALYZERS[analyzer]()
    counted = list(count_ngrams(reader, texts))
    lengths = np.concatenate([[], *(some.lengths for some in counted)]).astype(np.int64)
    empty = np.empty(0, np.int64)
    counts = Counts(
        lengths,
        np.concatenate([empty, *(some.keys for some in counted)]),
        np.concatenate([empty, *(some.times for some in counted)]),
    )
    del counted
    keys, texts_with = np.unique(counts.keys, return_counts=True)
    frequent = texts_with >= min_texts
    keys, texts_with = keys[frequent], texts_with[frequent]
    columns, known = _found(keys, counts.keys)
    if len(keys) > max_features:
        times = np.bincount(columns[known], counts.times[known], minlength=len(keys))
        most = np.sort(np.argsort(-times, kind="stable")[:max_features])
        keys, texts_with = keys[most], texts_with[most]
        columns, known = _found(keys, counts.keys)
    ngrams = reader.ngrams(keys)
    order = np.array(sorted(range(len(ngrams)), key=ngrams.__getitem__), np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    idf = np.log((1 + len(texts)) / (1 + texts_with[order])) + 1
    tfidf = Tfidf(analyzer, [ngrams[index] for index in order], idf)
    return tfidf, tfidf.weigh(counts, place[columns], known)


def _found(keys: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    columns = np.searchsorted(keys, wanted)
    columns[columns == len(keys)] = 0
    return columns, keys[columns] == wanted
