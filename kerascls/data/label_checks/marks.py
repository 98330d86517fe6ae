"""Names that seem to be several names, joined by another mark than the separator."""

import re
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from kerascls.data.label_checks.column import (
    ONE_LABEL_EACH,
    Finding,
    LabelColumn,
    name_examples,
)
from kerascls.system.words import count

# What people join names with, and what seldom stands within a name.
STRONG = "|,，;；、\n\t｜"
# What often stands within a name, too.
WEAK = " /#+&／＆·"
_SHOWN = {"\n": "\\n", "\t": "\\t"}


def joined(column: LabelColumn) -> Iterator[Finding]:
    """Finds names that split at a mark into names that stand by themselves too."""
    told: set[str] = set()
    strong = [mark for mark in STRONG if mark not in column.separators]
    for marks in (strong, *([mark] for mark in WEAK if mark not in column.separators)):
        split = split_names(column.counts, marks)
        whole = _joined_of_known(split, _known(column, split, marks))
        found = whole | _partly_known(column, split, marks)
        if found := found - told:
            told |= found
            yield _finding(column, whole, found, marks, len(split))


def split_names(names: Collection[str], marks: Sequence[str]) -> dict[str, set[str]]:
    """Returns the parts of each name that has two or more, none of them empty."""
    if not marks:
        return {}
    pattern = re.compile(f"[{re.escape(''.join(marks))}]")
    split: dict[str, set[str]] = {}
    for name in names:
        if not pattern.search(name):
            continue
        parts = {part.strip() for part in pattern.split(name)}
        if "" not in parts:
            split[name] = parts
    return split


def joined_names(names: Collection[str], known: Collection[str]) -> set[str]:
    """Returns the names that split at a mark of `STRONG` into known names."""
    return _joined_of_known(split_names(names, STRONG), set(known))


def separator_option(separators: str, names: Collection[str] = ()) -> str:
    """Returns the option that splits as before, and at the marks in the names."""
    marks = [mark for mark in STRONG + WEAK if any(mark in name for name in names)]
    if set(marks) & set(STRONG):
        marks = [mark for mark in marks if mark in STRONG]
    characters = dict.fromkeys((*separators, *marks))
    if characters.keys() & {" "}:
        characters = {" ": None}  # a blank separates by itself only
    value = "".join(_SHOWN.get(one, one) for one in characters)
    return f"--label-separator {shlex.quote(value)}"


def _joined_of_known(split: dict[str, set[str]], known: set[str]) -> set[str]:
    return {name for name, parts in split.items() if parts <= known}


def _known(
    column: LabelColumn, split: dict[str, set[str]], marks: Sequence[str]
) -> set[str]:
    """Returns names without a mark, and parts that several joined names have."""
    known = {name for name in column.counts if name not in split}
    if set(marks) <= set(STRONG):
        again = Counter(part for parts in split.values() for part in parts)
        known |= {part for part, number in again.items() if number > 1}
    return known


def _partly_known(
    column: LabelColumn, split: dict[str, set[str]], marks: Sequence[str]
) -> set[str]:
    """Returns joined names of which a part is known, or that are most names."""
    strong = set(marks) <= set(STRONG)
    likely = strong and column.may_have_several and not column.is_stated
    if likely and 2 * len(split) >= len(column.counts):
        return set(split)
    known = _known(column, split, marks)
    # "sports news" is English beside "sports"; 体育 健康 beside 体育 is no Chinese.
    return {
        name
        for name, parts in split.items()
        if parts & known and (strong or not name.isascii())
    }


def _finding(
    column: LabelColumn,
    whole: set[str],
    found: set[str],
    marks: Sequence[str],
    marked: int,
) -> Finding:
    certain = set(marks) <= set(STRONG) and 2 * len(whole) >= marked
    there = [mark for mark in marks if any(mark in name for name in found)]
    shown = " and ".join(f"'{_SHOWN.get(mark, mark)}'" for mark in there)
    rows = sum(column.counts[name] for name in found)
    before = column.separators if _has_separator(column) else ""
    option, names = separator_option(before, found), separator_option("|")
    if not column.may_have_several:
        option = "--task multilabel" + (f" {option}" if there != ["|"] else "")
        names = "--task multiclass"
    keep = "" if column.is_stated else f" If they are names, state `{names}`."
    cure = f"To split them: `{option}`.{keep}"
    if column.is_as_trained and not column.may_have_several:
        cure = ONE_LABEL_EACH
    return Finding(
        "each label to be one name",
        f'{column.file}, column "{column.name}": {count(len(found), "label")} in '
        f"{count(rows, 'row')} that seem to be names joined by {shown}: "
        f"{name_examples(found, column.counts)}",
        cure,
        # Who writes a list says where each name ends.
        is_certain=certain and not column.is_stated and _stand_in_texts(column, found),
    )


def _stand_in_texts(column: LabelColumn, names: set[str]) -> bool:
    return any(cell.is_text for cell in column.usable if names & set(cell.labels))


def _has_separator(column: LabelColumn) -> bool:
    cells = (cell.text for cell in column.filled)
    return any(mark in text for text in cells for mark in column.separators)
