"""Tables in memory, of whatever library: one value that is read as a file is."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from kerascls.data.readers.cells import is_empty
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import Record, TableName
from kerascls.errors import DataError, SettingsError
from kerascls.system.words import as_keywords

ROWS_PER_PROGRESS = 1000
ABSENT = object()  # the cell of a row that lacks the column, which is no None


class Frame:  # no dataclass, of which pydantic would write down the content
    """A table in memory; nothing of it is copied.

    Args:
        name: What it is called in messages and run.json.
        columns: Names of its columns, in order.
        cells: Gives the cells of a column, from its name.
        num_rows: How many there are of each.
        given: What the user gave; two values of one table are equal.
        class_names: For columns whose cells are numbers of classes their names.
        is_texts: Whether it is one column of texts without a name.
        has_whole_labels: Whether a str in the label column is one label as it stands,
            not a cell as files have them.
    """

    def __init__(
        self,
        name: TableName,
        columns: tuple[str, ...],
        cells: Callable[[str], Sequence[Any]],
        num_rows: int,
        given: Any,
        class_names: Mapping[str, Sequence[str]] = MappingProxyType({}),
        is_texts: bool = False,
        has_whole_labels: bool = False,
    ) -> None:
        self.name = name
        self.columns = columns
        self.cells = cells
        self.num_rows = num_rows
        self.given = given
        self.class_names = class_names
        self.is_texts = is_texts
        self.has_whole_labels = has_whole_labels

    def __str__(self) -> str:
        return str(self.name)

    def __repr__(self) -> str:
        return str(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.given is other.given

    def __hash__(self) -> int:
        return hash(id(self.given))

    def check(self, options: FileOptions) -> None:
        """Checks that nothing is stated that is said of files.

        Raises:
            SettingsError: When an option has no effect.
        """
        stated = {name: getattr(options, name) for name in options.stated}
        if options.format is not None:
            stated["format"] = options.format
        if stated:
            received = ", ".join(f"{name}={one!r}" for name, one in stated.items())
            raise SettingsError(
                f"Expected options that have an effect. Received: {received} for "
                f"{self.name}, a table in memory. Leave out how files are read."
            )

    def records(
        self,
        columns: Collection[str] = (),
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[Record]:
        """Yields the rows, counted from 0, with some columns; by default with all.

        Where these are empty, the row has all its fields, to tell whether it is. A
        row of dicts has no field for a key that it lacks, as in JSON lines.
        `on_progress` is called now and then with rows done and all rows.

        Raises:
            SettingsError: Where texts alone hold something else.
        """
        names = tuple(columns) or self.columns
        # A Series is a column of a table, in which a missing text is an empty one.
        are_texts = self.is_texts and not hasattr(self.given, "iloc")
        of_names = [self.cells(name) for name in names]
        for position, row in enumerate(zip(*of_names, strict=True)):
            if on_progress and position % ROWS_PER_PROGRESS == 0:
                on_progress(position, self.num_rows)
            fields = _fields(names, row)
            if are_texts:
                _require_text(fields[names[0]], position)
            self._name_classes(fields)
            if len(names) < len(self.columns) and all(map(is_empty, fields.values())):
                fields = self._row(position)
            yield Record(position, fields)
        if on_progress:
            on_progress(self.num_rows, self.num_rows)

    def _row(self, position: int) -> dict[str, object]:
        row = [self.cells(name)[position] for name in self.columns]
        return _fields(self.columns, row)

    def _name_classes(self, fields: dict[str, object]) -> None:
        for name in self.class_names.keys() & fields:
            cell, names = fields[name], self.class_names[name]
            if isinstance(cell, list):
                fields[name] = [_class_name(one, names) for one in cell]
            else:
                fields[name] = _class_name(cell, names)


@contextmanager
def told_in_python(source: object) -> Iterator[None]:
    """Makes keywords of the options in errors, where `source` is a table in memory."""
    try:
        yield
    except (DataError, SettingsError) as error:
        if isinstance(source, Frame):
            error.args = (as_keywords(str(error)),)
        raise


def plain(cell: Any) -> Any:
    """Returns a cell as Python's own value: numbers, texts, lists.

    Example:
        >>> plain(numpy.array(["体育", "健康"]))
        ['体育', '健康']
    """
    if cell is None or type(cell) in (str, int, float, bool):
        return cell
    if isinstance(cell, list | tuple):
        return [plain(one) for one in cell]
    if isinstance(cell, dict):
        return {key: plain(one) for key, one in cell.items()}
    if isinstance(cell, set | frozenset):
        return sorted(map(plain, cell), key=str)
    if type(cell).__name__ == "datetime64":  # of nanoseconds it would give a number
        cell = cell.astype("M8[us]")
    if type(cell).__name__ in ("float16", "float32"):  # 0.1, not 0.10000000149011612
        return float(str(cell))
    for convert in ("as_py", "tolist", "to_list"):
        if hasattr(cell, convert):
            return plain(getattr(cell, convert)())
    return cell


def _fields(names: Sequence[str], row: Sequence[Any]) -> dict[str, object]:
    cells = zip(names, row, strict=True)
    return {name: plain(cell) for name, cell in cells if cell is not ABSENT}


def _require_text(cell: object, position: int) -> None:
    if not isinstance(cell, str):
        raise SettingsError(
            f"Expected each text to be a str. Received: texts[{position}]={cell!r:.200}"
            f". Replace what is missing by an empty str."
        )


def _class_name(cell: object, names: Sequence[str]) -> object:
    if isinstance(cell, int) and cell < 0:  # how datasets say that there is none
        return None
    return names[cell] if isinstance(cell, int) and cell < len(names) else cell
