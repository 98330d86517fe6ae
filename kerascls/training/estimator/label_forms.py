"""The forms in which scikit-learn's users give labels, to names and back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerascls.data.labels import Task
from kerascls.data.readers.cells import cell_text
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
            "Give a label for each text."
        )
    if hasattr(y, "toarray"):
        y = y.toarray()
    if getattr(y, "ndim", 1) == 2 and y.shape[1] == 1:
        y = np.asarray(y)[:, 0]
    if getattr(y, "ndim", 1) == 2:
        return _of_matrix(y)
    cells = [plain(cell) for cell in y]
    if any(isinstance(cell, list) for cell in cells):
        return _of_lists(cells)
    if odd := [one for one in cells if isinstance(one, float) and one % 1]:
        raise SettingsError(
            f"Expected labels, not measured numbers. Received: y with {odd[0]}, an "
            f"unknown label type: continuous. Make classes of them."
        )
    classes, rows = np.unique(_one_kind(cells), return_inverse=True)
    if len(classes) < 2:
        raise SettingsError(
            f"Expected at least two labels. Received: y with "
            f"{len(classes)} class: {', '.join(map(str, classes)) or 'no text'}. Give "
            f"texts of another one."
        )
    names = _names(classes)
    return LabelForm(Task.MULTICLASS, classes, names), [(names[row],) for row in rows]


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
    names = _names(classes)
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


def _name(label: Any) -> str:
    try:
        return cell_text(label).strip()
    except DataError as error:
        raise SettingsError(
            f"Expected labels that are texts or numbers. Received: y={label!r:.100} "
            f"({error}). Name them."
        ) from error
