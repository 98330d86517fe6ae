"""Small labelled files, and rows made from them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kerascls.auditing.rows import Rows, read_rows


@pytest.fixture
def labelled(tmp_path, write_csv) -> Callable[..., Path]:
    """Writes a multi-label file of (text, labels) rows."""

    def write(name: str, rows, label="labels") -> Path:
        return write_csv(tmp_path / name, ("text", label), rows)

    return write


@pytest.fixture
def rows_of(labelled) -> Callable[..., Rows]:
    """Gives the rows of files, each a list of (text, labels); read as multi-label."""

    def rows(*files, label="labels") -> Rows:
        paths = [
            labelled(f"{number}.csv", file, label) for number, file in enumerate(files)
        ]
        return read_rows(paths)

    return rows


@pytest.fixture
def write_jsonl(tmp_path) -> Callable[..., Path]:
    """Writes objects as JSON lines."""

    def write(name: str, objects) -> Path:
        path = tmp_path / name
        lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in objects]
        path.write_text("".join(lines), "utf-8")
        return path

    return write
