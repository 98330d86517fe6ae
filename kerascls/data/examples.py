"""Labelled rows kept as columns: a million of them are a few long texts and arrays.

A row of Python's own objects takes some 300 bytes beside its characters. Here its texts
are spans of one long text for many rows, and its labels are a number. It becomes
objects when it is asked for, equal to those that went in.
"""

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from itertools import islice
from operator import eq
from typing import Any, TypeVar, overload

import numpy as np

from kerascls.data.ragged import offsets_of
from kerascls.data.readers.example_columns import Example
from kerascls.errors import DataError

ROWS_PER_CHUNK = 1024
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Column(Sequence[T_co]):
    """A sequence that makes its values when they are asked for; a slice is a list."""

    @overload
    def __getitem__(self, index: int) -> T_co: ...

    @overload
    def __getitem__(self, index: slice) -> list[T_co]: ...

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return list(self._some(range(len(self))[index]))
        return self._value(range(len(self))[index])

    def __iter__(self) -> Iterator[T_co]:
        everything = range(len(self))
        for start in range(0, len(self), ROWS_PER_CHUNK):
            yield from self._some(everything[start : start + ROWS_PER_CHUNK])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {len(self)} rows>"

    @abstractmethod
    def _value(self, row: int) -> T_co:
        """Returns one value."""

    def _some(self, rows: range) -> Iterable[T_co]:
        """Returns several; what can faster than one by one overrides it."""
        return map(self._value, rows)


class Picked(Column[T_co]):
    """Some rows of a sequence, in any order.

    Args:
        values: All of them.
        rows: int64 `(rows,)`, which.
    """

    def __init__(self, values: Sequence[T_co], rows: np.ndarray) -> None:
        self._values, self._rows = values, rows

    def __len__(self) -> int:
        return len(self._rows)

    def _value(self, row: int) -> T_co:
        return self._values[int(self._rows[row])]

    def _some(self, rows: range) -> Iterable[T_co]:
        picked = self._rows[_indices(rows)]
        if len(picked) and (np.diff(picked) == 1).all():  # as in a part that is a file
            return self._values[int(picked[0]) : int(picked[-1]) + 1]
        return map(self._values.__getitem__, picked.tolist())


class Joined(Column[str]):
    """The text fields of each row as one text.

    Args:
        texts: The fields.
        between: What stands between two.
    """

    def __init__(self, texts: Sequence[tuple[str, ...]], between: str) -> None:
        self._texts, self._between = texts, between

    def __len__(self) -> int:
        return len(self._texts)

    def _value(self, row: int) -> str:
        return self._between.join(self._texts[row])

    def _some(self, rows: range) -> Iterable[str]:
        if rows.step != 1:
            return map(self._value, rows)
        return map(self._between.join, self._texts[rows.start : rows.stop])


