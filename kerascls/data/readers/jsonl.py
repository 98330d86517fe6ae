"""JSON lines: one object on each line."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from kerascls.data.readers.decoding import BrokenLine
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Fields, Record, Row
from kerascls.data.readers.text_files import decoded_lines
from kerascls.errors import DataError
from kerascls.system.json_objects import without_repeats


def _constant(name: str) -> None:
    if name != "NaN":
        raise ValueError(f"{name} is no JSON value")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number} is beyond what a number can hold")
    return value


DECODER = json.JSONDecoder(
    parse_constant=_constant, parse_float=_finite, object_pairs_hook=without_repeats
)
_ARRAY = re.compile(r"\s*\[\s*(\{|$)")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def jsonl_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields the objects of a file; blank lines at its end are passed over.

    A blank line above others is a row without fields.

    `NaN`, which is no JSON but is written by many programs, is read as null; a row
    with an infinite number is bad, for what is written from it must be JSON again.
    """
    lines = decoded_lines(handle, source, options.encoding, newline="\n")
    blank: list[Record] = []
    is_first = True
    for number, line in enumerate(lines, start=1):
        if is_first and _ARRAY.match(line):
            raise DataError(
                f"Expected JSON lines, an object on each. Received: {source}, which is "
                f"one JSON array. Read it with `--format json`."
            )
        is_first = is_first and not line.strip()
        if isinstance(line, BrokenLine):
            row: Row = BadRow(number, line.fault)
        elif line.strip():
            row = _row(number, line)
        else:
            blank.append(Record(number, {}))
            continue
        yield from blank
        blank.clear()
        yield row


def jsonl_text(columns: Sequence[str], rows: Iterable[Fields], line_end: str) -> str:
    """Returns a file's content, one object for each row; `columns` are not used."""
    return "".join(json.dumps(row, ensure_ascii=False) + line_end for row in rows)


def _row(number: int, line: str) -> Record | BadRow:
    try:
        fields = DECODER.decode(line)
    except json.JSONDecodeError as error:
        return BadRow(number, f"not JSON: {error.msg} at character {error.colno}")
    except (ValueError, RecursionError) as error:
        return BadRow(number, f"not JSON that can be read: {error}")
    return json_row(number, fields, line)


def json_row(number: int, fields: object, written: str) -> Record | BadRow:
    """Returns the row of a JSON value, which must be an object.

    `written` is how it stands in the file.
    """
    if not isinstance(fields, dict):
        return BadRow(number, "every row must be one JSON object { ... }")
    if _SURROGATE.search(written) and not _is_text(fields):
        return BadRow(number, r"holds half of a surrogate pair (\ud800 to \udfff)")
    return Record(number, fields)


def _is_text(fields: dict[str, object]) -> bool:
    try:
        json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
