"""Parquet and Arrow files, in batches of rows."""

import datetime
import decimal
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from kerascls.data.readers.columns import check_columns
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.data.readers.rows import BadRow, Record, Row
from kerascls.data.readers.saving import written_cell
from kerascls.errors import DataError
from kerascls.system.extras import require

BATCH_ROWS = 1024
_ARROW_FILE = b"ARROW1"


def parquet_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields the rows of a Parquet file; the first one is number 1.

    Numbers, truth values, nulls and lists stay what they are, as in JSON lines. Where
    the file itself names the classes of a column of numbers, as those of Hugging Face
    do, the names are taken.

    Raises:
        DataError: When it is no such file, or damaged.
        MissingPackageError: When pyarrow is not installed.
    """
    yield from _rows(_open_parquet(handle, source), source)


def arrow_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields the rows of an Arrow file, of either kind, likewise."""
    yield from _rows(_open_arrow(handle, source), source)


def _open_parquet(handle: BinaryIO, source: str) -> tuple[Any, Iterator[Any]]:
    """Returns the schema and the batches."""
    require("Reading Parquet", "pyarrow")
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(handle)
    except (pyarrow.ArrowException, OSError) as error:
        raise _damaged(error, source, "Parquet") from error
    return file.schema_arrow, file.iter_batches(BATCH_ROWS)


def _open_arrow(handle: BinaryIO, source: str) -> tuple[Any, Iterator[Any]]:
    require("Reading Arrow", "pyarrow")
    import pyarrow

    try:
        is_file = handle.read(len(_ARROW_FILE)) == _ARROW_FILE
        handle.seek(0)
        if is_file:
            file = pyarrow.ipc.open_file(handle)
            numbers = range(file.num_record_batches)
            return file.schema, (file.get_batch(number) for number in numbers)
        stream = pyarrow.ipc.open_stream(handle)
    except (pyarrow.ArrowException, OSError) as error:
        raise _damaged(error, source, "Arrow") from error
    return stream.schema, iter(stream)


def _rows(opened: tuple[Any, Iterator[Any]], source: str) -> Iterator[Row]:
    import pyarrow

    schema, batches = opened
    columns = _columns(schema, source)
    classes = _class_names(schema)
    number = 0
    try:
        for batch in batches:
            for start in range(0, batch.num_rows, BATCH_ROWS):
                part = batch.slice(start, BATCH_ROWS)
                for values in zip(
                    *(one.to_pylist() for one in part.columns), strict=True
                ):
                    number += 1
                    yield _row(number, dict(zip(columns, values, strict=True)), classes)
    except (pyarrow.ArrowException, OSError) as error:
        raise _damaged(error, source, "Parquet or Arrow") from error


def _columns(schema: Any, source: str) -> list[str]:
    columns, _ = check_columns(schema.names, source)
    if len(columns) < len(schema.names):
        raise DataError(
            f"Expected every column to have a name. Received: {source} with "
            f"{len(schema.names) - len(columns)} without one. Name or remove them."
        )
    return columns


def _class_names(schema: Any) -> dict[str, list[str]]:
    """Returns the names of classes that Hugging Face keeps beside the columns."""
    try:
        kept = json.loads((schema.metadata or {})[b"huggingface"])
        features = kept["info"]["features"]
        return {
            column: feature["names"]
            for column, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def _row(
    number: int, values: Mapping[str, Any], classes: Mapping[str, list[str]]
) -> Record | BadRow:
    fields = {}
    for column, value in values.items():
        try:
            value = _value(value)
        except UnicodeDecodeError:
            return BadRow(number, f'column "{column}" holds bytes that are no UTF-8')
        if column in classes and type(value) is int:
            if not -1 <= value < len(classes[column]):
                return BadRow(
                    number, f'column "{column}" holds {value}, no class of it'
                )
            # Minus one is how data sets say that the class is not told.
            value = classes[column][value] if value >= 0 else None
        fields[column] = value
    return Record(number, fields)


def _value(value: Any) -> Any:
    """Returns a value as what JSON can hold."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, datetime.date | datetime.time):
        return str(value)
    if isinstance(value, datetime.timedelta | decimal.Decimal):
        return str(value)
    if isinstance(value, list):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        return {key: _value(one) for key, one in value.items()}
    return value


def _damaged(error: Exception, source: str, kind: str) -> DataError:
    return DataError(
        f"Expected a {kind} file. Received: {source}, which cannot be read as one "
        f"({str(error).splitlines()[0]}). Write it anew, or name its own format with "
        f"`--format`."
    )


def save_parquet(path: Path, table: LabelledTable) -> None:
    """Writes a Parquet file: texts, and of several labels a list, or their weights."""
    require("Writing Parquet", "pyarrow")
    from pyarrow import parquet

    with parquet.ParquetWriter(path, _schema(table)) as writer:
        for batch in _batches(table):
            writer.write_batch(batch)


def save_arrow(path: Path, table: LabelledTable) -> None:
    """Writes an Arrow file, which is Feather as well, likewise."""
    require("Writing Arrow", "pyarrow")
    import pyarrow

    with pyarrow.ipc.new_file(path, _schema(table)) as writer:
        for batch in _batches(table):
            writer.write_batch(batch)


def _schema(table: LabelledTable) -> Any:
    import pyarrow

    text = pyarrow.string()
    label = text if table.task.has_one_label else pyarrow.list_(text)
    if table.task.has_weights:
        label = pyarrow.map_(text, pyarrow.float64())
    check_columns(table.columns, "the table")
    return pyarrow.schema(
        [
            (name, label if name == table.label_column else text)
            for name in table.columns
        ]
    )


def _batches(table: LabelledTable) -> Iterator[Any]:
    import pyarrow

    schema = _schema(table)
    rows = (_cells(row, table) for row in table.rows())
    while chunk := list(islice(rows, BATCH_ROWS)):
        yield pyarrow.RecordBatch.from_pylist(chunk, schema=schema)


def _cells(row: Mapping[str, object], table: LabelledTable) -> dict[str, object]:
    cells = {
        name: None if row.get(name) is None else written_cell(row[name], table.lost)
        for name in table.columns
        if name != table.label_column
    }
    return cells | {table.label_column: table.label_value(row)}
