"""Labelled text as CSV, TSV, JSON lines or a JSON array."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

from kerascls.data.readers.cells import cell_text
from kerascls.data.readers.columns import check_columns
from kerascls.data.readers.labelled_table import LabelledTable, save_lines

NUL = "\0"


def save_delimited(path: Path, table: LabelledTable, delimiter: str = ",") -> None:
    """Writes a table whose first line names the columns, with a mark for Excel."""
    check_columns(table.columns, str(path))
    rows = (_cells(row, table) for row in table.rows())
    lines = csv_lines(table.columns, rows, table.lost, delimiter)
    save_lines(path, lines, "utf-8-sig")


def save_jsonl(path: Path, table: LabelledTable) -> None:
    """Writes an object for each row, on a line of its own."""
    save_lines(path, (f"{dumped(one)}\n" for one in json_objects(table)))


def save_json(path: Path, table: LabelledTable) -> None:
    """Writes an array of objects, each on a line of its own."""
    save_lines(path, array_lines(json_objects(table)))


def json_objects(table: LabelledTable) -> Iterator[dict[str, object]]:
    """Yields the fields of each row, the same ones in every row, as JSON."""
    for row in table.rows():
        fields = {name: row.get(name) for name in table.columns}
        yield fields | {table.label_column: table.label_value(row)}


def array_lines(values: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yields the text of a JSON array, an object on each line."""
    before = "[\n"
    for value in values:
        yield before + dumped(value)
        before = ",\n"
    yield "\n]\n" if before[0] == "," else "[]\n"


def csv_lines(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    lost: Counter[str],
    delimiter: str = ",",
) -> Iterator[str]:
    """Yields the lines of a table; NUL, which no table can hold, is counted."""
    stream = StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    for cells in rows:
        if nuls := sum(cell.count(NUL) for cell in cells):
            lost["NUL characters"] += nuls
        writer.writerow([cell.replace(NUL, "\ufffd") for cell in cells])
        yield stream.getvalue()
        stream.seek(0)
        stream.truncate()


def written_cell(value: object, lost: Counter[str]) -> str:
    """Returns a value as the cell of a table: its text, of a list or object JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        lost["the type of numbers and lists, written as text"] += 1
        return dumped(value)
    if text := cell_text(value):
        lost["the type of numbers and lists, written as text"] += 1
    return text


def dumped(value: object) -> str:
    """Returns a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _cells(row: Mapping[str, object], table: LabelledTable) -> list[str]:
    label = table.label_cell(row)
    return [
        label if name == table.label_column else written_cell(row.get(name), table.lost)
        for name in table.columns
    ]
