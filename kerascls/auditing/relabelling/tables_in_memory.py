"""A table in memory with other labels in some rows, as a table of the same kind."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kerascls.auditing.relabelling.rewriting import label_cell_like
from kerascls.data.labels import Task
from kerascls.data.readers import Dataset
from kerascls.data.readers.cells import is_empty
from kerascls.data.readers.frames import ABSENT, Frame, plain
from kerascls.data.readers.label_names import LabelNames
from kerascls.data.readers.one_hot import relabelled
from kerascls.data.readers.read_options import ReadOptions
from kerascls.errors import SettingsError


def relabelled_table(
    dataset: Dataset,
    frame: Frame,
    labels: Mapping[int, tuple[str, ...]],
    options: ReadOptions,
) -> Any:
    """Returns a copy of a table, of the same library, with the same index and columns.

    Args:
        dataset: What was read of it.
        frame: The table.
        labels: The new labels, by the position of a row.
        options: How it was read.

    Raises:
        DataError: When a file of class names lacks a label.
        SettingsError: When tables of this library cannot be made here.
    """
    column = dataset.label_column
    names = (column,) if isinstance(column, str) else column
    columns: dict[str, list[Any]] = {
        name: [None if cell is ABSENT else cell for cell in frame.cells(name)]
        for name in names
    }
    classes = LabelNames.read(options.label_names) if options.label_names else None
    joined = dataset.task is Task.MULTILABEL or column == "labels"
    filled = {name: _first_filled(cells) for name, cells in columns.items()}
    for position, new in labels.items():
        if classes is not None:
            new = tuple(map(classes.number, new))
        before = {name: plain(columns[name][position]) for name in names}
        if isinstance(column, str):
            cell = filled[column] if is_empty(before[column]) else before[column]
            after: Mapping[str, Any] = {
                column: label_cell_like(cell, new, joined, options.separator)
            }
        else:
            after = relabelled(before, column, new)
        for name in names:
            columns[name][position] = after[name]
    return _with_columns(frame, columns)


def _first_filled(cells: Sequence[Any]) -> Any:
    return next((one for one in map(plain, cells) if not is_empty(one)), "")


def _with_columns(frame: Frame, columns: Mapping[str, list[Any]]) -> Any:
    given = frame.given
    if isinstance(given, Mapping):
        table = dict(given)
        for key in given:
            if str(key) in columns:
                table[key] = _like(given[key], columns[str(key)])
        return table
    if isinstance(given, tuple):
        (cells,) = columns.values()
        return given[0], _like(given[1], cells)
    if isinstance(given, list):
        rows = [dict(row) for row in given]
        for name, cells in columns.items():
            for row, cell in zip(rows, cells, strict=True):
                row[name] = cell
        return rows
    if hasattr(given, "isetitem"):  # pandas
        table = given.copy()
        for name, cells in columns.items():
            place = frame.columns.index(name)
            table.isetitem(place, _like(given.iloc[:, place], cells))
        return table
    if hasattr(given, "get_column"):  # polars
        made = [_like_polars(given.get_column(name), columns[name]) for name in columns]
        return given.with_columns(made)
    if hasattr(given, "set_column"):  # Arrow
        return _of_arrow(given, columns)
    raise SettingsError(
        f"Expected a table whose copy can be made: of pandas, polars or pyarrow, a "
        f"dict of columns, a list of dicts, or (texts, labels). Received: a "
        f"{type(given).__name__}. Give its to_pandas()."
    )


def _like(before: Any, cells: list[Any]) -> Any:
    """Returns cells as a list, array or Series, as those before were."""
    if hasattr(before, "iloc"):
        dtype = before.dtype
        if hasattr(dtype, "categories"):
            more = dict.fromkeys(one for one in cells if one not in dtype.categories)
            more.pop(None, None)
            dtype = before.cat.add_categories(list(more)).dtype
        options = {"index": before.index, "name": before.name}
        with suppress(TypeError, ValueError):  # a name among numbers
            series = type(before)(cells, **options, dtype=dtype)
            if dtype.kind == "O" or _are_same(series, cells):
                return series
        return type(before)(cells, **options, dtype=object)
    if isinstance(before, list | tuple):
        return type(before)(cells)
    import numpy as np

    if before.dtype != object:  # which may be too narrow for a new name
        made = np.array(cells)
        if _are_same(made, cells):
            return made
    array = np.empty(len(cells), object)
    array[:] = cells
    return array


def _are_same(made: Any, cells: list[Any]) -> bool:
    """Whether nothing became something else: of a name among truth values True."""
    both = zip(map(plain, made), map(plain, cells), strict=True)
    return all(
        one == other or (is_empty(one) and is_empty(other)) for one, other in both
    )


def _like_polars(series: Any, cells: list[Any]) -> Any:
    # Whoever gives such a table has loaded the library, which is none of ours.
    failures = (TypeError, ValueError, sys.modules["polars"].exceptions.PolarsError)
    try:
        return type(series)(series.name, list(map(plain, cells)), dtype=series.dtype)
    except failures as error:
        raise _unfit(series.name, series.dtype) from error


def _unfit(column: str, dtype: Any) -> SettingsError:
    return SettingsError(
        f"Expected corrected labels that the column's type can hold. Received: one "
        f"that does not fit into the column {column!r} of type {dtype}. Make it a "
        f"column of text first, or correct the label."
    )


def _of_arrow(table: Any, columns: Mapping[str, list[Any]]) -> Any:
    import pyarrow

    for name, cells in columns.items():
        place, field = table.column_names.index(name), table.schema.field(name)
        try:
            array = pyarrow.array(list(map(plain, cells)), type=field.type)
        except (pyarrow.ArrowException, TypeError, ValueError) as error:
            raise _unfit(name, field.type) from error
        table = table.set_column(place, field, array)
    return table
