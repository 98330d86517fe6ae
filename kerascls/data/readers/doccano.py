"""What doccano exports and imports: JSON lines, and CSV with labels joined by `#`.

What is written for doccano 1.8 has no empty text, which it refuses, each label once,
and the same fields in every row. Fields beside text and label come back from it as they
are; it adds `id` and `Comments`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from kerascls.data.readers.delimited import delimited_lines
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.labelled_table import (
    LabelledTable,
    require_names,
    save_lines,
)
from kerascls.data.readers.rows import Record, Row
from kerascls.data.readers.saving import csv_lines, dumped, written_cell
from kerascls.data.readers.tables import table_rows

MARK = "#"
TEXT_COLUMN, LABEL_COLUMN = "text", "label"


def doccano_csv_rows(
    handle: BinaryIO, source: str, options: FileOptions
) -> Iterator[Row]:
    """Yields the rows of a file, with a list of labels in the column `label`."""
    lines = delimited_lines(handle, source, options)
    for row in table_rows(lines, source, options):
        if isinstance(row, Record) and LABEL_COLUMN in row.fields:
            cell = str(row.fields[LABEL_COLUMN])
            labels = cell.split(MARK) if cell.strip() else []
            row = Record(row.line, {**row.fields, LABEL_COLUMN: labels})
        yield row


def save_doccano(path: Path, table: LabelledTable) -> None:
    """Writes JSON lines for doccano to import."""
    save_lines(path, (f"{dumped(row)}\n" for row in _objects(table)))


def save_doccano_csv(path: Path, table: LabelledTable) -> None:
    """Writes CSV as doccano exports it; on import it takes a cell for one label.

    Raises:
        DataError: When a label holds the mark that joins labels.
    """
    require_names(table, lambda name: MARK not in name, "doccano's CSV", "without #")
    columns = [TEXT_COLUMN, LABEL_COLUMN, *_others(table)]
    rows = (
        [
            str(row[TEXT_COLUMN]),
            MARK.join(row[LABEL_COLUMN]),
            *(written_cell(row[name], table.lost) for name in columns[2:]),
        ]
        for row in _objects(table)
    )
    save_lines(path, csv_lines(columns, rows, table.lost))


def _objects(table: LabelledTable) -> Iterator[dict[str, Any]]:
    others = _others(table)
    taken = {*table.other_columns} - {*others}
    for row in table.rows():
        for name in taken:
            table.lost[f'cells of "{name}", whose name texts or labels have'] += 1
        text = table.one_text(row, between="\n")
        if text.strip():
            fields = {TEXT_COLUMN: text, LABEL_COLUMN: list(table.labels(row))}
            yield fields | {name: row.get(name) for name in others}
        else:
            table.lost["rows without text, which doccano refuses, left out"] += 1


def _others(table: LabelledTable) -> list[str]:
    taken = (TEXT_COLUMN, LABEL_COLUMN)
    return [name for name in table.other_columns if name not in taken]
