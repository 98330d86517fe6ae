"""Where predictions go: CSV or JSON lines; a file appears only when it is complete."""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from kerascls.data.readers import FORMATS, Record, join_labels
from kerascls.errors import DataError, SettingsError
from kerascls.system.files import replaced
from kerascls.system.tables import known_name

_CSV_FIELDS = ("predicted", "score")
ABSTAINED = "abstained"
_SCORE = "score_"
Write = Callable[[Record, Any], None]


def format_of_output(
    output: str | Path, input_format: str, stated: str | None = None
) -> str:
    """Returns `"csv"` or `"jsonl"`: by the ending, or on a stream as the input's.

    Raises:
        SettingsError: When the ending, or what is stated for a stream, is another one.
    """
    if stated is not None:
        known_name(_WRITERS, stated, "output_format")
    if str(output) == "-":
        return stated or "csv" if FORMATS[input_format].is_table else "jsonl"
    ending = Path(output).suffix.lower().removeprefix(".")
    if ending in _WRITERS and stated in (None, ending):
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


def check_output(output: str | Path, overwrite: bool = False) -> None:
    """Checks that nothing is overwritten without a word.

    Raises:
        SettingsError: When the file exists, or its folder does not.
    """
    path = Path(output)
    if str(output) == "-":
        return
    if os.path.lexists(path) and not overwrite:
        raise SettingsError(
            f"Expected a new file for the predictions. Received: "
            f"output={str(path)!r}, which exists. Choose another name, or replace it "
            f"with --overwrite (overwrite=True)."
        )
    if path.is_dir() or not path.parent.is_dir():
        wrong = "is a folder" if path.is_dir() else "is in a folder that is not there"
        raise SettingsError(
            f"Expected a file for the predictions, in an existing folder. Received: "
            f"output={str(path)!r}, which {wrong}. Create the folder first, or choose "
            f"another name."
        )


@contextmanager
def open_output(
    output: str | Path, format: str, columns: Iterable[str], more: Sequence[str] = ()
) -> Iterator[Output]:
    """Opens a file, or standard output for `"-"`; CSV begins with the input's columns.

    `more` are columns of CSV behind `predicted` and `score`: `ABSTAINED`, and
    `score_LABEL` of labels.

    The file gets its name when all is written; when anything fails before, nothing
    is left and an older file of that name stays. CSV files begin with a BOM, for
    Excel, and end their lines with CR LF, as RFC 4180 says.
    """
    if str(output) == "-":
        write = _WRITERS[format](sys.stdout, str(output), columns, more)
        yield Output(write, sys.stdout.flush)
        sys.stdout.flush()
        return
    path = Path(output)
    encoding = "utf-8-sig" if format == "csv" else "utf-8"
    with (
        replaced(path) as work,
        open(work, "w", encoding=encoding, newline="") as stream,
    ):
        write = _WRITERS[format](stream, str(output), columns, more)
        yield Output(write, stream.flush)


def json_line(fields: Mapping[str, Any], prediction: Any) -> str:
    """Returns a row's fields and what was predicted as one line of JSON."""
    return json.dumps(json_fields(fields, prediction), ensure_ascii=False, default=str)


def json_fields(fields: Mapping[str, Any], prediction: Any) -> dict[str, Any]:
    """Returns a row's fields and what was predicted, as JSON lines have them."""
    row = kept_fields(fields, ("labels", "scores", ABSTAINED))
    row["labels"] = list(prediction.labels)
    if getattr(prediction, "abstained", False):
        row[ABSTAINED] = True
    row["scores"] = {
        label: round(float(score), 6) for label, score in prediction.scores.items()
    }
    return row


def shown_scores(prediction: Any, digits: int) -> str:
    """Returns the labels' probabilities joined by bars, without labels the largest."""
    scores = [prediction.scores[label] for label in prediction.labels]
    return "|".join(
        f"{score:.{digits}f}" for score in scores or [max(prediction.scores.values())]
    )


def score_column(label: str) -> str:
    """Returns the name of the column with a label's probability."""
    return f"{_SCORE}{label}"


def _jsonl_writer(
    stream: TextIO, source: str, columns: Iterable[str], more: Sequence[str]
) -> Write:
    def write(record: Record, prediction: Any) -> None:
        stream.write(json_line(record.fields, prediction) + "\n")

    return write


def _csv_writer(
    stream: TextIO, source: str, columns: Iterable[str], more: Sequence[str]
) -> Write:
    rows = csv.writer(stream)
    own = (*_CSV_FIELDS, *more)
    columns = list(kept_fields(dict.fromkeys(columns), own))
    scored = [name.removeprefix(_SCORE) for name in more if name != ABSTAINED]
    rows.writerow([*columns, *own])

    def write(record: Record, prediction: Any) -> None:
        row = kept_fields(record.fields, own)
        if unknown := [name for name in row if name not in columns]:
            raise DataError(
                f"Expected every row to have the first one's fields, for {source} is "
                f"CSV. Received: line {record.line} with {', '.join(unknown)}. Write "
                f".jsonl instead."
            )
        cells = [_cell(row.get(name)) for name in columns]
        cells += [join_labels(prediction.labels), shown_scores(prediction, 6)]
        if ABSTAINED in more:
            cells.append("yes" if prediction.abstained else "")
        rows.writerow([*cells, *(f"{prediction.scores[name]:.6f}" for name in scored)])

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
