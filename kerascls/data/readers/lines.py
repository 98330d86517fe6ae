"""Plain lines: one text each, without labels."""

from collections.abc import Iterator
from typing import BinaryIO

from kerascls.data.readers.decoding import BrokenLine
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Record, Row
from kerascls.data.readers.text_files import decoded_lines

LINE_COLUMN = "text"


def line_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields every line, without its end, as the field `LINE_COLUMN`."""
    lines = decoded_lines(handle, source, options.encoding, newline="\n")
    for line, text in enumerate(lines, start=1):
        if isinstance(text, BrokenLine):
            yield BadRow(line, text.fault)
        else:
            yield Record(line, {LINE_COLUMN: text.rstrip("\r\n")})
