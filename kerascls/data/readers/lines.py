"""Plain lines: one text each, without labels."""

from collections.abc import Iterator
from typing import BinaryIO

from kerascls.data.readers.rows import Record
from kerascls.data.readers.text_files import decoded_lines

LINE_COLUMN = "text"


def line_rows(handle: BinaryIO, source: str, encoding: str) -> Iterator[Record]:
    """Yields every line, without its end, as the field `LINE_COLUMN`."""
    lines = decoded_lines(handle, source, encoding, newline="\n")
    for line, text in enumerate(lines, start=1):
        yield Record(line, {LINE_COLUMN: text.rstrip("\r\n")})
