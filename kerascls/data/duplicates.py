"""Texts that are there twice."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


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


def group_duplicates(texts: Iterable[Hashable]) -> list[list[int]]:
    """Returns the rows of each text that is there more than once, in their order.

    Example:
        >>> group_duplicates(["a", "b", "a"])
        [[0, 2]]
    """
    rows: dict[Hashable, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    return [group for group in rows.values() if len(group) > 1]


def count_duplicates(parts: Mapping[str, Sequence[tuple[str, ...]]]) -> DuplicateCounts:
    """Counts rows with equal texts inside each part and across each pair of parts."""
    counts = {name: Counter(texts) for name, texts in parts.items()}
    overlaps = []
    for first, second in combinations(counts, 2):
        common = counts[first].keys() & counts[second].keys()
        first_rows, second_rows = (
            sum(counts[part][text] for text in common) for part in (first, second)
        )
        rows = first_rows, second_rows
        overlaps.append(Overlap((first, second), len(common), rows))
    return DuplicateCounts(
        rows={name: count.total() for name, count in counts.items()},
        repeats={name: count.total() - len(count) for name, count in counts.items()},
        overlaps=tuple(overlaps),
    )
