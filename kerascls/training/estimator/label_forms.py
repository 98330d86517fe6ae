"""The forms in which scikit-learn's users give labels, to names and back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerascls.data.labels import Task
from kerascls.data.readers.cells import cell_text, is_empty
from kerascls.data.readers.frames import plain
from kerascls.errors import DataError, SettingsError

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class LabelForm:
    """What the labels given to `fit` looked like, which `predict` gives back.

    Args:
        task: One label for each text, or any number.
        classes: The labels as they were given, in order.
        names: Each of them as a text, which is what a bundle knows.
        is_indicator: Whether several labels were given as a matrix of 0 and 1, not
            as lists.
    """

    task: Task
    classes: np.ndarray
    names: tuple[str, ...]
    is_indicator: bool = field(default=False)

    def given_back(self, chosen: np.ndarray) -> Any:
        """Returns labels in their form.

        Args:
            chosen: bool `(rows, classes)`; one in each row where the task says so.

        Returns:
            An array of labels `(rows,)`, int `(rows, classes)`, or a list of tuples.
        """
        if self.task is Task.MULTICLASS:
            return self.classes[np.argmax(chosen, axis=1)]
        if self.is_indicator:
            return chosen.astype(int)
        return [tuple(self.classes[row].tolist()) for row in chosen]


def form_and_names(y: Any) -> tuple[LabelForm, Rows]:
    """Returns the form of labels, and the names that each text has.

    Args:
        y: A label for each text; or, for any number of them, a matrix of 0 and 1
            with a column for each label, a DataFrame or sparse one too, or lists.

    Raises:
        SettingsError: When it is none of these, or labels cannot be told apart.
    """
    if y is None:
        raise SettingsError(
            "KerasTextClassifier requires y to be passed, but the target y is None. "
            "Received: y=None. Give a label for each text."
        )
    if hasattr(y, "toarray"):
        y = y.toarray()
    if getattr(y, "ndim", 1) == 2 and y.shape[1] == 1:
        from sklearn.utils import column_or_1d

        y = column_or_1d(y, warn=True)
    if getattr(y, "ndim", 1) == 2:
        return _of_matrix(y)
    cells = [plain(cell) for cell in (y if hasattr(y, "__iter__") else np.asarray(y))]
    if _is_matrix(cells):
        return _of_matrix(cells)
    if any(isinstance(cell, dict) for cell in cells):
        raise SettingsError(
            "Expected labels that a text has or not. Received: y with dicts, shares of "
            "labels. Train with kerascls.fit(train=frame, task='distribution')."
        )
    if any(isinstance(cell, list) for cell in cells):
        return _of_lists(cells)
    _refuse_missing(cells)
    if odd := [one for one in cells if isinstance(one, float) and one % 1]:
        raise SettingsError(
            f"Expected labels, not measured numbers. Received: y with {odd[0]}, an "
            f"unknown label type: continuous. Make classes of them."
        )
    labels = _one_kind(cells)
    if isinstance(y, np.ndarray):
        labels = labels.astype(y.dtype)
    classes, rows = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise SettingsError(
            f"Expected at least two labels. Received: y with "
            f"{len(classes)} class: {', '.join(map(str, classes)) or 'no text'}. Give "
            f"texts of another one."
        )
    names = _names(classes)
    return LabelForm(Task.MULTICLASS, classes, names), [(names[row],) for row in rows]


def _refuse_missing(cells: list[Any]) -> None:
    missing = [
        place
        for place, cell in enumerate(cells)
        if is_empty(cell) and not isinstance(cell, str)
    ]
    if missing:
        first = missing[0]
        raise SettingsError(
            f"Expected a label for each text. Received: y without {len(missing)} of "
            f"{len(cells)} labels, the first y[{first}]={cells[first]!r}. Leave out "
            f"texts without a label."
        )


def _is_matrix(cells: list[Any]) -> bool:
    """Returns whether lists are the rows of a matrix of 0 and 1, not names."""
    if not all(isinstance(cell, list) for cell in cells):
        return False
    widths = {len(cell) for cell in cells}
    values = [one for cell in cells for one in cell]
    are_flags = all(type(one) in (int, bool) and one in (0, 1) for one in values)
    return are_flags and len(widths) == 1 and widths.isdisjoint({0, 1})


def _of_matrix(y: Any) -> tuple[LabelForm, Rows]:
    columns = getattr(y, "columns", None)
    matrix = np.asarray(y)
    if matrix.ndim != 2 or not np.isin(matrix, (0, 1)).all():
        raise SettingsError(
            f"Expected labels as a matrix of 0 and 1, a column for each label. "
            f"Received: shape {matrix.shape} with other values, an unknown label type. "
            f"Give a label for each text, or lists of labels."
        )
    classes = np.arange(matrix.shape[1]) if columns is None else np.asarray(columns)
    names = _names(classes) if columns is not None else _numbered(classes)
    rows = [tuple(names[column] for column in np.flatnonzero(row)) for row in matrix]
    return LabelForm(Task.MULTILABEL, classes, names, is_indicator=True), rows


def _of_lists(cells: list[Any]) -> tuple[LabelForm, Rows]:
    lists = [cell if isinstance(cell, list) else [] for cell in cells]
    odd = [cell for cell in cells if not isinstance(cell, list | None)]
    if odd:
        raise SettingsError(
            f"Expected a list of labels for each text, as the first text with a list "
            f"has. Received: {odd[0]!r:.100}. Put it into a list."
        )
    classes = np.unique(_one_kind([label for labels in lists for label in labels]))
    names = _names(classes)
    if set(names) <= {"0", "1"}:  # lists of these are not read as names
        names = _numbered(classes)
    name_of = dict(zip(classes.tolist(), names, strict=True))
    rows = [tuple(name_of[label] for label in dict.fromkeys(one)) for one in lists]
    return LabelForm(Task.MULTILABEL, classes, names), rows


def _one_kind(labels: Sequence[Any]) -> np.ndarray:
    kinds = {str if isinstance(label, str) else type(label) for label in labels}
    if str in kinds and len(kinds) > 1:
        others = ", ".join(sorted(kind.__name__ for kind in kinds - {str}))
        raise SettingsError(
            f"Expected labels of one type, none missing. Received: texts and {others}. "
            f"Make texts of all, and leave out rows without a label."
        )
    return np.asarray(labels)


def _names(classes: np.ndarray) -> tuple[str, ...]:
    names = tuple(_name(label) for label in classes.tolist())
    if len(set(names)) < len(names) or "" in names:
        twice = sorted({name for name in names if names.count(name) > 1 or not name})
        raise SettingsError(
            f"Expected labels that differ by more than white space, none empty. "
            f"Received: {', '.join(map(repr, twice[:5]))}. Rename or merge them."
        )
    return names


def _numbered(classes: np.ndarray) -> tuple[str, ...]:
    return tuple(f"label_{number}" for number in classes.tolist())


def _name(label: Any) -> str:
    try:
        return cell_text(label).strip()
    except DataError as error:
        raise SettingsError(
            f"Expected labels that are texts or numbers. Received: y={label!r:.100} "
            f"({error}). Name them."
        ) from error
