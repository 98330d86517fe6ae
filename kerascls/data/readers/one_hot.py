"""Tables with a column of 0 and 1 for each label."""

import json
from collections.abc import Iterable, Mapping, Sequence

from kerascls.data.readers.rows import Fields
from kerascls.errors import DataError

# What a cell may say, in lower case.
_MEANINGS = {"0": False, "1": True, "0.0": False, "1.0": True}
_MEANINGS |= {"false": False, "true": True}
_WRITTEN = (("0", "1"), ("FALSE", "TRUE"), ("False", "True"), ("false", "true"))


def one_hot_labels(fields: Fields, columns: Sequence[str]) -> tuple[str, ...]:
    """Returns the columns that hold 1 or TRUE.

    Raises:
        DataError: When one is missing or holds something else than 0, 1, TRUE, FALSE.
    """
    return tuple(name for name in columns if _is_set(fields, name))


def relabelled(
    fields: Fields, columns: Sequence[str], labels: Sequence[str]
) -> dict[str, object]:
    """Returns the fields with other labels, written as each row wrote its own.

    Raises:
        DataError: When there is no column for a label.
    """
    if unknown := [name for name in labels if name not in columns]:
        raise DataError(
            f"Expected labels that have a column: {', '.join(columns)}. Received: "
            f"{unknown[0]!r}. Add a column for it."
        )
    return {
        **fields,
        **{name: _as_before(fields[name], name in labels) for name in columns},
    }


def one_hot_columns(rows: Iterable[Fields]) -> list[str]:
    """Returns the columns that hold nothing but 0 and 1, or TRUE and FALSE."""
    found: dict[str, bool] = {}
    for fields in rows:
        for name, cell in fields.items():
            found[name] = found.get(name, True) and _meaning(cell) is not None
        if found and not any(found.values()):
            return []
    return [name for name, is_one_hot in found.items() if is_one_hot]


def one_hot_advice(rows: Iterable[Fields]) -> str:
    """Returns what to say of a table without a label column, empty if nothing."""
    columns = one_hot_columns(rows)
    if len(columns) < 2:
        return ""
    options = " ".join(f"--label {_quoted(name)}" for name in columns)
    return (
        f"{len(columns)} columns hold only 0 and 1; if each is a label, name them: "
        f"`{options}`."
    )


def _is_set(fields: Mapping[str, object], name: str) -> bool:
    if name not in fields:
        raise DataError(f'label column "{name}" is missing')
    meaning = _meaning(fields[name])
    if meaning is None:
        shown = json.dumps(fields[name], ensure_ascii=False, default=str)
        raise DataError(
            f'label column "{name}" must hold 0 or 1, TRUE or FALSE, not {shown}'
        )
    return meaning


def _meaning(cell: object) -> bool | None:
    if isinstance(cell, bool | int | float):
        return bool(cell) if cell in (0, 1) else None
    return _MEANINGS.get(cell.strip().lower()) if isinstance(cell, str) else None


def _as_before(cell: object, is_set: bool) -> object:
    if not isinstance(cell, str):
        return is_set if isinstance(cell, bool) else int(is_set)
    for written in _WRITTEN:
        if cell.strip() in written:
            return written[is_set]
    return "1.0" if is_set else "0.0"


def _quoted(name: str) -> str:
    plain = name.replace("_", "").replace("-", "").isalnum()
    return name if plain else "'" + name.replace("'", "'\\''") + "'"
