r"""Several labels in one cell: a list, or names joined by a separator.

A list is JSON, `["体育", "健康"]`, or what pandas and Label Studio write for one,
`['体育', '健康']` and `{"choices": ["体育", "健康"]}`.

In a joined cell a backslash takes the meaning from what follows it: `\|` is a bar
inside a name, `\\` a backslash, `\[` at the very start a bracket that begins no list.
Before anything else a backslash stands for itself.
"""

import ast
import json
import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from kerascls.errors import DataError, SettingsError
from kerascls.system.json_objects import without_repeats

_WRITTEN = {"\\n": "\n", "\\t": "\t"}
_TEXT = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# Names without commas between them are a NumPy array, which Python would read as one.
_PYTHON_LIST = re.compile(rf"\[\s*{_TEXT}(?:\s*,\s*{_TEXT})*\s*,?\s*\]", re.S)
_CHOICES = re.compile(r'\{\s*"choices"\s*:')


def check_separator(separator: str) -> str:
    r"""Returns the separator; `\n` and `\t` may be written as two characters.

    Several characters are several separators: `,，` splits at both commas.

    Raises:
        SettingsError: When one is a backslash or `[`, or when it cannot be that each
            of several is meant: letters, a blank, one twice.
    """
    read = separator
    for written, meant in _WRITTEN.items():
        read = read.replace(written, meant)
    several = len(read) > 1
    if (
        not read
        or set(read) & set("\\[")
        or (several and any(one.isalnum() or one == " " for one in read))
        or len(set(read)) < len(read)
    ):
        raise SettingsError(
            f"Expected a separator of one character, neither backslash nor opening "
            f"bracket, or several of them, each of which separates: different ones, no "
            f"letters, no blank (blanks around names do not count). Received: "
            f"label_separator={separator!r}. Use '|', ';' or ',，'; for a line break "
            f"or tab '\\n' or '\\t'."
        )
    return read


@lru_cache(maxsize=2**16)
def split_labels(cell: str, separator: str = "|") -> tuple[str, ...]:
    r"""Returns the labels in a cell, each once, stripped, in the order of the cell.

    Args:
        cell: A list of texts, or names joined by `separator`; empty for none.
        separator: What stands between two names; each of several characters does.

    Raises:
        DataError: When a name is empty or a list cannot be read; a few words only,
            for the reader adds where it is.

    Example:
        >>> split_labels(r"财经|股票\|基金")
        ('财经', '股票|基金')
    """
    return checked_labels(names_in(cell, separator))


def names_in(cell: str, separator: str = "|") -> Sequence[object]:
    """Returns what stands in a cell, as it stands there; see `split_labels`."""
    cell = cell.strip()
    if not cell:
        return ()
    if cell.startswith("["):
        return _list(cell)
    if _CHOICES.match(cell):
        return _choices(cell)
    if cell.startswith(("\\[", '\\="')):
        cell = cell[1:]
    if "\\" in cell or len(separator) > 1:
        return _unescaped_split(cell, separator)
    return cell.split(separator)


def join_labels(labels: Sequence[str], separator: str = "|") -> str:
    """Returns the cell from which `split_labels` gets stripped labels back."""
    cell = separator[0].join(escaped(label, separator) for label in labels)
    # What begins so would be read as a list, or as the text of a formula.
    return f"\\{cell}" if cell.startswith(("[", '="')) else cell


def escaped(label: str, separator: str = "|") -> str:
    """Returns a label as it stands in a joined cell."""
    return re.sub(rf"[\\{re.escape(separator)}]", r"\\\g<0>", label)


def checked_labels(names: Sequence[object]) -> tuple[str, ...]:
    """Returns the names stripped and each once; whole numbers, also 1.0, become texts.

    Raises:
        DataError: When one is empty, or neither a text nor a whole number.
    """
    labels = []
    for name in names:
        if type(name) is int or (type(name) is float and name.is_integer()):
            name = str(int(name))
        if not isinstance(name, str):
            shown = json.dumps(name, ensure_ascii=False)
            raise DataError(f"a label must be a text, not {shown}")
        labels.append(name.strip())
    if "" in labels:
        raise DataError(f"label {labels.index('') + 1} of {len(labels)} is empty")
    return tuple(dict.fromkeys(labels))


def listed(value: object) -> Sequence[object]:
    """Returns the names in a JSON value.

    Those of a list, of Label Studio's choices, those with 1 of spaCy's categories,
    `{"体育": 1.0, "汽车": 0.0}`, or the one itself.
    """
    if isinstance(value, dict):
        if set(value) == {"choices"}:
            value = value["choices"]
        elif all(isinstance(n, int | float) and n in (0, 1) for n in value.values()):
            value = [name for name, number in value.items() if number]
    return value if isinstance(value, list) else [value]


def _list(cell: str) -> Sequence[object]:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        if names := _python_list(cell):
            return names
        raise DataError(
            "begins like a JSON list and is none; write \\[ for a name that begins "
            "with a bracket"
        ) from error


def _python_list(cell: str) -> list[str]:
    """Returns the names of a list as Python prints it; none where it is none."""
    if not _PYTHON_LIST.fullmatch(cell):
        return []
    try:
        with warnings.catch_warnings():  # of a backslash that means nothing
            warnings.simplefilter("ignore")
            return ast.literal_eval(cell)
    except (ValueError, SyntaxError):
        return []


def _choices(cell: str) -> Sequence[object]:
    try:
        return listed(json.loads(cell, object_pairs_hook=without_repeats))
    except (ValueError, RecursionError) as error:
        raise DataError("begins like choices of Label Studio and is none") from error


def _unescaped_split(cell: str, separator: str) -> list[str]:
    mark = f"[{re.escape(separator)}]"
    names = [""]
    end = 0
    for match in re.finditer(rf"\\(\\|{mark})|{mark}", cell):
        names[-1] += cell[end : match.start()] + (match[1] or "")
        if match[1] is None:
            names.append("")
        end = match.end()
    names[-1] += cell[end:]
    return names
