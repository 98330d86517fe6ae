"""Comma and tab separated files, quoted as RFC 4180 says or not at all."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from typing import BinaryIO

from kerascls.data.readers.decoding import BrokenLine
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import Fields, Note
from kerascls.data.readers.tables import Cells, Lines
from kerascls.data.readers.text_files import decoded_lines

MAX_FIELD_CHARS = 2**27
DELIMITERS = (",", ";", "\t", "|", "，")
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Quoted:
    """How the lines of a file are quoted.

    Args:
        quoting: `"none"` or `"csv"`.
        keep_merged: Whether several lines each of which could be a row may be one.
        note: What people should know of it.
    """

    quoting: str
    keep_merged: bool = True
    note: Note | None = None


Decide = Callable[[Iterator[str], str], Quoted]


def delimited_lines(
    handle: BinaryIO,
    source: str,
    options: FileOptions,
    delimiter: str = ",",
    decide: Decide | None = None,
) -> Lines:
    """Yields the rows of a file, the header among them, blank lines as empty rows.

    A first line `sep=;`, which Excel writes and obeys, names the delimiter unless
    `options` do, and is passed over.

    Args:
        handle: The file.
        source: Its name for messages.
        options: How it is read.
        delimiter: What stands between cells by default.
        decide: What tells the quoting where it is not stated; `"csv"` by default.
    """
    start = handle.tell() if handle.seekable() else None
    lines = decoded_lines(handle, source, options.encoding, newline="")
    delimiter, lines, skipped = _sep_line(
        lines, options.delimiter or delimiter, options
    )
    quoted = Quoted("none" if options.quoting == "none" else "csv")
    is_stated = options.quoting in ("none", "csv")
    if decide and start is not None and not is_stated:

        def again() -> Iterator[str]:
            handle.seek(start)
            lines = decoded_lines(handle, source, options.encoding, newline="")
            return _sep_line(lines, delimiter, options)[1]

        if any('"' in line for line in lines):
            quoted = decide(again(), delimiter)
        lines = again()
    if quoted.note:
        yield quoted.note
    feed = Feed(lines, skipped)
    if quoted.quoting == "none":
        yield from _unquoted(feed, delimiter)
    else:
        yield from parsed(feed, delimiter, quoted.keep_merged)


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


def parsed(feed: "Feed", delimiter: str, keep_merged: bool) -> Lines:
    """Yields the rows of quoted lines, with a note on those that may be several.

    Args:
        feed: The physical lines.
        delimiter: What stands between cells.
        keep_merged: Whether a row is one where each of its lines could be a row.
    """
    # The limit belongs to the whole process, so it is only ever raised.
    most_chars = max(csv.field_size_limit(), MAX_FIELD_CHARS)
    csv.field_size_limit(most_chars)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    width, merged = 0, []
    while (line := feed.next_record()) is not None:
        # csv would say the same of a line without quotes, and take longer.
        if '"' not in line and len(line) <= most_chars:
            row = _plain_row(feed.first_line, line, delimiter)
            width = width or len(row.cells)
            yield row
            continue
        feed.give_back(0)
        try:
            cells = next(reader)
        except csv.Error as error:
            index, reason = _quote_fault(feed.taken, delimiter)
            feed.give_back(index + 1)
            yield Cells(feed.first_line + index, [], reason or str(error))
            continue
        width = width or len(cells)
        if len(feed.taken) > 1 and _may_be_rows(feed.taken, delimiter, width):
            last = feed.first_line + len(feed.taken) - 1
            if not keep_merged:
                feed.give_back(1)
                reason = f"the quote opened here closes in line {last} only"
                yield Cells(feed.first_line, [], reason)
                continue
            merged.append(f"{feed.first_line} to {last}")
        is_quoted = '"' in feed.taken[0] and not "".join(cells).strip()
        fault = _fault(feed.taken)
        yield Cells(feed.first_line, cells, fault, is_quoted=is_quoted)
    if merged:
        yield Note(
            f"rows over several lines, each of which could be a row: {len(merged)}, "
            f"the first in lines {merged[0]}, for quotation marks stand around them; "
            f"where these do not quote, add `--quoting none`"
        )


def _unquoted(feed: "Feed", delimiter: str) -> Lines:
    while (line := feed.next_record()) is not None:
        yield _plain_row(feed.first_line, line, delimiter)


def _plain_row(number: int, line: str, delimiter: str) -> Cells:
    text = line.rstrip("\r\n")
    cells = text.split(delimiter) if text else []
    fault = "" if type(line) is str and "\0" not in line else _fault([line])
    return Cells(number, cells, fault)


def _sep_line(
    lines: Iterator[str], delimiter: str, options: FileOptions
) -> tuple[str, Iterator[str], int]:
    """Returns delimiter, the lines without such a first one, and how many it were."""
    first = next(lines, None)
    if first is None:
        return delimiter, iter(()), 0
    if match := _SEP_LINE.fullmatch(first):
        return options.delimiter or match[1], lines, 1
    return delimiter, chain([first], lines), 0


def _fault(lines: list[str]) -> str:
    for line in lines:
        if isinstance(line, BrokenLine):
            return line.fault
        if "\0" in line:
            return "holds a NUL character; is the encoding right?"
    return ""


def _may_be_rows(lines: list[str], delimiter: str, width: int) -> bool:
    return width > 1 and all(line.count(delimiter) == width - 1 for line in lines)


class Feed:
    """Hands physical lines to `csv.reader`; can hand a record's lines out again.

    A stray quote swallows the lines behind it. Given back, they are read as the rows
    they probably are, so that one bad row stays one bad row.
    """

    def __init__(self, lines: Iterator[str], skipped: int = 0) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.first_line = 1 + skipped

    def __iter__(self) -> "Feed":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def next_record(self) -> str | None:
        """Returns the first line of a record, which it takes; None at the end."""
        self.first_line += len(self.taken)
        self.taken = []
        return next(self, None)

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
