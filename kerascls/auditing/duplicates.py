"""Equal texts: inside a file, between files, with different labels; empty texts."""

from kerascls.auditing.findings import FoundRow, Section, count
from kerascls.auditing.rows import Rows
from kerascls.data.duplicates import DuplicateCounts, count_duplicates, group_duplicates


def duplicate_sections(rows: Rows) -> list[Section]:
    """Returns the sections on exact duplicates, leaks, conflicts and empty texts."""
    groups = group_duplicates(rows.texts)
    groups.sort(key=len, reverse=True)
    parts = {
        name: [rows.texts[row] for row in places]
        for name, places in rows.by_file().items()
    }
    counts = count_duplicates(parts)
    return [
        _duplicates(rows, groups, counts),
        _leaks(rows, groups, counts),
        _conflicts(rows, groups),
        _empty(rows),
    ]


def _duplicates(
    rows: Rows, groups: list[list[int]], counts: DuplicateCounts
) -> Section:
    inside = []
    for group in groups:
        by_file: dict[int, list[int]] = {}
        for row in group:
            by_file.setdefault(int(rows.file_of[row]), []).append(row)
        inside += [_copies(rows, same) for same in by_file.values() if len(same) > 1]
    repeats = {name: number for name, number in counts.repeats.items() if number}
    return Section(
        kind="duplicate",
        title="Exact duplicates inside a file",
        counts={"repeated_rows": counts.repeats, "texts": len(inside)},
        lines=tuple(
            f"{name}: {count(number, 'row')} of {counts.rows[name]:,} repeat an "
            f"earlier row's text"
            for name, number in repeats.items()
        ),
        advice="Keep one row of each text: the others count a text several times, and "
        "in one file that is split later they end up in training and test.",
        findings=tuple(inside),
    )


def _copies(rows: Rows, same: list[int]) -> tuple[FoundRow, ...]:
    first, *others = same
    repeated = f"remove: repeats {rows.place(first)}"
    return FoundRow(first, "keep"), *(FoundRow(row, repeated) for row in others)


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
    first = {int(rows.file_of[row]): row for row in reversed(group)}
    return tuple(
        FoundRow(row, f"also in {', '.join(_others(rows, first, row))}")
        for row in group
    )


def _others(rows: Rows, first: dict[int, int], row: int) -> list[str]:
    own = int(rows.file_of[row])
    return [rows.place(first[file]) for file in sorted(first) if file != own]


def _conflicts(rows: Rows, groups: list[list[int]]) -> Section:
    conflicts = [
        group
        for group in groups
        if len({frozenset(rows.labels[row]) for row in group}) > 1
        and not rows.is_blank(group[0])
    ]
    affected = sum(map(len, conflicts))
    lines = ()
    if conflicts:
        lines = (
            f"{count(len(conflicts), 'text')} with different labels, in "
            f"{count(affected, 'row')}",
        )
    return Section(
        kind="conflict",
        title="The same text with different labels",
        counts={"texts": len(conflicts), "rows": affected},
        lines=lines,
        advice="Decide on one answer for each text; no model can learn both. The "
        "suggestion is what most of its rows say, where one answer leads.",
        findings=tuple(_disagreeing(rows, group) for group in conflicts),
    )


def _disagreeing(rows: Rows, group: list[int]) -> tuple[FoundRow, ...]:
    answers: dict[frozenset, list[int]] = {}
    for row in group:
        answers.setdefault(frozenset(rows.labels[row]), []).append(row)
    ranked = sorted(answers.values(), key=len, reverse=True)
    leads = len(ranked[0]) > len(ranked[1])
    answer = rows.label_cell(ranked[0][0]) if leads else ""
    return tuple(FoundRow(row, answer) for row in group)


def _empty(rows: Rows) -> Section:
    blank = [row for row in range(len(rows)) if rows.is_blank(row)]
    by_file = {
        name: sum(map(rows.is_blank, places)) for name, places in rows.by_file().items()
    }
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
