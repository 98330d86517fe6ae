"""A labelled file written anew: as it is but for some label cells."""

import codecs
import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path

from kerascls.data.labels import Task
from kerascls.data.readers import Dataset, join_labels, read_columns, read_records
from kerascls.data.readers.text_files import check_encoding
from kerascls.errors import DataError

DELIMITERS = {"csv": ",", "tsv": "\t"}
NUMBER = re.compile("0|-?[1-9][0-9]{0,17}")


def rewritten(
    dataset: Dataset,
    labels: Mapping[int, tuple[str, ...]],
    *,
    format: str,
    encoding: str,
    separator: str,
    written: str,
) -> bytes:
    """Returns the content of a file with other labels in some rows.

    Args:
        dataset: The file as it was read; rows it lacks are left out.
        labels: The new labels, by the line a row starts at.
        format: Of the file.
        encoding: Of the file and, unless it is xlsx, of the content.
        separator: Between the names in a cell.
        written: The format to write, `"csv"`, `"tsv"` or, for JSON lines, `"jsonl"`.

    Raises:
        DataError: When the encoding cannot write a label.
    """
    records = _relabelled(dataset, labels, format, encoding, separator)
    line_end = _line_end(dataset.path, format, encoding)
    if written == "jsonl":
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        content = "".join(line + line_end for line in lines)
    else:
        columns = read_columns(dataset.path, format=format, encoding=encoding)
        content = _table(columns, records, DELIMITERS[written], line_end)
    return _encoded(content, dataset.path, format, encoding)


def _relabelled(
    dataset: Dataset,
    labels: Mapping[int, tuple[str, ...]],
    format: str,
    encoding: str,
    separator: str,
) -> list[dict[str, object]]:
    usable = {example.line for example in dataset.examples}
    column = dataset.label_column
    joined = dataset.task is Task.MULTILABEL or column == "labels"
    records = []
    for record in read_records(
        dataset.path, format=format, encoding=encoding, errors="skip"
    ):
        if record.line not in usable:
            continue
        fields = record.fields
        if record.line in labels:
            names = labels[record.line]
            if format == "jsonl":
                cell = _json_cell(fields.get(column), names, joined, separator)
            else:
                cell = join_labels(names, separator) if joined else names[0]
            fields = {**fields, column: cell}
        records.append(fields)
    return records


def _json_cell(
    before: object, names: Sequence[str], joined: bool, separator: str
) -> object:
    """Returns labels as the JSON type that a row had: numbers, one text or a list."""
    if joined and isinstance(before, str):
        return join_labels(names, separator)
    old = before if isinstance(before, list) else [before]
    numbers = all(type(one) is int for one in old) and len(old) > 0
    known = {str(one): one for one in old if type(one) in (int, str)}
    new = [
        int(name) if numbers and NUMBER.fullmatch(name) else known.get(name, name)
        for name in names
    ]
    return new if joined else new[0]


def _table(
    columns: Sequence[str],
    records: Iterable[dict[str, object]],
    delimiter: str,
    line_end: str,
) -> str:
    lines = []
    for cells in [columns, *([row.get(n, "") for n in columns] for row in records)]:
        stream = StringIO()
        # Python 3.11 quotes a lone CR or LF only where it is part of the line's end.
        csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
        lines.append(stream.getvalue()[:-2] + line_end)
    return "".join(lines)


def _line_end(file: Path, format: str, encoding: str) -> str:
    if format == "xlsx":
        return "\n"
    with open(file, encoding=encoding, errors="replace", newline="") as handle:
        first = handle.readline()
    ends = ("\r\n",) if format == "jsonl" else ("\r\n", "\r")
    return next((end for end in ends if first.endswith(end)), "\n")


def _encoded(content: str, file: Path, format: str, encoding: str) -> bytes:
    codec = codecs.lookup("utf-8" if format == "xlsx" else encoding).name
    with open(file, "rb") as handle:
        begins_with_mark = handle.read(3) == codecs.BOM_UTF8
    if codec == "utf-8" and (format == "xlsx" or begins_with_mark):
        codec = check_encoding(codec)  # with a byte order mark, for spreadsheets
    try:
        return content.encode(codec)
    except UnicodeEncodeError as error:
        raise DataError(
            f"Expected labels that {encoding} can write. Received: "
            f"{content[error.start]!r}, which it cannot. Save the file as UTF-8 first."
        ) from error
