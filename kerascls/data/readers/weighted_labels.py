r"""Labels with weights: a distribution in a cell, or a column of numbers for each.

A cell is an object, `{"cs": 0.7, "stat": 0.3}` in JSON or as Python prints it, or
`cs:0.7|stat:0.3`, where the number stands behind the last colon, `:` or `：`. Labels
without any number, `cs|stat`, are tags: of equal weight. Weights of one label that is
named several times add up, and those of a row are divided by their sum.
"""

import ast
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from numbers import Real
from typing import Any

from kerascls.data.readers.label_cells import checked_labels, escaped, names_in
from kerascls.data.readers.rows import Fields
from kerascls.errors import DataError
from kerascls.system.json_objects import without_repeats

_LAST_COLON = re.compile(r"(.*)[:：](.*)", re.S)


@dataclass(frozen=True)
class WeightedLabels:
    """The labels of a row.

    Args:
        labels: Those of weight above 0, in the order of the cell.
        weights: Theirs, which sum to 1.
        total: What the weights summed to as they were written; None of tags.
    """

    labels: tuple[str, ...]
    weights: tuple[float, ...]
    total: float | None

    @classmethod
    def of(cls, pairs: Iterable[tuple[object, object]]) -> "WeightedLabels":
        """Returns labels with the weights that were written beside them.

        A weight of null is none: the label is not there.

        Raises:
            DataError: When a label is no name, or a weight not a number from 0 on, or
                all are 0; a few words only.
        """
        there = [(name, weight) for name, weight in pairs if weight is not None]
        weights = [_number(name, weight) for name, weight in there]
        total = math.fsum(weights)
        if not 0 < total < math.inf:
            raise DataError(
                f"the weights sum to {total:g}, so there is no share of any"
            )
        labels = [name for [name] in (checked_labels([one]) for one, _ in there)]
        return cls._scaled(zip(labels, weights, strict=True), total)

    @classmethod
    def of_tags(cls, names: Sequence[object]) -> "WeightedLabels":
        """Returns labels of equal weight; one that is named twice has double of it.

        Raises:
            DataError: When one is no name.
        """
        labels = [name for [name] in (checked_labels([one]) for one in names)]
        return cls._scaled(((name, 1.0) for name in labels), None)

    def renamed(self, name_of: Callable[[str], str]) -> "WeightedLabels":
        """Returns the same with other names; weights of equal ones add up."""
        names = map(name_of, self.labels)
        return self._scaled(zip(names, self.weights, strict=True), self.total)

    @classmethod
    def _scaled(
        cls, pairs: Iterable[tuple[str, float]], total: float | None
    ) -> "WeightedLabels":
        sums: dict[str, float] = {}
        for name, weight in pairs:
            sums[name] = sums.get(name, 0.0) + weight
        whole = math.fsum(sums.values())
        shares = {name: weight / whole for name, weight in sums.items()}
        kept = {name: share for name, share in shares.items() if share}
        return cls(tuple(kept), tuple(kept.values()), total)


def weighted_labels(cell: object, separator: str = "|") -> WeightedLabels:
    """Returns the labels in a cell.

    Args:
        cell: A text, or an object or a list of JSON or of a table in memory.
        separator: What stands between two labels; each of several characters does.

    Raises:
        DataError: When it has no label, or cannot be read; a few words only.
    """
    if isinstance(cell, str):
        cell = _value(cell.strip(), separator)
    if isinstance(cell, Mapping):
        if set(cell) == {"choices"} and isinstance(cell["choices"], list):
            cell = cell["choices"]
        else:
            return WeightedLabels.of(cell.items())
    if isinstance(cell, list) and cell and all(map(_is_pair, cell)):
        return WeightedLabels.of(cell)  # as Arrow has maps
    names = list(cell) if isinstance(cell, list | tuple) else [cell]
    split = [_split(name) for name in names]
    numbered = sum(one is not None for one in split)
    if numbered and numbered < len(names):
        plain = names[split.index(None)]
        raise DataError(
            f"{plain!r:.100} has no number behind its last colon, as others have"
        )
    if numbered:
        return WeightedLabels.of([one for one in split if one is not None])
    return WeightedLabels.of_tags(names)


def column_weights(fields: Fields, columns: Sequence[str]) -> dict[str, object]:
    """Returns what the column of each label says.

    Raises:
        DataError: When one is missing.
    """
    for name in columns:
        if name not in fields:
            raise DataError(f'label column "{name}" is missing')
    # A weight that nobody wrote is no 0.
    return {n: "" if fields[n] is None else fields[n] for n in columns}


def join_weighted(
    labels: Sequence[str], weights: Sequence[float], separator: str = "|"
) -> str:
    """Returns the cell from which `weighted_labels` gets labels and weights back."""
    cell = separator[0].join(
        f"{escaped(name, separator)}:{weight!r}"
        for name, weight in zip(labels, weights, strict=True)
    )
    # What begins so would be read as a list, the text of a formula, or an object.
    return f"\\{cell}" if cell.startswith(("[", '="', "{")) else cell


def _value(cell: str, separator: str) -> Any:
    if cell.startswith("{"):
        return _object(cell)
    return list(
        names_in(cell.removeprefix("\\") if cell[:2] == "\\{" else cell, separator)
    )


def _object(cell: str) -> Any:
    try:
        return json.loads(cell, object_pairs_hook=without_repeats)
    except json.JSONDecodeError:
        pass
    except (ValueError, RecursionError) as error:
        raise DataError(str(error)) from error
    with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
        node = ast.parse(cell, mode="eval").body
        value = ast.literal_eval(node)
        if isinstance(node, ast.Dict) and len(value) == len(node.keys):
            return value
    raise DataError(
        'begins like an object and is none, as {"cs": 0.7, "stat": 0.3} is one'
    )


def _is_pair(value: object) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return not isinstance(value[1], str)


def _split(name: object) -> tuple[str, float] | None:
    """Returns a label and the number behind its last colon; None without a number."""
    match = _LAST_COLON.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        return None
    try:
        return match[1], float(match[2])
    except ValueError:
        return None


def _number(name: object, weight: object) -> float:
    value = math.nan
    if isinstance(weight, Real | str) and not isinstance(weight, bool):
        with suppress(ValueError):
            value = float(weight)
    if not 0 <= value < math.inf:
        shown = json.dumps(weight, ensure_ascii=False, default=str)
        raise DataError(
            f"the weight of {name!r:.100} must be a number from 0 on, not {shown}"
        )
    return value