class Texts(Column[tuple[str, ...]]):
    """The text fields of each row.

    Args:
        chunks: The fields of many rows one after another, as one text each.
        firsts: The first row of each chunk, and how many rows there are.
        offsets: Where each field starts in all chunks together, and the end: int64
            `(rows * num_fields + 1,)`.
        num_fields: Text fields of a row.
    """

    def __init__(
        self,
        chunks: Sequence[str],
        firsts: Sequence[int],
        offsets: np.ndarray,
        num_fields: int,
    ) -> None:
        self._chunks, self._firsts, self._offsets = chunks, firsts, offsets
        self.num_fields = num_fields

    @classmethod
    def joined(cls, several: Sequence["Texts"]) -> "Texts":
        """Returns the rows of several one after another; their texts are shared."""
        firsts = [0]
        for one in several:
            firsts += [firsts[-1] + first for first in one._firsts[1:]]
        chunks = [chunk for one in several for chunk in one._chunks]
        lengths = np.concatenate([np.diff(one._offsets) for one in several])
        return cls(chunks, firsts, offsets_of(lengths), several[0].num_fields)

    def __len__(self) -> int:
        return self._firsts[-1]

    def take(self, rows: np.ndarray) -> Picked[tuple[str, ...]]:
        """Returns some rows, int64 numbers, without a copy."""
        return Picked(self, rows)

    def _value(self, row: int) -> tuple[str, ...]:
        number = bisect_right(self._firsts, row) - 1
        return self._in_chunk(number, row, row + 1)[0]

    def _some(self, rows: range) -> Iterable[tuple[str, ...]]:
        if rows.step != 1:
            return map(self._value, rows)
        found: list[tuple[str, ...]] = []
        number = bisect_right(self._firsts, rows.start) - 1
        while rows.start + len(found) < rows.stop:
            start = rows.start + len(found)
            stop = min(rows.stop, self._firsts[number + 1])
            found += self._in_chunk(number, start, stop)
            number += 1
        return found

    def _in_chunk(self, number: int, start: int, stop: int) -> list[tuple[str, ...]]:
        width = self.num_fields
        ends = self._offsets[start * width : stop * width + 1]
        ends = (ends - self._offsets[self._firsts[number] * width]).tolist()
        spans = map(slice, ends[:-1], ends[1:])
        fields = map(self._chunks[number].__getitem__, spans)
        return list(zip(*[fields] * width, strict=True))


class Coded(Column[T_co]):
    """The value of each row, as a number among the different ones that there are.

    Args:
        kinds: Those different ones.
        codes: int32 `(rows,)`, which each row has.
    """

    def __init__(self, kinds: Sequence[T_co], codes: np.ndarray) -> None:
        self._kinds, self._codes = kinds, codes

    def __len__(self) -> int:
        return len(self._codes)

    def _value(self, row: int) -> T_co:
        return self._kinds[self._codes[row]]

    def _some(self, rows: range) -> Iterable[T_co]:
        return map(self._kinds.__getitem__, self._codes[_indices(rows)].tolist())


class Labels(Coded[tuple[str, ...]]):
    """The labels of each row, and where they have some their weights.

    Args:
        kinds: The different rows of labels.
        codes: int32 `(rows,)`, which each row has.
        weights: Of the labels of each kind, in their order; None where none have any.
    """

    def __init__(
        self,
        kinds: Sequence[tuple[str, ...]],
        codes: np.ndarray,
        weights: Sequence[tuple[float, ...]] | None = None,
    ) -> None:
        super().__init__(kinds, codes)
        self._weights = weights

    @classmethod
    def of_pairs(
        cls, pairs: Collection[tuple[tuple[str, ...], tuple[float, ...]]], codes: Any
    ) -> "Labels":
        """Returns labels by kinds with weights, which are empty where there are none.

        Args:
            pairs: The different rows of labels, each with their weights.
            codes: int `(rows,)`, which each row has.
        """
        names, weights = zip(*pairs, strict=True) if pairs else ((), ())
        return cls(
            names, np.asarray(codes, np.int32), weights if any(weights) else None
        )

    @classmethod
    def joined(cls, several: Sequence["Labels"]) -> "Labels":
        """Returns the rows of several one after another."""
        kinds: dict[tuple[tuple[str, ...], tuple[float, ...]], int] = {}
        codes = [np.empty(0, np.int32)]
        for one in several:
            numbers = [kinds.setdefault(pair, len(kinds)) for pair in one._pairs()]
            codes.append(np.array(numbers, np.int32)[one._codes])
        return cls.of_pairs(kinds, np.concatenate(codes))

    @property
    def weights(self) -> Coded[tuple[float, ...]] | None:
        """The weights of each row's labels, in their order; None where none have."""
        return None if self._weights is None else Coded(self._weights, self._codes)

    def take(self, rows: np.ndarray) -> "Labels":
        """Returns some rows."""
        return Labels(self._kinds, self._codes[rows], self._weights)

    def among(self, names: Container[str]) -> "Labels":
        """Returns the rows without labels of other names; weights stay."""
        kept = [
            [place for place, name in enumerate(kind) if name in names]
            for kind in self._kinds
        ]
        weights = self._weights
        if weights is not None:
            weights = _places_of(weights, kept)
        return Labels(_places_of(self._kinds, kept), self._codes, weights)

    def heaviest(self) -> Column[tuple[str, ...]]:
        """Returns the label of the largest weight of each row, the first of equal ones.

        Rows of labels without weights are as they are.
        """
        if self._weights is None:
            return self
        kinds = [
            (names[weights.index(max(weights))],) for names, weights in self._pairs()
        ]
        return Coded(kinds, self._codes)

    def _pairs(self) -> Iterable[tuple[tuple[str, ...], tuple[float, ...]]]:
        weights = self._weights or [()] * len(self._kinds)
        return zip(self._kinds, weights, strict=True)


