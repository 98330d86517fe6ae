"""Comma and tab separated files, quoted as RFC 4180 says."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import BinaryIO

from kerascls.data.readers.columns import check_columns
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Fields, Row, table_row
from kerascls.data.readers.text_files import decoded_lines
from kerascls.errors import DataError

MAX_FIELD_CHARS = 2**27


def delimited_rows(
    handle: BinaryIO, source: str, options: FileOptions, delimiter: str = ","
) -> Iterator[Row]:
    """Yields the rows of a file whose first line names the columns."""
    lines = decoded_lines(handle, source, options.encoding, newline="")
    parsed = _parse(lines, delimiter)
    columns, width = _header(next(parsed, None), source)
    for line, cells in parsed:
        if isinstance(cells, str):
            yield BadRow(line, cells)
        elif any("\0" in cell for cell in cells):
            yield BadRow(line, "holds a NUL character; is the encoding right?")
        else:
            yield table_row(line, cells, columns, width)


def delimited_columns(
    handle: BinaryIO, source: str, options: FileOptions, delimiter: str = ","
) -> list[str]:
    """Returns the column names of a file."""
    lines = decoded_lines(handle, source, options.encoding, newline="")
    return _header(next(_parse(lines, delimiter), None), source)[0]


def delimited_text(
    columns: Sequence[str], rows: Iterable[Fields], line_end: str, delimiter: str = ","
) -> str:
    """Returns a file's content: the column names, and a line for each row."""
    lines = []
    for cells in [columns, *([row.get(n, "") for n in columns] for row in rows)]:
        stream = StringIO()
        # Python 3.11 quotes a lone CR or LF only where it is part of the line's end.
        csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
        lines.append(stream.getvalue()[:-2] + line_end)
    return "".join(lines)


def _header(
    first: tuple[int, list[str] | str] | None, source: str
) -> tuple[list[str], int]:
    if first is None:
        raise DataError(
            f"Expected a first line that names the columns. Received: {source}, which "
            f"is empty. Give a file with at least a header and one row."
        )
    line, cells = first
    if isinstance(cells, str) or any("\0" in cell for cell in cells):
        reason = cells if isinstance(cells, str) else "holds a NUL character"
        raise DataError(
            f"Expected a first line that names the columns. Received: "
            f"{source}:{line}: {reason}. Correct that line, or name the file's "
            f"encoding: `--encoding utf-16` or `--encoding gb18030`."
        )
    return check_columns(cells, source), len(cells)


def _parse(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list | str]]:
    """Yields (line, cells), or (line, reason) where the quoting is wrong."""
    # The limit belongs to the whole process, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_FIELD_CHARS))
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.start_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            index, reason = _quote_fault(feed.taken, delimiter)
            feed.give_back(index + 1)
            yield feed.first_line + index, reason or str(error)
        else:
            if cells:  # not a blank line
                yield feed.first_line, cells


class _Feed:
    """Hands physical lines to `csv.reader`; can hand a record's lines out again.

    A stray quote swallows the lines behind it. Given back, they are read as the rows
    they probably are, so that one bad row stays one bad row.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.first_line = 1

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def start_record(self) -> None:
        self.first_line += len(self.taken)
        self.taken = []

    def give_back(self, kept: int) -> None:
        self._again.extendleft(reversed(self.taken[kept:]))
        del self.taken[kept:]


def _quote_fault(lines: list[str], delimiter: str) -> tuple[int, str]:
    """Returns the index of the line with the faulty quote, and what is wrong."""
    record = "".join(lines)
    start = 0
    while 0 <= start < len(record):
        if record[start] != '"':
            start = record.find(delimiter, start) + 1 or -1
            continue
        end = _closing_quote(record, start)
        if end < 0:
            return _line_index(lines, start), "the quote opened here is never closed"
        if record[end + 1 : end + 2] not in (delimiter, "\r", "\n", ""):
            return _line_index(lines, start), (
                'the quote opened here closes in the middle of a field; write "" '
                "for a quote inside quotes"
            )
        start = end + 2
    return 0, ""


def _closing_quote(record: str, start: int) -> int:
    end = record.find('"', start + 1)
    while 0 <= end and record[end + 1 : end + 2] == '"':
        end = record.find('"', end + 2)
    return end


def _line_index(lines: list[str], offset: int) -> int:
    for index, line in enumerate(lines):
        offset -= len(line)
        if offset < 0:
            return index
    return len(lines) - 1
