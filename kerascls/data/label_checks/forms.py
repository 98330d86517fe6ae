"""Cells that are written as programs write values, not as people write names."""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from itertools import islice

from kerascls.data.label_checks.column import (
    ONE_LABEL_EACH,
    SEVERAL_LABELS,
    Finding,
    LabelCell,
    LabelColumn,
    cell_examples,
    name_examples,
)
from kerascls.system.words import count

# Distinct cells that are parsed: enough to know a column by.
MOST_PARSED = 10_000
# Characters, of the labels of ten thousand classes at most.
LONGEST_VECTOR = 50_000
_ONE = r"(?:[01](?:\.0*)?|true|false|'[01]'|\"[01]\")"
_BITS = re.compile(
    rf"(?:array\()?[\[(]?\s*+{_ONE}(?:(?:\s*+[,;|/]\s*+|\s++){_ONE})+\s*+(?:,\s*+)?"
    r"[\])]?\)?",
    re.I,
)
_ONES = re.compile(_ONE, re.I)
READ_AS_LABELS = ("JSON lists", "Python lists", "Label Studio choices")
_CHANGES = {
    "objects with a number for each label": "In Python: [name for name, number in "
    "cell.items() if number >= 0.5]. If the numbers are shares: `--task distribution`.",
    "Python tuples": "In Python: list(cell).",
    "Python sets": "In Python: sorted(cell).",
    "NumPy arrays": "In Python: array.tolist().",
}
_QUOTED = re.compile(r"""(['"]).+\1|“.+”|‘.+’""", re.S)
_OPENINGS = ("[", "{", "(", "array(", "\\[")


def vectors(column: LabelColumn) -> Iterator[Finding]:
    """Finds multi-hot vectors, which say which labels but not what they are called."""
    found = [
        cell
        for cell in column.filled
        if len(cell.text) <= LONGEST_VECTOR
        and _BITS.fullmatch(cell.text.strip())
        and not _are_names(cell)
    ]
    rows = sum(cell.rows for cell in found)
    filled = sum(cell.rows for cell in column.filled)
    lengths = {len(_ONES.findall(cell.text)) for cell in found}
    if len(lengths) != 1 or 2 * rows < filled or _may_be_labels(found):
        return
    yield Finding(
        "names of labels",
        f'{column.file}, column "{column.name}": {rows} of {count(filled, "row")} with '
        f"{lengths.pop()} numbers 0 or 1 ({cell_examples(found)}): multi-hot vectors, "
        f"in which no label has a name",
        "Write the names of the labels that are 1, "
        + _written_as(column)
        + '. In Python, for each row: "|".join(name for name, one in zip(NAMES, row) '
        "if one).",
        is_certain=not column.has_names_in(found),
    )


def several_labels(column: LabelColumn) -> Iterator[Finding]:
    """Finds rows with several labels where a row may have one."""
    found = [cell for cell in column.cells if cell.error.endswith(SEVERAL_LABELS)]
    if not found:
        return
    rows = sum(cell.rows for cell in found)
    cure = (
        "Add `--task multilabel` (task='multilabel'), where a row has any number of "
        "labels."
    )
    if column.is_as_trained:
        cure = ONE_LABEL_EACH
        if not column.skips_bad_rows:
            cure += " To score the other rows: `--skip-bad-rows`."
    only_fault = len(found) == sum(bool(cell.error) for cell in column.cells)
    yield Finding(
        "one label in each row, for multiclass",
        f'{column.file}, column "{column.name}": {count(rows, "row")} with several '
        f"labels ({cell_examples(found)})",
        cure,
        # Where multiclass was asked for, other bad rows are worth a list of all.
        is_certain=not column.skips_bad_rows and (only_fault or not column.is_stated),
    )


def values(column: LabelColumn) -> Iterator[Finding]:
    """Finds lists, objects and arrays that no reader takes for labels.

    Objects with weights are labels; what is none of these is a bad row.
    """
    if column.task.has_weights:
        return
    kinds: dict[str, list[LabelCell]] = {}
    for cell in islice(_suspects(column), MOST_PARSED):
        if kind := kind_of(cell.text):
            kinds.setdefault(kind, []).append(cell)
    for kind, cells in kinds.items():
        rows = sum(cell.rows for cell in cells)
        noun = kind if rows > 1 else kind.removesuffix("s")
        are_bad_rows = all(cell.error for cell in cells)
        left_out = " Or go on without these rows: `--skip-bad-rows`."
        yield Finding(
            "names of labels",
            f'{column.file}, column "{column.name}": {rows:,} {noun} '
            f"({cell_examples(cells)})",
            _cure(kind, column) + left_out * are_bad_rows,
            is_certain=not (are_bad_rows and column.skips_bad_rows)
            and not column.has_names_in(cells),
        )


