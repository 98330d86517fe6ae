r"""Several labels in one cell: a JSON list, or names joined by a separator.

In a joined cell a backslash takes the meaning from what follows it: `\|` is a bar
inside a name, `\\` a backslash, `\[` at the very start a bracket that begins no list.
Before anything else a backslash stands for itself.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache

from kerascls.errors import DataError, SettingsError


def check_separator(separator: str) -> str:
    r"""Returns the separator.

    Raises:
        SettingsError: When it is not one character, or a backslash or `[`.
    """
    if len(separator) != 1 or separator in "\\[":
        raise SettingsError(
            f"Expected a separator of one character, neither backslash nor opening "
            f"bracket. Received: label_separator={separator!r}. Use '|' or ';'."
        )
    return separator


@lru_cache(maxsize=2**16)
def split_labels(cell: str, separator: str = "|") -> tuple[str, ...]:
    r"""Returns the labels in a cell, each once, stripped, in the order of the cell.

    Args:
        cell: A JSON list of texts, or names joined by `separator`; empty for none.
        separator: What stands between two names.

    Raises:
        DataError: When a name is empty or the JSON cannot be read; a few words only,
            for the reader adds where it is.

    Example:
        >>> split_labels(r"财经|股票\|基金")
        ('财经', '股票|基金')
    """
    cell = cell.strip()
    if not cell:
        return ()
    if cell.startswith("["):
        try:
            return checked_labels(json.loads(cell))
        except (ValueError, RecursionError) as error:
            raise DataError(
                "begins like a JSON list and is none; write \\[ for a name that begins "
                "with a bracket"
            ) from error
    if cell.startswith("\\["):
        cell = cell[1:]
    if "\\" not in cell:
        return checked_labels(cell.split(separator))
    return checked_labels(_unescaped_split(cell, separator))


def join_labels(labels: Sequence[str], separator: str = "|") -> str:
    """Returns the cell from which `split_labels` gets stripped labels back."""
    cell = separator.join(
        label.replace("\\", "\\\\").replace(separator, f"\\{separator}")
        for label in labels
    )
    return f"\\{cell}" if cell.startswith("[") else cell


def checked_labels(names: Sequence[object]) -> tuple[str, ...]:
    """Returns the names stripped and each once; whole numbers become texts.

    Raises:
        DataError: When one is empty, or neither a text nor a whole number.
    """
    labels = []
    for name in names:
        if type(name) is int:
            name = str(name)
        if not isinstance(name, str):
            raise DataError(f"a label must be a text, not {json.dumps(name)}")
        labels.append(name.strip())
    if "" in labels:
        raise DataError(f"label {labels.index('') + 1} of {len(labels)} is empty")
    return tuple(dict.fromkeys(labels))


def _unescaped_split(cell: str, separator: str) -> list[str]:
    mark = re.escape(separator)
    names = [""]
    end = 0
    for match in re.finditer(rf"\\(\\|{mark})|{mark}", cell):
        names[-1] += cell[end : match.start()] + (match[1] or "")
        if match[1] is None:
            names.append("")
        end = match.end()
    names[-1] += cell[end:]
    return names
