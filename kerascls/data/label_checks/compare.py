"""The labels of a file against those that were known before."""

from collections.abc import Collection, Iterator, Mapping

from kerascls.data.label_checks.column import (
    FEWEST_ROWS,
    HALF,
    SHOWN,
    Finding,
    name_examples,
)
from kerascls.data.label_checks.marks import joined_names, separator_option
from kerascls.data.label_checks.spelling import folded, quoted
from kerascls.system.words import count

_TRUTH = frozenset({folded("true"), folded("false")})


def compare(
    file: str, counts: Mapping[str, int], known: Collection[str], source: str
) -> Iterator[Finding]:
    """Finds labels of a file that others do not have, and what they may be.

    It is certain that something is wrong where no label at all of many is known.

    Args:
        file: As the user named it.
        counts: Its rows of each label.
        known: The labels of `source`.
        source: Where they are from, for people.
    """
    unknown = {name: rows for name, rows in counts.items() if name not in known}
    given, total = sum(unknown.values()), sum(counts.values())
    alike = list(spelled_otherwise(file, counts, known, source))
    yield from alike
    if unknown and not alike and given >= HALF * total:
        yield Finding(
            f"labels of {source}",
            f"{file}: {count(len(unknown), 'label')} that {source} lacks, {given:,} of "
            f"{total:,} that are given: {name_examples(unknown, counts)}; {source} has "
            f"{', '.join(map(quoted, sorted(known)[:SHOWN]))}",
            "Check the label column and its separator, and that both files name labels "
            "alike.",
            _none_known(counts, known),
        )


def spelled_otherwise(
    file: str, counts: Mapping[str, int], known: Collection[str], source: str
) -> Iterator[Finding]:
    """Finds labels of a file that are others' in another spelling, or several joined.

    The arguments are those of `compare`.
    """
    unknown = [name for name in counts if name not in known]
    expected, none_known = f"labels of {source}", _none_known(counts, known)
    lead = f"{file}: {count(len(unknown), 'label')} that {source} lacks"
    if twins := _twins(unknown, known):
        shown = ", ".join(
            f"{quoted(name)} ({count(counts[name], 'row')}) looks like {quoted(twin)}"
            for name, twin in list(twins.items())[:SHOWN]
        )
        more = f" and {len(twins) - SHOWN:,} more" if len(twins) > SHOWN else ""
        cure = "Write each label alike in all files."
        if {folded(name) for name in twins} <= _TRUTH:
            cure = (
                "Write truth values alike: TRUE and FALSE are made of those of tables "
                "in memory, workbooks and JSON; in text files they are what stands "
                "there. Of a table, `frame.astype({'label': str})` has them as Python "
                "and CSV files of pandas write them."
            )
        yield Finding(expected, f"{lead}: {shown}{more}", cure, none_known)
    if parts := joined_names(unknown, known):
        received = f"{lead}, joined of some that it has: {name_examples(parts, counts)}"
        option = separator_option("", parts)
        cure = f"Read it with `{option}`, or join names in the same way in all files."
        yield Finding(expected, received, cure, none_known)


def _none_known(counts: Mapping[str, int], known: Collection[str]) -> bool:
    many = sum(counts.values()) >= FEWEST_ROWS
    return many and not any(name in known for name in counts)


def _twins(names: Collection[str], known: Collection[str]) -> dict[str, str]:
    by_form = {folded(name): name for name in known}
    twins = {name: by_form.get(folded(name)) for name in names}
    return {name: twin for name, twin in twins.items() if twin is not None}