def quotes(column: LabelColumn) -> Iterator[Finding]:
    """Finds names that stand in quotes, as in a file that was quoted twice."""
    found = [name for name in column.counts if _QUOTED.fullmatch(name)]
    if found and 2 * len(found) >= len(column.counts):
        yield Finding(
            "names of labels",
            f'{column.file}, column "{column.name}": {count(len(found), "label")} in '
            f"quotes: {name_examples(found, column.counts)}",
            "The quotes are part of the names; remove them if they should not be.",
        )


def _are_names(cell: LabelCell) -> bool:
    """Returns whether a list is of texts of which none is there twice: labels."""
    ones = _ONES.findall(cell.text)
    return not cell.is_text and '"' in cell.text and len(set(ones)) == len(ones)


def _may_be_labels(cells: list[LabelCell]) -> bool:
    """Returns whether each cell may be the labels 0 and 1, as one pair always is."""
    return len(cells) == 1 and sorted(_ONES.findall(cells[0].text)) == ["0", "1"]


def kind_of(text: str) -> str:
    """Returns what program value a cell is, in the plural; empty for none.

    A name in brackets, `[sic]`, or a number in brackets is none.
    """
    text = text.strip()
    if not text.startswith(_OPENINGS):
        return ""
    # Python would join what NumPy prints side by side.
    side_by_side = re.search(r"['\"]\s+['\"]", text)
    for language, parse in (("JSON", json.loads), ("Python", _literal)):
        if language == "Python" and side_by_side:
            continue
        try:
            value = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return _kind_of_value(value, language)
    if not re.match(r"(array\()?\[\s*['\"].*\]\)?", text, re.S):
        return ""
    if text.startswith("array(") or side_by_side:
        return "NumPy arrays"
    return "broken lists"


def _literal(text: str) -> object:
    with warnings.catch_warnings():  # "\d" in a cell is no mistake of the user's
        warnings.simplefilter("ignore")
        return ast.literal_eval(text)


def _kind_of_value(value: object, language: str) -> str:
    if isinstance(value, dict):
        if _is_choices(value):
            return "Label Studio choices"
        if value and all(isinstance(one, int | float) for one in value.values()):
            return "objects with a number for each label"
        return "JSON objects" if language == "JSON" else "Python dictionaries"
    if isinstance(value, set):
        return "Python sets"
    if not isinstance(value, list | tuple):
        return ""
    if len(value) == 1 and not isinstance(value[0], str | dict | list):
        return ""  # [1] may be a name
    if any(isinstance(one, dict) for one in value):
        return f"{language} lists of objects"
    if any(isinstance(one, list | tuple) for one in value):
        return f"nested {language} lists"
    return f"{language} {'lists' if isinstance(value, list) else 'tuples'}"


def _is_choices(value: dict) -> bool:
    return set(value) == {"choices"} and isinstance(value["choices"], list)


def _suspects(column: LabelColumn) -> Iterator[LabelCell]:
    for cell in column.filled:
        if not cell.text.lstrip().startswith(_OPENINGS):
            continue
        read = column.may_have_several and not cell.error
        if read and cell.text.lstrip().startswith(("[", "\\[", '{"choices"')):
            continue  # labels by now
        if not cell.is_text and "must be a text" not in cell.error:
            continue  # a list of names in jsonl, of as many as there may be or not
        yield cell


def _cure(kind: str, column: LabelColumn) -> str:
    if kind in READ_AS_LABELS:
        if column.may_have_several:
            return "Correct these cells: names are texts or whole numbers, none empty."
        if column.is_as_trained:
            return f"Write one name in each cell. {ONE_LABEL_EACH}"
        return (
            "Add `--task multilabel` (task='multilabel'), which reads them, or write "
            "one name in each cell."
        )
    change = _CHANGES.get(kind, "")
    return f"Write the names of the labels, {_written_as(column)}. {change}".rstrip()


def _written_as(column: LabelColumn) -> str:
    if column.may_have_several:
        return 'as a JSON list, ["体育", "健康"], or joined, 体育|健康'
    if column.is_as_trained:
        return "one in each row"
    return "one in each row, or 体育|健康 with `--task multilabel`"
