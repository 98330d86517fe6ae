"""Near duplicates as findings."""

import numpy as np

from kerascls.auditing.findings import FoundRow, Section
from kerascls.auditing.rows import Rows
from kerascls.data.duplicates import group_duplicates
from kerascls.data.ideographs import mostly_ideographs
from kerascls.data.minhash import near_pairs
from kerascls.errors import SettingsError
from kerascls.system.words import count

IDEOGRAPH_GRAM, LETTER_GRAM = 2, 4


def near_section(rows: Rows, threshold: float, seed: int = 0) -> Section:
    """Returns the section on near duplicates.

    Equal texts are shown once, by their first row; files and labels are compared over
    all of their rows. n-grams have 2 characters where texts are mostly Chinese or
    Japanese, else 4. The threshold is a least similarity, see `minhash`.
    """
    copies = {group[0]: group for group in group_duplicates(rows.texts)}
    is_first = np.ones(len(rows), np.bool_)
    is_first[[row for group in copies.values() for row in group[1:]]] = False
    first = np.flatnonzero(is_first)
    texts = rows.one_text_of(first)
    size = IDEOGRAPH_GRAM if mostly_ideographs(texts) else LETTER_GRAM
    pairs, similarities = near_pairs(texts, threshold, size, seed)
    nearest = np.zeros(len(texts))
    np.maximum.at(nearest, pairs.ravel(), np.repeat(similarities, 2))
    groups = [
        _Group(
            rows,
            [copies.get(row, [row]) for row in first[group].tolist()],
            nearest[group],
        )
        for group in _groups(pairs)
    ]
    groups.sort(key=lambda group: (-len(group.copies), group.copies[0][0]))
    return _section(groups, threshold, size)


def check_threshold(threshold: float) -> None:
    """Checks a least similarity.

    Raises:
        SettingsError: When it is not within 0.5 and 1.
    """
    if not 0.5 <= threshold <= 1:
        raise SettingsError(
            f"Expected a similarity from 0.5 to 1. Received: near={threshold!r}. Use "
            f"0.8, or 1 for texts that differ in marks, case and spaces only."
        )


def _groups(pairs: np.ndarray) -> list[list[int]]:
    """Returns what hangs together through pairs, groups of two or more."""
    parent = {index: index for index in np.unique(pairs).tolist()}

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]  # halves the way for the next one
            index = parent[index]
        return index

    for pair in pairs.tolist():
        first, second = sorted(map(root, pair))
        parent[second] = first
    groups: dict[int, list[int]] = {}
    for index in parent:
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


class _Group:
    """Texts that hang together: the rows of each, and how near its nearest is."""

    def __init__(
        self, rows: Rows, copies: list[list[int]], nearest: np.ndarray
    ) -> None:
        self.copies, self.nearest = copies, nearest
        group = [row for same in copies for row in same]
        self.spans_files = len(set(rows.file_of[group])) > 1
        self.labels_differ = len({frozenset(rows.labels[row]) for row in group}) > 1

    def finding(self) -> tuple[FoundRow, ...]:
        differ = self.labels_differ
        words = "labels differ: decide on one answer" if differ else "same labels"
        if self.spans_files:
            words = f"one text in several files; {words}"
        return tuple(
            FoundRow(same[0], words, round(float(score), 4))
            for same, score in zip(self.copies, self.nearest, strict=True)
        )


def _section(groups: list[_Group], threshold: float, size: int) -> Section:
    spanning = sum(group.spans_files for group in groups)
    differing = sum(group.labels_differ for group in groups)
    texts = sum(len(group.copies) for group in groups)
    line = (
        f"{count(texts, 'different text')} in {count(len(groups), 'group')} of "
        f"near duplicates; {spanning:,} of the groups are in several files, "
        f"{differing:,} have different labels"
    )
    return Section(
        kind="near_duplicate",
        title="Near duplicates",
        counts={
            "texts": texts,
            "groups": len(groups),
            "groups_in_several_files": spanning,
            "groups_with_different_labels": differing,
            "threshold": threshold,
            "ngram_chars": size,
        },
        lines=(line,) if groups else (),
        advice=f"Treat them like duplicates where they say the same. The score is the "
        f"similarity to the nearest text of the group: shared character {size}-grams "
        f"divided by all, {threshold:g} or more; marks, case and spaces do not count.",
        findings=tuple(group.finding() for group in groups),
    )
