"""Near duplicates as findings."""

import numpy as np

from kerascls.auditing.findings import FoundRow, Section, count
from kerascls.auditing.rows import Rows, mostly_ideographs
from kerascls.data.minhash import near_pairs
from kerascls.errors import SettingsError

IDEOGRAPH_GRAM, LETTER_GRAM = 2, 4


def near_section(rows: Rows, threshold: float, seed: int = 0) -> Section:
    """Returns the section on near duplicates.

    Equal texts are shown once, by their first row; files and labels are compared over
    all of their rows. n-grams have 2 characters where texts
    are mostly Chinese or Japanese, else 4.

    Args:
        rows: The rows of all files.
        threshold: Least similarity, see `minhash`.
        seed: Of the hash functions.
    """
    same: dict[tuple[str, ...], list[int]] = {}
    for row, text in enumerate(rows.texts):
        same.setdefault(text, []).append(row)
    first = [places[0] for places in same.values()]
    texts = [rows.text(row) for row in first]
    size = IDEOGRAPH_GRAM if mostly_ideographs(texts) else LETTER_GRAM
    pairs, similarities = near_pairs(texts, threshold, size, seed)
    groups = _groups(len(texts), pairs)
    nearest = np.zeros(len(texts))
    np.maximum.at(nearest, pairs.ravel(), np.repeat(similarities, 2))
    findings = [
        _finding(
            rows, [same[rows.texts[first[place]]] for place in group], nearest[group]
        )
        for group in groups
    ]
    findings.sort(key=lambda finding: (-len(finding), finding[0].row))
    groups = [
        [row for found in finding for row in same[rows.texts[found.row]]]
        for finding in findings
    ]
    return _section(rows, findings, groups, threshold, size)


def check_threshold(threshold: float) -> float:
    """Returns the threshold.

    Raises:
        SettingsError: When it is not within 0.5 and 1.
    """
    if not 0.5 <= threshold <= 1:
        raise SettingsError(
            f"Expected a similarity from 0.5 to 1. Received: near={threshold!r}. Use "
            f"0.8, or 1 for texts that differ in marks, case and spaces only."
        )
    return threshold


def _groups(num_texts: int, pairs: np.ndarray) -> list[list[int]]:
    """Returns what hangs together through pairs, groups of two or more."""
    parent = list(range(num_texts))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for one, other in pairs.tolist():
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    groups: dict[int, list[int]] = {}
    for place in np.unique(pairs).tolist():
        groups.setdefault(root(place), []).append(place)
    return list(groups.values())


def _spans(rows: Rows, group: list[int]) -> bool:
    return len(set(rows.file_of[group])) > 1


def _differ(rows: Rows, group: list[int]) -> bool:
    return len({frozenset(rows.labels[row]) for row in group}) > 1


def _finding(
    rows: Rows, copies: list[list[int]], nearest: np.ndarray
) -> tuple[FoundRow, ...]:
    group = [row for places in copies for row in places]
    words = [
        *(["one text in several files"] if _spans(rows, group) else []),
        "labels differ: decide on one answer"
        if _differ(rows, group)
        else "same labels",
    ]
    return tuple(
        FoundRow(places[0], "; ".join(words), round(float(score), 4))
        for places, score in zip(copies, nearest, strict=True)
    )


def _section(
    rows: Rows,
    findings: list[tuple[FoundRow, ...]],
    groups: list[list[int]],
    threshold: float,
    size: int,
) -> Section:
    spanning = sum(_spans(rows, group) for group in groups)
    differing = sum(_differ(rows, group) for group in groups)
    texts = sum(map(len, findings))
    lines = ()
    if groups:
        lines = (
            f"{count(texts, 'different text')} in {count(len(groups), 'group')} of "
            f"near duplicates; {spanning:,} of the groups are in several files, "
            f"{differing:,} have different labels",
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
        lines=lines,
        advice=f"Treat them like duplicates where they say the same. The score is the "
        f"similarity to the nearest text of the group: shared character {size}-grams "
        f"divided by all, {threshold:g} or more; marks, case and spaces do not count.",
        findings=tuple(findings),
    )
