"""What is taken for a table in memory: frames, rows, columns, texts with labels."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from os import PathLike
from pathlib import Path
from typing import Any

from kerascls.data.readers.frames import ABSENT, Frame, plain
from kerascls.data.readers.globs import files_of, one_file
from kerascls.data.readers.rows import TableName
from kerascls.errors import SettingsError
from kerascls.system.extras import require

TEXT_COLUMN = "text"


def as_sources(value: Any) -> tuple[Path | Frame, ...]:
    """Returns what labelled text is read from: files, or tables in memory.

    Args:
        value: A path, a pattern such as `data/part*.csv` for all files that it
            matches, or a table, see `as_frame`, or a list of several; None for none.
            A pattern that matches nothing stays, and is an error when it is opened.

    Raises:
        SettingsError: When a table cannot be read.
    """
    if value is None:
        return ()
    several = isinstance(value, list | tuple) and all(map(_is_one, value))
    given = value if several else [value]
    return _told_apart([source for one in given for source in _each(one)])


def as_source(value: Any) -> Path | Frame:
    """Returns the file or the table in memory, see `as_sources`.

    Raises:
        SettingsError: When it is none, or a pattern that matches several files.
    """
    is_path = isinstance(value, str | PathLike)
    return one_file(Path(value)) if is_path else as_frame(value)


def as_frame(value: Any) -> Frame:
    """Returns a table in memory.

    Args:
        value: A DataFrame of pandas or polars, a table of pyarrow, a data set of
            Hugging Face, or what has `__arrow_c_stream__`, `to_pandas` or
            `__dataframe__`; a dict of columns; a list of rows as dicts; `(texts,
            labels)`, two lists, arrays or Series, where a str is one label and
            several labels of a text are a list; or texts alone, which are a table
            without labels.

    Raises:
        SettingsError: When it is none of these, or columns do not fit each other.

    Example:
        >>> as_frame((["国足主场取胜", "新车上市"], ["体育", "汽车"])).name
        '<list 2 rows>'
    """
    if isinstance(value, Frame):
        return value
    if isinstance(value, list | tuple) and value:
        if isinstance(value[0], PathLike) or _is_table(value[0]):
            raise SettingsError(
                f"Expected one file or one table in memory. Received: a "
                f"{type(value).__name__} whose first is a {type(value[0]).__name__}. "
                f"Join tables first, as with pandas.concat, or call once for each."
            )
    if isinstance(value, Mapping) and not any(map(_is_table, value.values())):
        return _of_columns(value)
    if isinstance(value, tuple) and len(value) == 2 and _is_column(value[0]):
        return _of_pair(value)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return _of_rows(value)
    if _is_column(value) and getattr(value, "ndim", 1) == 1:
        return _of_texts(value)
    if _is_table(value):
        return next(make(value) for names, make in LIBRARIES if _has(value, names))
    parts = f" of {', '.join(map(str, value))}" if isinstance(value, Mapping) else ""
    raise SettingsError(
        f"Expected a file, or a table in memory: a DataFrame of pandas or polars, a "
        f"table of pyarrow, a data set of Hugging Face, a dict of columns, a list of "
        f"dicts, or (texts, labels). Received: a {type(value).__name__}{parts}. Give "
        f"one of these: of a lazy frame its collect(), of several parts one."
    )


def _of_pandas(frame: Any) -> Frame:
    places = {str(name): place for place, name in enumerate(frame.columns)}
    return _frame(
        *(frame, frame.columns, lambda name: frame.iloc[:, places[name]].array),
        *(len(frame), _index(frame)),
    )


def _of_polars(frame: Any) -> Frame:
    return _frame(frame, frame.columns, frame.get_column, len(frame))


def _of_arrow(table: Any) -> Frame:
    return _frame(table, table.column_names, table.column, table.num_rows)


def _of_hugging_face(data: Any) -> Frame:
    unformatted = data.with_format(None)
    frame = _frame(data, data.column_names, unformatted.__getitem__, len(data))
    class_names = {
        name: feature.names
        for name, one in data.features.items()
        # Of a list of classes, what is in it.
        if hasattr(feature := getattr(one, "feature", one), "names")
    }
    frame.class_names = class_names
    return frame


def _of_stream(stream: Any) -> Frame:
    require(f"Reading a {type(stream).__name__}", "pyarrow")
    import pyarrow

    return _named_as(stream, _of_arrow(pyarrow.table(stream)))


def _of_convertible(value: Any) -> Frame:
    return _named_as(value, _of_pandas(value.to_pandas()))


def _of_interchange(value: Any) -> Frame:
    require(f"Reading a {type(value).__name__}", "pyarrow")
    from pyarrow.interchange import from_dataframe

    return _named_as(value, _of_arrow(from_dataframe(value)))


# What a library's tables have -> how they are read, the most direct way first.
LIBRARIES: tuple[tuple[tuple[str, ...], Callable[[Any], Frame]], ...] = (
    (("iloc", "columns"), _of_pandas),
    (("get_column", "columns"), _of_polars),
    (("column_names", "column", "num_rows"), _of_arrow),
    (("column_names", "features", "with_format", "__len__"), _of_hugging_face),
    (("__arrow_c_stream__",), _of_stream),
    (("to_pandas",), _of_convertible),
    (("__dataframe__",), _of_interchange),
)


def _of_columns(columns: Mapping[Any, Any]) -> Frame:
    by_name = {str(name): _cells(cells) for name, cells in columns.items()}
    lengths = {name: len(cells) for name, cells in by_name.items()}
    if len(set(lengths.values())) != 1:
        rows = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SettingsError(
            f"Expected one or more columns, all with the same number of rows. "
            f"Received: {rows or 'no column'}. Correct them."
        )
    return _frame(columns, columns, by_name.__getitem__, next(iter(lengths.values())))


def _of_rows(rows: Sequence[Mapping[Any, Any]]) -> Frame:
    for position, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise SettingsError(
                f"Expected every row to be a dict, as the first. Received: "
                f"rows[{position}]={row!r:.200}. Give dicts, or texts alone."
            )
    names = {str(name): name for row in rows for name in row}
    return _frame(
        *(rows, names, lambda name: [row.get(names[name], ABSENT) for row in rows]),
        len(rows),
    )


def _of_texts(texts: Any) -> Frame:
    cells = _cells(texts)
    frame = _frame(texts, [TEXT_COLUMN], lambda _: cells, len(cells), _index(texts))
    frame.is_texts = True
    return frame


def _of_pair(pair: tuple[Any, Any]) -> Frame:
    if not _is_column(pair[1]) or getattr(pair[1], "ndim", 1) != 1:
        raise SettingsError(
            f"Expected the labels of each text by name; where there may be several, a "
            f"list. Received: labels as a {type(pair[1]).__name__}. Give a list of "
            f"names, or use KerasTextClassifier, which takes a table of 0 and 1."
        )
    texts, labels = map(_cells, pair)
    if len(texts) != len(labels):
        raise SettingsError(
            f"Expected labels for each text. Received: {len(texts)} texts and "
            f"{len(labels)} labels. Correct one of them."
        )
    are_series = all(hasattr(one, "iloc") for one in pair)
    if are_series and not pair[0].index.equals(pair[1].index):
        raise SettingsError(
            "Expected texts and labels of the same rows. Received: two Series with "
            "different indices. Take both from one DataFrame, or give their to_list()."
        )
    several = any(isinstance(plain(cell), list) for cell in labels)
    columns = {TEXT_COLUMN: texts, "labels" if several else "label": labels}
    frame = _frame(pair, columns, columns.__getitem__, len(texts), _index(pair[0]))
    frame.has_whole_labels = True
    return frame


def _frame(
    given: Any,
    columns: Iterable[Any],
    cells: Callable[[str], Sequence[Any]],
    num_rows: int,
    index: Sequence[Any] | None = None,
) -> Frame:
    names = tuple(str(name) for name in columns)
    kind = type(given[0] if isinstance(given, tuple) else given).__name__
    name = TableName.of(kind, num_rows, index)
    if len(set(names)) < len(names):
        twice = dict.fromkeys(name for name in names if names.count(name) > 1)
        raise SettingsError(
            f"Expected every column to have a name of its own. Received: {name} with "
            f"{', '.join(twice)} more than once. Rename or drop one of them."
        )
    return Frame(name, names, cells, num_rows, given)


def _named_as(given: Any, frame: Frame) -> Frame:
    """Returns a converted table as the one that was given."""
    return _frame(given, frame.columns, frame.cells, frame.num_rows)


def _each(value: Any) -> Sequence[Path | Frame]:
    is_path = isinstance(value, str | PathLike)
    return files_of(Path(value)) if is_path else [as_frame(value)]


def _told_apart(sources: list[Path | Frame]) -> tuple[Path | Frame, ...]:
    """Numbers tables of the same name, which several may have."""
    names = [str(source) for source in sources]
    for place, source in enumerate(sources):
        before = names[:place].count(names[place])
        if isinstance(source, Frame) and before:
            sources[place] = other = copy(source)
            other.name = source.name.numbered(before + 1)
    return tuple(sources)


def _cells(values: Any) -> Sequence[Any]:
    return values.array if hasattr(values, "iloc") else values


def _index(values: Any) -> Sequence[Any] | None:
    """Returns the labels of pandas' rows, unless they are just the positions."""
    if not hasattr(values, "iloc"):
        return None
    index = values.index
    is_range = type(index).__name__ == "RangeIndex"
    return None if is_range and (index.start, index.step) == (0, 1) else index


def _is_one(value: Any) -> bool:
    return isinstance(value, str | PathLike | Frame) or _is_table(value)


def _is_table(value: Any) -> bool:
    return not _is_column(value) and any(_has(value, names) for names, _ in LIBRARIES)


def _is_column(value: Any) -> bool:
    """Returns whether a value is cells one after another: a list, array or Series."""
    is_typed = _has(value, ["dtype"]) or _has(value, ["type"])
    return is_typed or (isinstance(value, Sequence) and not isinstance(value, str))


def _has(value: Any, names: Iterable[str]) -> bool:
    # Of its type: a frame's columns, and the labels of a Series, are attributes too.
    return all(hasattr(type(value), name) for name in names)
