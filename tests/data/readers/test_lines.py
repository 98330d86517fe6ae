"""Plain lines."""

import io

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.lines import line_rows
from kerascls.data.readers.rows import Note, Record


def test_every_line_is_a_text_blank_ones_too():
    rows = line_rows(io.BytesIO("甲,乙\r\n\n 丙".encode()), "a.txt", FileOptions())
    assert list(rows) == [
        Record(1, {"text": "甲,乙"}),
        Record(2, {"text": ""}),
        Record(3, {"text": " 丙"}),
    ]


def test_tabs_in_most_lines_are_told():
    def notes(content):
        rows = line_rows(io.BytesIO(content), "a.txt", FileOptions())
        return [row.line for row in rows if isinstance(row, Note)]

    (note,) = notes(b"a\tb\nc\td\ne\n")
    assert "a tab in 2 of 3 lines" in note
    assert "`--format tsv`" in note
    assert notes(b"a\tb\nc\nd\n") == notes(b"") == []
