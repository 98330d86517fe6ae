"""Plain lines: one text each, without labels."""

from collections.abc import Iterator
from typing import BinaryIO

from kerascls.data.readers.decoding import BrokenLine
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Note, Record, Row
from kerascls.data.readers.text_files import decoded_lines
from kerascls.system.words import count

LINE_COLUMN = "text"


def line_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields every line, without its end, as the field `LINE_COLUMN`."""
    lines = decoded_lines(handle, source, options.encoding, newline="\n")
    line = num_tabbed = 0
    for line, text in enumerate(lines, start=1):
        num_tabbed += "\t" in text
        if isinstance(text, BrokenLine):
            yield BadRow(line, text.fault)
        else:
            yield Record(line, {LINE_COLUMN: text.rstrip("\r\n")})
    if num_tabbed and 2 * num_tabbed >= line:
        yield Note(
            f"a tab in {num_tabbed:,} of {count(line, 'line')}, each of which is one "
            f"text with all that is in it; where tabs part columns: `--format tsv`"
        )
