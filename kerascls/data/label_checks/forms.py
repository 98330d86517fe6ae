"""Cells that are written as programs write values, not as people write names."""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from itertools import islice

from kerascls.data.label_checks.column import (
    SEVERAL_LABELS,
    Finding,
    LabelCell,
    LabelColumn,
    cell_examples,
    count,
)

# Distinct cells that are parsed: enough to know a column by.
MOST_PARSED = 10_000
_ONE = r"(?:[01](?:\.0*)?|true|false|'[01]'|\"[01]\")"
_BITS = re.compile(
    rf"(?:array\()?[\[(]?\s*{_ONE}(?:\s*[,;|/\s]\s*{_ONE})+\s*,?\s*[\])]?\)?", re.I
)
_ONES = re.compile(_ONE, re.I)
READ_AS_LABELS = ("JSON lists", "Python lists", "Label Studio choices")
_CHANGES = {
    "objects with a number for each label": "In Python: [name for name, number in "
    "cell.items() if number >= 0.5].",
    "Python tuples": "In Python: list(cell).",
    "Python sets": "In Python: sorted(cell).",
    "NumPy arrays": "In Python: array.tolist().",
}
_OPENINGS = ("[", "{", "(", "array(", "\\[")


def vectors(column: LabelColumn) -> Iterator[Finding]:
    """Finds multi-hot vectors, which say which labels but not what they are called."""
    found = [cell for cell in column.filled if _BITS.fullmatch(cell.text.strip())]
    rows = sum(cell.rows for cell in found)
    filled = sum(cell.rows for cell in column.filled)
    lengths = {len(_ONES.findall(cell.text)) for cell in found}
    if not found or len(lengths) > 1 or 2 * rows < filled:
        return
    yield Finding(
        "names of labels",
        f'{column.file}, column "{column.name}": {rows} of {count(filled, "row")} with '
        f"{lengths.pop()} numbers 0 or 1 ({cell_examples(found)}): multi-hot vectors, "
        f"in which no label has a name",
        "Write the names of the labels that are 1, "
        + _written_as(column)
        + '. In pandas: frame["labels"] = ["|".join(name for name, one in zip(NAMES, '
        'row) if one) for row in frame["labels"]].',
        is_certain=True,
    )


def several_labels(column: LabelColumn) -> Iterator[Finding]:
    """Finds rows with several labels where a row may have one."""
    found = [cell for cell in column.cells if cell.error.endswith(SEVERAL_LABELS)]
    if not found:
        return
    rows = sum(cell.rows for cell in found)
    yield Finding(
        "one label in each row, for multiclass",
        f'{column.file}, column "{column.name}": {count(rows, "row")} with several '
        f"labels ({cell_examples(found)})",
        "Add `--task multilabel` (task='multilabel'), where a row has any number of "
        "labels.",
        is_certain=not column.skips_bad_rows,
    )


def values(column: LabelColumn) -> Iterator[Finding]:
    """Finds lists, objects and arrays that no reader takes for labels."""
    kinds: dict[str, list[LabelCell]] = {}
    for cell in islice(_suspects(column), MOST_PARSED):
        if kind := kind_of(cell.text):
            kinds.setdefault(kind, []).append(cell)
    for kind, cells in kinds.items():
        rows = sum(cell.rows for cell in cells)
        noun = kind if rows > 1 else kind.removesuffix("s")
        yield Finding(
            "names of labels",
            f'{column.file}, column "{column.name}": {rows:,} {noun} '
            f"({cell_examples(cells)})",
            _cure(kind, column),
            is_certain=True,
        )


def kind_of(text: str) -> str:
    """Returns what program value a cell is, in the plural; empty for none.

    A name in brackets, `[sic]`, or a number in brackets is none.
    """
    text = text.strip()
    if not text.startswith(_OPENINGS):
        return ""
    for language, parse in (("JSON", json.loads), ("Python", _literal)):
        try:
            value = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return _kind_of_value(value, language)
    if re.match(r"(array\()?\[\s*['\"].*['\"]\s*\]", text, re.S):
        return "NumPy arrays" if re.search(r"['\"]\s+['\"]", text) else "broken lists"
    return ""


def _literal(text: str) -> object:
    with warnings.catch_warnings():  # "\d" in a cell is no mistake of the user's
        warnings.simplefilter("ignore")
        value = ast.literal_eval(text)
    if re.search(r"['\"]\s+['\"]", text):
        raise ValueError("Python would join what NumPy prints side by side")
    return value


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
    if any(isinstance(one, dict | list) for one in value):
        return f"{language} lists of objects"
    return f"{language} {'lists' if isinstance(value, list) else 'tuples'}"


def _is_choices(value: dict) -> bool:
    return set(value) == {"choices"} and isinstance(value["choices"], list)


def _suspects(column: LabelColumn) -> Iterator[LabelCell]:
    for cell in column.filled:
        if not cell.text.lstrip().startswith(_OPENINGS):
            continue
        read = column.is_multilabel and not cell.error
        if read and cell.text.lstrip().startswith(("[", "\\[", '{"choices"')):
            continue  # labels by now
        if not cell.is_text and "must be a text" not in cell.error:
            continue  # a list of names in jsonl, of as many as there may be or not
        yield cell


def _cure(kind: str, column: LabelColumn) -> str:
    if kind in READ_AS_LABELS:
        if column.is_multilabel:
            return "Correct these cells: names are texts or whole numbers, none empty."
        return (
            "Add `--task multilabel` (task='multilabel'), which reads them, or write "
            "one name in each cell."
        )
    change = _CHANGES.get(kind, "")
    return f"Write the names of the labels, {_written_as(column)}. {change}".rstrip()


def _written_as(column: LabelColumn) -> str:
    if column.is_multilabel:
        return 'as a JSON list, ["体育", "健康"], or joined, 体育|健康'
    return "one in each row, or 体育|健康 with `--task multilabel`"
