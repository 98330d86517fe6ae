"""A labelled file written anew: as it is but for some label cells."""

import codecs
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

from kerascls.data.labels import Task
from kerascls.data.readers import Dataset, join_labels, read_columns, read_records
from kerascls.data.readers.cells import cell_text
from kerascls.data.readers.decoding import STRICT, check_encoding
from kerascls.data.readers.formats import FORMATS, FileFormat
from kerascls.data.readers.label_names import LabelNames
from kerascls.data.readers.one_hot import relabelled
from kerascls.data.readers.packed import open_unpacked
from kerascls.data.readers.read_options import ReadOptions
from kerascls.data.readers.rows import Fields
from kerascls.errors import DataError

NUMBER = re.compile("0|-?[1-9][0-9]{0,17}")


def rewritten(
    dataset: Dataset,
    labels: Mapping[int, tuple[str, ...]],
    options: ReadOptions,
    read_as: str,
    write_as: str,
) -> bytes:
    """Returns the content of a file with other labels in some rows.

    Args:
        dataset: The file as it was read; rows it lacks are left out.
        labels: The new labels, by the line a row starts at.
        options: How it was read; the content has its encoding, unless it has none.
        read_as: The file's format.
        write_as: One that can be written.

    Raises:
        DataError: When the encoding cannot write a label, or a file of class names
            lacks it.
    """
    path, encoding, format = Path(str(dataset.path)), options.encoding, FORMATS[read_as]
    options = replace(options, format=read_as)
    columns = read_columns(path, options)
    usable = {example.line for example in dataset.examples}
    if options.label_names is not None:
        classes = LabelNames.read(options.label_names)
        labels = {line: tuple(map(classes.number, new)) for line, new in labels.items()}
    fields = [
        _relabelled(record.fields, labels[record.line], dataset, options, format)
        if record.line in labels
        else record.fields
        for record in read_records(path, options, errors="skip")
        if record.line in usable
    ]
    write = cast(Callable[..., str], FORMATS[write_as].write)
    content = write(columns, fields, _line_end(path, format, encoding))
    return _encoded(content, path, format, encoding)


def _relabelled(
    fields: Fields,
    names: tuple[str, ...],
    dataset: Dataset,
    options: ReadOptions,
    format: FileFormat,
) -> Fields:
    column = dataset.label_column
    if not isinstance(column, str):
        return relabelled(fields, column, names)
    joined = dataset.task is Task.MULTILABEL or column == "labels"
    cell: object
    if format.is_table:
        cell = join_labels(names, options.separator) if joined else names[0]
    else:
        cell = label_cell_like(fields.get(column), names, joined, options.separator)
    return {**fields, column: cell}


def label_cell_like(
    before: object, names: Sequence[str], joined: bool, separator: str
) -> object:
    """Returns labels in the type of another cell: numbers, one text or a list."""
    if joined and isinstance(before, str):
        return join_labels(names, separator)
    old = before if isinstance(before, list) else [before]
    kinds = {type(label) for label in old}
    known = {str(label): label for label in old if type(label) in (int, str)}
    new = [known.get(name, _of_kind(name, kinds)) for name in names]
    return new if joined else new[0]


def _of_kind(name: str, kinds: set[type]) -> object:
    """Returns a label as the only kind of value that there was, if it is one."""
    if kinds == {bool}:
        return {cell_text(value): value for value in (True, False)}.get(name, name)
    if kinds == {int} and NUMBER.fullmatch(name):
        return int(name)
    if kinds == {float}:
        with suppress(ValueError):
            value = float(name)
            return value if math.isfinite(value) and cell_text(value) == name else name
    return name


def _line_end(file: Path, format: FileFormat, encoding: str) -> str:
    if not format.is_text:
        return "\n"
    with (
        open_unpacked(file) as binary,
        io.TextIOWrapper(binary, encoding, errors="replace", newline="") as handle,
    ):
        first = handle.readline()
    ends = ("\r\n", "\r") if format.is_table else ("\r\n",)
    return next((end for end in ends if first.endswith(end)), "\n")


def _encoded(content: str, file: Path, format: FileFormat, encoding: str) -> bytes:
    codec = codecs.lookup(encoding if format.is_text else "utf-8").name
    begins_with_mark = False
    if not format.is_folder:
        with open_unpacked(file) as handle:
            begins_with_mark = handle.read(3) == codecs.BOM_UTF8
    if codec == "utf-8" and (begins_with_mark or not format.is_text):
        codec = check_encoding(codec)  # with a byte order mark, for spreadsheets
    try:
        return content.encode(codec, STRICT)
    except UnicodeEncodeError as error:
        raise DataError(
            f"Expected labels that {encoding} can write. Received: "
            f"{content[error.start]!r}, which it cannot. Save the file as UTF-8 first."
        ) from error
