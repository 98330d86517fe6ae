"""Plain lines."""

import io

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.lines import line_rows
from kerascls.data.readers.rows import Record


def test_every_line_is_a_text_blank_ones_too():
    rows = line_rows(io.BytesIO("甲,乙\r\n\n 丙".encode()), "a.txt", FileOptions())
    assert list(rows) == [
        Record(1, {"text": "甲,乙"}),
        Record(2, {"text": ""}),
        Record(3, {"text": " 丙"}),
    ]
