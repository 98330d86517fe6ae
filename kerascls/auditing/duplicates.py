"""Equal texts: inside a file, between files, with different labels; empty texts."""

import numpy as np

from kerascls.auditing.findings import FoundRow, Section
from kerascls.auditing.rows import Rows, label_cell
from kerascls.data.duplicates import DuplicateCounts, count_duplicates, group_duplicates
from kerascls.system.words import count


def duplicate_sections(rows: Rows) -> list[Section]:
    """Returns the sections on exact duplicates, leaks, conflicts and empty texts."""
    groups = group_duplicates(rows.texts)
    groups.sort(key=len, reverse=True)
    counts = count_duplicates(
        {
            name: rows.texts.take(np.array(file_rows))
            for name, file_rows in rows.by_file().items()
        }
    )
    return [
        _duplicates(rows, groups, counts),
        _leaks(rows, groups, counts),
        _conflicts(rows, groups),
        _empty(rows),
    ]


def _duplicates(
    rows: Rows, groups: list[list[int]], counts: DuplicateCounts
) -> Section:
    findings = []
    for group in groups:
        by_file: dict[str, list[int]] = {}
        for row in group:
            by_file.setdefault(rows.file(row), []).append(row)
        for first, *others in by_file.values():
            if others:
                repeats = f"remove: repeats {rows.place(first)}"
                copies = (FoundRow(row, repeats) for row in others)
                findings.append((FoundRow(first, "keep"), *copies))
    return Section(
        kind="duplicate",
        title="Exact duplicates inside a file",
        counts={"repeated_rows": counts.repeats, "texts": len(findings)},
        lines=tuple(
            f"{name}: {count(number, 'row')} of {counts.rows[name]:,} repeat an "
            f"earlier row's text"
            for name, number in counts.repeats.items()
            if number
        ),
        advice="Keep one row of each text: the others count a text several times, and "
        "in one file that is split later they end up in training and test.",
        findings=tuple(findings),
    )


def _leaks(rows: Rows, groups: list[list[int]], counts: DuplicateCounts) -> Section:
    leaks = [group for group in groups if len(set(rows.file_of[group])) > 1]
    overlaps = [overlap for overlap in counts.overlaps if overlap.texts]
    return Section(
        kind="leak",
        title="The same text in several files",
        counts={
            "texts": len(leaks),
            "overlaps": [
                {
                    "files": list(overlap.parts),
                    "texts": overlap.texts,
                    "rows": list(overlap.rows),
                }
                for overlap in overlaps
            ],
        },
        lines=tuple(
            f"{overlap.parts[0]} and {overlap.parts[1]} have "
            f"{count(overlap.texts, 'distinct text')} in common: "
            f"{count(overlap.rows[0], 'row')} and {count(overlap.rows[1], 'row')}"
            for overlap in overlaps
        ),
        advice="Take these texts out of one of the files: where one of them is for "
        "testing, its scores are too good.",
        findings=tuple(_leaking(rows, group) for group in leaks),
    )


def _leaking(rows: Rows, group: list[int]) -> tuple[FoundRow, ...]:
    first: dict[str, str] = {}
    for row in group:
        first.setdefault(rows.file(row), rows.place(row))
    others = {
        own: ", ".join(place for file, place in first.items() if file != own)
        for own in first
    }
    return tuple(FoundRow(row, f"also in {others[rows.file(row)]}") for row in group)


def _conflicts(rows: Rows, groups: list[list[int]]) -> Section:
    conflicts = [
        group
        for group in groups
        if len({frozenset(rows.labels[row]) for row in group}) > 1
        and not rows.is_blank(group[0])
    ]
    affected = sum(map(len, conflicts))
    line = (
        f"{count(len(conflicts), 'text')} with different labels, in "
        f"{count(affected, 'row')}"
    )
    return Section(
        kind="conflict",
        title="The same text with different labels",
        counts={"texts": len(conflicts), "rows": affected},
        lines=(line,) if conflicts else (),
        advice="Decide on one answer for each text; no model can learn both. The "
        "suggestion is what most of its rows say, where one answer leads.",
        findings=tuple(_disagreeing(rows, group) for group in conflicts),
    )


def _disagreeing(rows: Rows, group: list[int]) -> tuple[FoundRow, ...]:
    answers: dict[frozenset[str], list[int]] = {}
    for row in group:
        answers.setdefault(frozenset(rows.labels[row]), []).append(row)
    ranked = sorted(answers.values(), key=len, reverse=True)
    leads = len(ranked[0]) > len(ranked[1])
    answer = label_cell(rows.labels[ranked[0][0]]) if leads else ""
    return tuple(FoundRow(row, answer) for row in group)


def _empty(rows: Rows) -> Section:
    every = enumerate(rows.texts)
    blank = [row for row, texts in every if not "".join(texts).strip()]
    in_files = np.bincount(rows.file_of[blank], minlength=len(rows.files)).tolist()
    by_file = dict(zip(rows.files, in_files, strict=True))
    return Section(
        kind="empty_text",
        title="Empty texts",
        counts={"rows": by_file},
        lines=tuple(
            f"{name}: {count(number, 'row')} without text"
            for name, number in by_file.items()
            if number
        ),
        advice="Remove them: whatever is learnt from them is given to every empty "
        "text, and they are counted in scores.",
        findings=tuple((FoundRow(row, "remove: no text"),) for row in blank),
    )