class Examples(Column[Example]):
    """Labelled rows.

    Args:
        lines: int64 `(rows,)`.
        texts: The text fields of each.
        labels: The labels of each.
    """

    def __init__(self, lines: np.ndarray, texts: Texts, labels: Labels) -> None:
        self.lines, self.texts, self.labels = lines, texts, labels

    @classmethod
    def of(cls, examples: Iterable[Example]) -> "Examples":
        """Returns the columns of rows, which may be read while this goes on.

        Raises:
            DataError: When rows differ in their number of texts.
        """
        rows, chunks, firsts, width = iter(examples), [], [0], 0
        lengths, lines, codes = ([np.empty(0, np.int64)] for _ in range(3))
        kinds: dict[tuple[tuple[str, ...], tuple[float, ...]], int] = {}
        while some := list(islice(rows, ROWS_PER_CHUNK)):
            width = width or len(some[0].texts)
            fields = [text for row in some for text in row.texts]
            _require_width(some, width)
            chunks.append("".join(fields))
            firsts.append(firsts[-1] + len(some))
            lengths.append(np.fromiter(map(len, fields), np.int64, len(fields)))
            lines.append(np.array([row.line for row in some], np.int64))
            of_rows = [
                kinds.setdefault((row.labels, row.weights), len(kinds)) for row in some
            ]
            codes.append(np.array(of_rows, np.int32))
        texts = Texts(chunks, firsts, offsets_of(np.concatenate(lengths)), width or 1)
        labels = Labels.of_pairs(kinds, np.concatenate(codes))
        return cls(np.concatenate(lines), texts, labels)

    @classmethod
    def joined(cls, several: Sequence["Examples"]) -> "Examples":
        """Returns the rows of several one after another; their texts are shared."""
        return cls(
            np.concatenate([one.lines for one in several]),
            Texts.joined([one.texts for one in several]),
            Labels.joined([one.labels for one in several]),
        )

    def __len__(self) -> int:
        return len(self.lines)

    def _value(self, row: int) -> Example:
        return next(iter(self._some(range(row, row + 1))))

    def _some(self, rows: range) -> Iterable[Example]:
        lines = self.lines[_indices(rows)].tolist()
        columns = lines, self.texts._some(rows), self.labels._some(rows)
        weights = self.labels.weights
        if weights is None:
            return map(Example, *columns)
        return map(Example, *columns, weights._some(rows))


def _places_of(
    rows: Sequence[tuple[T, ...]], kept: Sequence[Sequence[int]]
) -> list[tuple[T, ...]]:
    return [
        tuple(row[place] for place in places)
        for row, places in zip(rows, kept, strict=True)
    ]


def _indices(rows: range) -> np.ndarray:
    return np.arange(rows.start, rows.stop, rows.step)


def _require_width(rows: Sequence[Example], width: int) -> None:
    for row in rows:
        if len(row.texts) != width:
            raise DataError(
                f"Expected as many texts in each row. Received: {len(row.texts)} in "
                f"line {row.line}, {width} before. Give one for each text column."
            )
