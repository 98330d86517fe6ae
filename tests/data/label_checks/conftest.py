"""Label columns written to a file and read again."""

import json

import pytest

from kerascls.data.readers import ReadOptions, read


@pytest.fixture
def look(tmp_path, write_csv):
    """Returns what is said of cells in a column; a DataError where they are refused.

    `rows` are written, the cells again and again; `texts` likewise.
    """

    def look(cells, column="labels", rows=24, texts=None, **options):
        texts = texts or [f"text {row}" for row in range(rows)]
        lines = [
            (texts[row % len(texts)], cells[row % len(cells)]) for row in range(rows)
        ]
        path = write_csv(tmp_path / "a.csv", ("text", column), lines)
        return " ".join(read(path, ReadOptions(**options)).notes)

    return look


@pytest.fixture
def look_at_json(tmp_path):
    """The same for cells of JSON lines."""

    def look(cells, column="labels", rows=24, **options):
        path = tmp_path / "a.jsonl"
        lines = [{"text": f"t{n}", column: cells[n % len(cells)]} for n in range(rows)]
        path.write_text("\n".join(map(json.dumps, lines)))
        return " ".join(read(path, ReadOptions(**options)).notes)

    return look
