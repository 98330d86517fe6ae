"""Names that stand for no label, and names that look like one another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from kerascls.data.label_checks.column import SHOWN, Finding, LabelColumn, name_examples
from kerascls.data.label_checks.spelling import folded, quoted
from kerascls.system.words import count

# What programs and people write where there is no value, without regard to case.
MISSING = frozenset(
    "nan -nan none null nil na n/a <na> nat undefined (null) (none) (blank) \\n "
    "- -- --- — —— ? #n/a #na #null! #ref! #value! #name? #div/0! #num! 1.#qnan".split()
)


def missing_words(column: LabelColumn) -> Iterator[Finding]:
    """Finds names that are written for a missing one."""
    found = [name for name in column.counts if name.casefold() in MISSING]
    if not found:
        return
    rows = sum(column.counts[name] for name in found)
    if column.may_have_several:
        cure = "Empty these cells, which means no label, if none is meant."
    else:
        cure = (
            "If none is meant, empty these cells, and leave such rows out with "
            "`--skip-bad-rows`."
        )
    yield Finding(
        "names of labels",
        f'{column.file}, column "{column.name}": {count(len(found), "label")} in '
        f"{count(rows, 'row')} whose names are often written for a missing one: "
        f"{name_examples(found, column.counts)}",
        cure,
    )


def lookalikes(column: LabelColumn) -> Iterator[Finding]:
    """Finds names that differ in what people hardly see."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in column.counts:
        groups[folded(name)].append(name)
    alike = [names for names in groups.values() if len(names) > 1]
    if alike:
        yield Finding(
            "names of labels that differ visibly",
            f'{column.file}, column "{column.name}": {count(len(alike), "label")} in '
            f"several spellings: {_listed(alike, column.counts)}",
            "Each spelling is a label of its own; write them alike if they are one.",
        )


def _listed(groups: Iterable[list[str]], counts: Mapping[str, int]) -> str:
    ordered = sorted(groups, key=lambda names: -sum(counts[name] for name in names))
    shown = [
        " / ".join(f"{quoted(name)} ({count(counts[name], 'row')})" for name in names)
        for names in islice(ordered, 2 * SHOWN)
    ]
    more = len(ordered) - len(shown)
    return "; ".join(shown) + (f"; and {more:,} more" if more > 0 else "")
