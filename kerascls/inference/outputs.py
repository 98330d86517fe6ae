"""Where predictions go: CSV or JSON lines; a file appears only when it is complete."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from kerascls.data.readers import FORMATS, Record, join_labels
from kerascls.errors import DataError, SettingsError
from kerascls.system.files import replaced

_CSV_FIELDS = ("predicted", "score")
Write = Callable[[Record, Any], None]


def output_format(output: str | Path, input_format: str) -> str:
    """Returns `"csv"` or `"jsonl"`: by the ending, or on a stream as the input's.

    Raises:
        SettingsError: When the ending is another one.
    """
    if str(output) == "-":
        return "csv" if FORMATS[input_format].is_table else "jsonl"
    ending = Path(output).suffix.lower().removeprefix(".")
    if ending in _WRITERS:
        return ending
    raise SettingsError(
        f"Predictions are written as .{' or .'.join(_WRITERS)}. Received: "
        f"output={str(output)!r}. Choose one of these endings, or - for standard "
        f"output."
    )


@dataclass(frozen=True)
class Output:
    """Where predictions are written.

    Args:
        write: Writes one row.
        flush: Passes on what has been written.
    """

    write: Write
    flush: Callable[[], None]


@contextmanager
def open_output(
    output: str | Path, format: str, columns: Iterable[str]
) -> Iterator[Output]:
    """Opens a file, or standard output for `"-"`; CSV begins with the input's columns.

    The file gets its name when all is written; when anything fails before, nothing
    is left and an older file of that name stays. CSV files begin with a BOM, for
    Excel, and end their lines with CR LF, as RFC 4180 says.
    """
    if str(output) == "-":
        write = _WRITERS[format](sys.stdout, str(output), columns)
        yield Output(write, sys.stdout.flush)
        sys.stdout.flush()
        return
    path = Path(output)
    if not path.parent.is_dir():
        raise SettingsError(
            f"Expected an existing folder for the predictions. Received: "
            f"output={str(path)!r}. Create {str(path.parent)!r} first."
        )
    encoding = "utf-8-sig" if format == "csv" else "utf-8"
    with (
        replaced(path) as work,
        open(work, "w", encoding=encoding, newline="") as stream,
    ):
        write = _WRITERS[format](stream, str(output), columns)
        yield Output(write, stream.flush)


def _jsonl_writer(stream: TextIO, source: str, columns: Iterable[str]) -> Write:
    def write(record: Record, prediction: Any) -> None:
        row = kept_fields(record.fields, ("labels", "scores", "abstained"))
        row["labels"] = list(prediction.labels)
        if getattr(prediction, "abstained", False):
            row["abstained"] = True
        row["scores"] = {
            label: round(float(score), 6) for label, score in prediction.scores.items()
        }
        stream.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")

    return write


def _csv_writer(stream: TextIO, source: str, columns: Iterable[str]) -> Write:
    rows = csv.writer(stream)
    columns = list(kept_fields(dict.fromkeys(columns), _CSV_FIELDS))
    rows.writerow([*columns, *_CSV_FIELDS])

    def write(record: Record, prediction: Any) -> None:
        row = kept_fields(record.fields, _CSV_FIELDS)
        if unknown := [name for name in row if name not in columns]:
            raise DataError(
                f"Expected every row to have the first one's fields, for {source} is "
                f"CSV. Received: line {record.line} with {', '.join(unknown)}. Write "
                f".jsonl instead."
            )
        scores = [f"{prediction.scores[label]:.6f}" for label in prediction.labels]
        cells = [_cell(row.get(name)) for name in columns]
        rows.writerow([*cells, join_labels(prediction.labels), "|".join(scores)])

    return write


def kept_fields(fields: Mapping[str, Any], reserved: Iterable[str]) -> dict[str, Any]:
    """Returns the input's fields; `x` becomes `input_x` where the output has its own.

    Example:
        >>> kept_fields({"text": "a", "labels": ["b"]}, ("labels",))
        {'text': 'a', 'input_labels': ['b']}
    """
    reserved = set(reserved)
    taken = reserved | set(fields)
    kept = {}
    for name, value in fields.items():
        if name in reserved:
            name = f"input_{name}"
            while name in taken:
                name = f"input_{name}"
        kept[name] = value
    return kept


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


_WRITERS = {"csv": _csv_writer, "jsonl": _jsonl_writer}
