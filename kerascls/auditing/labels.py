"""How often labels are there, with each other, and in which file."""

from collections import Counter
from collections.abc import Collection
from itertools import combinations

from kerascls.auditing.findings import Section, listed, short_names
from kerascls.auditing.rows import Rows
from kerascls.data.label_checks.spelling import visible
from kerascls.data.labels import Task, in_natural_order
from kerascls.system.words import count

# Least rows for "always", least expected rows for "never" together: below, chance
# explains it.
FREQUENT = 5


def label_sections(rows: Rows, known: Collection[str] | None = None) -> list[Section]:
    """Returns the sections on label counts and, for multi-label, on pairs of labels.

    `known` are the labels of a bundle, where there is one.
    """
    counts = {
        name: Counter(label for row in file_rows for label in rows.labels[row])
        for name, file_rows in rows.by_file().items()
    }
    sections = [_counts(rows, counts, known)]
    if rows.task is Task.MULTILABEL:
        sections.append(_pairs(rows, sum(counts.values(), Counter())))
    return sections


def label_column_section(rows: Rows) -> Section:
    """Returns the section on what was noticed when the labels were read."""
    return Section(
        kind="label_column",
        title="Reading",
        counts={"notes": len(rows.notes)},
        lines=rows.notes,
        advice="",
    )


def _counts(
    rows: Rows, counts: dict[str, Counter], known: Collection[str] | None
) -> Section:
    total = sum(counts.values(), Counter())
    names = sorted(in_natural_order(total), key=lambda name: -total[name])
    missing = {
        file: [name for name in names if not numbers[name]]
        for file, numbers in counts.items()
    }
    unlabelled = {
        file: sum(not rows.labels[row] for row in file_rows)
        for file, file_rows in rows.by_file().items()
    }
    lines = [f"{count(len(names), 'label')} in {count(len(rows), 'row')}"]
    unknown = [name for name in names if known is not None and name not in known]
    if unknown:
        lines.append(
            f"the bundle has no such label as {listed(unknown)}: it can never give "
            f"{'it' if len(unknown) == 1 else 'one of these'}"
        )
    lines += [
        f"{file} lacks {count(len(gone), 'label')}: {listed(gone)}"
        for file, gone in missing.items()
        if gone
    ]
    lines += [
        f"{file}: {count(number, 'row')} without any label"
        for file, number in unlabelled.items()
        if number
    ]
    table = [("label", *short_names(rows.files))]
    table += [
        (visible(name), *(f"{numbers[name]:,}" for numbers in counts.values()))
        for name in names
    ]
    return Section(
        kind="label_count",
        title="Labels",
        counts={
            "rows": {
                file: {name: numbers[name] for name in names}
                for file, numbers in counts.items()
            },
            "missing": missing,
            "unknown_to_bundle": unknown,
            "unlabelled_rows": unlabelled,
        },
        lines=tuple(lines),
        advice="A label that training lacks is never given; one that a test file lacks "
        "is not scored by it. Look for two spellings of one label.",
        table=tuple(table),
    )


def _pairs(rows: Rows, total: Counter) -> Section:
    together = Counter(
        pair for labels in rows.labels for pair in combinations(sorted(labels), 2)
    )
    always, never = _always(total, together), _never(total, together, len(rows))
    lines = [
        f"{a} is never without {b} ({count(total[a], 'row')})" for a, b in always[:10]
    ]
    lines += [f"... and {len(always) - 10} more like that"] * (len(always) > 10)
    lines += [
        f"{a} and {b} are never together, by chance {expected:.0f} rows were expected"
        for a, b, expected in never[:10]
    ]
    lines += [f"... and {len(never) - 10} more like that"] * (len(never) > 10)
    table = [("label", "label", "rows")]
    table += [(a, b, f"{rows:,}") for (a, b), rows in together.most_common(10)]
    return Section(
        kind="label_pair",
        title="Labels together",
        counts={
            "together": [[*pair, rows] for pair, rows in together.most_common()],
            "always": [list(pair) for pair in always],
            "never": [[a, b, round(expected, 2)] for a, b, expected in never],
        },
        lines=tuple(lines),
        advice="A label that is never without another is a kind of it, or one of the "
        "two is forgotten elsewhere. Labels that are never together may exclude each "
        "other, or each annotator stopped at the first.",
        table=tuple(table) if together else (),
    )


def _always(total: Counter, together: Counter) -> list[tuple[str, str]]:
    pairs = [
        pair
        for (first, second), rows in together.items()
        for pair in ((first, second), (second, first))
        if rows == total[pair[0]] >= FREQUENT
    ]
    return sorted(pairs, key=lambda pair: (-total[pair[0]], pair))


def _never(
    total: Counter, together: Counter, num_rows: int
) -> list[tuple[str, str, float]]:
    pairs = [
        (first, second, total[first] * total[second] / num_rows)
        for first, second in combinations(sorted(total), 2)
        if (first, second) not in together
        and total[first] * total[second] >= FREQUENT * num_rows
    ]
    return sorted(pairs, key=lambda pair: (-pair[2], pair))
