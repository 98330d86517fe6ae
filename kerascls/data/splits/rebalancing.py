"""Moves of single rows between parts: right sizes, and no part without a row."""

from collections.abc import Sequence
from itertools import product

import numpy as np


class Dealt:
    """Rows that were dealt out, and what moving one does to the labels' shares.

    Args:
        labels: The labels of each row.
        part_of: int64 `(rows,)`, the part of each row; `move` changes it.
        shares: float64 `(parts,)`, the share of each part.
    """

    def __init__(
        self, labels: Sequence[tuple[str, ...]], part_of: np.ndarray, shares: np.ndarray
    ) -> None:
        self.part_of = part_of
        self.exact_sizes = shares * len(labels)
        self.sizes = np.bincount(part_of, minlength=len(shares))
        # Rows of the same labels are as good as each other.
        kinds: dict[tuple[str, ...], int] = {}
        names_of = (tuple(sorted(set(row))) for row in labels)
        kind_of = [kinds.setdefault(names, len(kinds)) for names in names_of]
        self._kind_of = np.asarray(kind_of, np.int64)
        self._rows = np.zeros((len(shares), len(kinds)), np.int64)  # (parts, kinds)
        np.add.at(self._rows, (part_of, self._kind_of), 1)
        columns: dict[str, int] = {}
        pairs = [
            (kind, columns.setdefault(name, len(columns)))
            for names, kind in kinds.items()
            for name in names
        ]
        self._kinds, self._columns = np.asarray(pairs, np.int64).reshape(-1, 2).T
        # (parts, labels)
        self._counts = np.zeros((len(shares), len(columns)), np.int64)
        np.add.at(self._counts.T, self._columns, self._rows[:, self._kinds].T)
        self._totals = self._counts.sum(axis=0)
        self._exact_counts = np.outer(shares, self._totals)

    def move(self, source: int, target: int, keep_labels: bool = True) -> bool:
        """Moves the row whose labels have most to gain or least to lose by it.

        With `keep_labels` the first part must not lose a label. Returns whether there
        was such a row.
        """
        surplus = self._counts - self._exact_counts
        costs = self._by_kind((surplus[target] - surplus[source] + 1) / self._totals)
        allowed = self._rows[source] > 0
        if source == 0 and keep_labels:
            allowed &= self._by_kind(self._counts[0] == 1) == 0
        if not allowed.any():
            return False
        kind = np.argmin(np.where(allowed, costs, np.inf))
        row = np.argmax((self._kind_of == kind) & (self.part_of == source))
        self.part_of[row] = target
        columns = self._columns[self._kinds == kind]
        for part, change in ((source, -1), (target, 1)):
            self.sizes[part] += change
            self._rows[part, kind] += change
            self._counts[part, columns] += change
        return True

    def _by_kind(self, of_labels: np.ndarray) -> np.ndarray:
        size = self._rows.shape[1]
        return np.bincount(self._kinds, of_labels[self._columns], minlength=size)


def even_out(dealt: Dealt) -> None:
    """Moves rows until every part is less than one away from its share."""
    moved = True
    while moved:
        surplus = dealt.sizes - dealt.exact_sizes
        if np.abs(surplus).max() < 1 - 1e-9:
            return
        target = int(surplus.argmin())
        moved = any(
            dealt.move(source, target)
            for source in np.argsort(-surplus, kind="stable").tolist()
            if surplus[source] - surplus[target] > 1 + 1e-9
        )


def fill_empty_parts(dealt: Dealt) -> None:
    """Gives every part a row, of the first part if that has one to spare."""
    if dealt.sizes.sum() < len(dealt.sizes):
        return
    for part in np.flatnonzero(dealt.sizes == 0).tolist():
        sources = [0, *np.argsort(-dealt.sizes, kind="stable").tolist()]
        for keep_labels, source in product((True, False), sources):
            if dealt.sizes[source] > 1 and dealt.move(source, part, keep_labels):
                break
