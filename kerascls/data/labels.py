"""Tasks by name, and which label is which column."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from kerascls.errors import DataError

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DIGITS = re.compile(r"(\d+)")


class Task(StrEnum):
    """What a row's labels mean.

    Exactly one of them, any number of them, or shares of all of them that sum to 1.
    What depends on the task asks for the reason, one of the properties.
    """

    MULTICLASS = "multiclass"
    MULTILABEL = "multilabel"
    DISTRIBUTION = "distribution"

    @property
    def has_one_label(self) -> bool:
        """Whether each row has exactly one label, and a cell is one name."""
        return self is Task.MULTICLASS

    @property
    def has_weights(self) -> bool:
        """Whether each label of a row has a weight, and those of a row sum to 1."""
        return self is Task.DISTRIBUTION

    @property
    def needs_label(self) -> bool:
        """Whether no row is without a label."""
        return self is not Task.MULTILABEL

    @property
    def sums_to_one(self) -> bool:
        """Whether the probabilities of a row sum to 1: softmax, else sigmoid."""
        return self is not Task.MULTILABEL


# Those whose labels a row has or has not.
LABEL_TASKS = tuple(task for task in Task if not task.has_weights)


@dataclass(frozen=True)
class LabelSet:
    """Ordered label names; the index of a name is its column in every table.

    Args:
        names: The label names, each one text, none empty, none twice.

    Raises:
        DataError: When there is no name, an empty name or a name that is there twice.

    Example:
        >>> LabelSet.from_labels([("体育",), ("军事", "体育")]).names
        ('体育', '军事')
    """

    names: tuple[str, ...]
    _columns: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = tuple(self.names)
        columns = {name: column for column, name in enumerate(names)}
        wrong = _first_fault(names, columns)
        if wrong:
            raise DataError(
                f"A label set needs at least one label, none empty, none twice; "
                f"{wrong}. Received: names={_shortened(names)}. Give every label a "
                f"name of its own."
            )
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "_columns", columns)

    @classmethod
    def from_labels(cls, rows: Iterable[Iterable[str]]) -> "LabelSet":
        """Returns all labels that occur in rows, in natural order.

        Raises:
            DataError: When no row has a label.
        """
        return cls(in_natural_order({name for row in rows for name in row}))

    def extended(self, names: Iterable[str]) -> "LabelSet":
        """Returns a set with the unseen of `names` behind the known ones, in order."""
        return LabelSet((*self.names, *in_natural_order(set(names) - set(self.names))))

    def column(self, name: str) -> int:
        """Returns the column of `name`.

        Raises:
            DataError: When there is no such label; the message gives the nearest.
        """
        column = self._columns.get(name)
        if column is None:
            near = get_close_matches(str(name), self.names, n=1, cutoff=0.5)
            advice = f"Did you mean {near[0]!r}?" if near else "Check its spelling."
            raise DataError(
                f"Expected one of {len(self)} labels: {_shortened(self.names)}. "
                f"Received: label={name!r}. {advice}"
            )
        return column

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._columns


def in_natural_order(names: Iterable[str]) -> tuple[str, ...]:
    """Returns names sorted as people do: 2 before 10, and `grade 2` before `grade 10`.

    Numbers come first, by their value.
    """
    return tuple(sorted(names, key=_natural_key))


def _natural_key(name: str) -> tuple:
    if _NUMBER.fullmatch(name):
        return (0, float(name), name)
    # Text and digits in turn, so that like is compared with like.
    pieces = _DIGITS.split(name)
    pieces[1::2] = [f"{len(one.lstrip('0')):09}{one}" for one in pieces[1::2]]
    return (1, pieces, name)


def _first_fault(names: tuple[str, ...], columns: dict[str, int]) -> str:
    if not names:
        return "there is none"
    for column, name in enumerate(names):
        if not isinstance(name, str) or not name:
            return f"number {column + 1} is {name!r}"
        if columns[name] != column:
            return f"{name!r} is there twice"
    return ""


def _shortened(names: Sequence[str], limit: int = 10) -> str:
    shown = ", ".join(repr(name) for name in names[:limit])
    return f"{shown}, ..." if len(names) > limit else shown or "()"
