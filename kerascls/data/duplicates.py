"""Texts that are there twice.

Rows are told apart by 64-bit hashes, which take 8 bytes of memory in place of a text.
Where two are equal, the texts themselves are compared: the result is exact.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np

from kerascls.data.ragged import offsets_of


@dataclass(frozen=True)
class Overlap:
    """Distinct texts that two parts have in common, and their rows in either part."""

    parts: tuple[str, str]
    texts: int
    rows: tuple[int, int]


@dataclass(frozen=True)
class DuplicateCounts:
    """Texts that are there more than once.

    Args:
        rows: Rows of each part.
        repeats: Rows of each part whose text is in an earlier row of it.
        overlaps: What each pair of parts has in common, nothing included.
    """

    rows: dict[str, int]
    repeats: dict[str, int]
    overlaps: tuple[Overlap, ...]

    def lines(self) -> list[str]:
        """Returns what there is to say, a line each; nothing without duplicates."""
        lines = [
            f"{part}: {count} of {self.rows[part]} rows repeat an earlier row's text"
            for part, count in self.repeats.items()
            if count
        ]
        for overlap in self.overlaps:
            if overlap.texts:
                (first, second), (first_rows, second_rows) = overlap.parts, overlap.rows
                lines.append(
                    f"{first} and {second}: the same text in {first_rows} rows of "
                    f"{first} and {second_rows} rows of {second} (distinct texts: "
                    f"{overlap.texts})"
                )
        return lines


def group_duplicates(texts: Sequence[Hashable]) -> list[list[int]]:
    """Returns the rows of each text that is there more than once, in their order.

    Example:
        >>> group_duplicates(["a", "b", "a"])
        [[0, 2]]
    """
    return _groups([texts], texts.__getitem__)


def num_different(texts: Sequence[Hashable]) -> int:
    """Returns how many different texts there are."""
    return len(texts) - sum(len(group) - 1 for group in group_duplicates(texts))


def count_duplicates(parts: Mapping[str, Sequence[tuple[str, ...]]]) -> DuplicateCounts:
    """Counts rows with equal texts inside each part and across each pair of parts."""
    names, several = tuple(parts), tuple(parts.values())
    sizes = [len(texts) for texts in several]
    starts = offsets_of(sizes)
    part_of = np.repeat(np.arange(len(sizes)), sizes)
    groups = _groups(
        several, lambda row: several[part_of[row]][row - starts[part_of[row]]]
    )
    rows_of_groups = np.array(list(chain.from_iterable(groups)), np.int64)
    group_of = np.repeat(np.arange(len(groups)), list(map(len, groups)))
    counts = np.zeros((len(groups), len(sizes)), np.int64)
    np.add.at(counts, (group_of, part_of[rows_of_groups]), 1)
    overlaps = []
    for first, second in combinations(range(len(sizes)), 2):
        common = counts[(counts[:, first] > 0) & (counts[:, second] > 0)]
        rows = int(common[:, first].sum()), int(common[:, second].sum())
        overlaps.append(Overlap((names[first], names[second]), len(common), rows))
    repeats = np.maximum(counts - 1, 0).sum(axis=0).tolist()
    return DuplicateCounts(
        rows=dict(zip(names, sizes, strict=True)),
        repeats=dict(zip(names, repeats, strict=True)),
        overlaps=tuple(overlaps),
    )


def _groups(
    several: Sequence[Sequence[Hashable]], text_of: Callable[[int], Hashable]
) -> list[list[int]]:
    """Returns the rows of each repeated text; `text_of` gives the text of a row."""
    every = chain.from_iterable(several)
    hashes = np.fromiter(map(hash, every), np.int64, sum(map(len, several)))
    order = np.argsort(hashes, kind="stable")
    same = hashes[order][1:] == hashes[order][:-1]
    is_shared = np.zeros(len(hashes), np.bool_)
    is_shared[1:] |= same
    is_shared[:-1] |= same
    rows: dict[Hashable, list[int]] = {}
    for row in np.sort(order[is_shared]).tolist():
        rows.setdefault(text_of(row), []).append(row)
    return [group for group in rows.values() if len(group) > 1]
