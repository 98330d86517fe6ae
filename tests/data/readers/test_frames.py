"""One table in memory: its rows, its cells, its name."""

import datetime
from pathlib import Path

import numpy as np
import pytest

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.data.readers.frames import plain, told_in_python
from kerascls.data.readers.labelled_rows import open_labelled
from kerascls.data.readers.read_options import ReadOptions
from kerascls.errors import DataError, SettingsError

TABLE = {"text": ["a", "", "c"], "label": ["x", None, "y"], "id": [1, 2, 3]}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a", "a"),
        (None, None),
        (np.int64(3), 3),
        (np.float32(1.5), 1.5),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array(["x", "y"]), ["x", "y"]),
        (("x", np.int64(2)), ["x", 2]),
        ({"b", "a"}, ["a", "b"]),
        (np.datetime64("2026-01-02", "ns"), datetime.datetime(2026, 1, 2)),
    ],
)
def test_cells_become_pythons_own_values(cell, expected):
    assert plain(cell) == expected
    assert type(plain(cell)) is type(expected)


def test_rows_are_counted_from_0_and_have_the_wanted_columns():
    records = list(as_frame(TABLE).records(("label", "text")))
    assert [record.line for record in records] == [0, 1, 2]
    assert records[2].fields == {"label": "y", "text": "c"}


def test_a_row_that_is_empty_where_one_looks_has_all_its_fields():
    records = list(as_frame(TABLE).records(("text", "label")))
    assert records[1].fields == {"text": "", "label": None, "id": 2}
    assert not records[1].is_empty


def test_progress_ends_with_all_rows():
    calls = []
    frame = as_frame(TABLE)
    list(frame.records(on_progress=lambda *done: calls.append(done)))
    assert calls[-1] == (3, 3)


@pytest.mark.parametrize("stated", [{"encoding": "gb18030"}, {"format": "csv"}])
def test_what_is_said_of_files_is_refused(stated):
    with pytest.raises(SettingsError, match=f"{next(iter(stated))}=.*table in memory"):
        as_frame(TABLE).check(FileOptions(**stated))


def test_a_table_is_equal_to_itself_only():
    frame = as_frame(TABLE)
    assert frame == as_frame(TABLE) and hash(frame) == hash(as_frame(TABLE))
    assert frame != as_frame(dict(TABLE))
    assert str(frame) == repr(frame) == "<dict 3 rows>"


@pytest.mark.parametrize(
    ("table", "stated", "cure"),
    [
        ({"Text": ["a"], "label": ["x"]}, {}, '`text="Text"`'),
        ({"text": ["a"], "topic": ["x"]}, {}, "`label=...`"),
        ({"text": ["a"], "topic": ["x"]}, {"label": "topic"}, '`task="multilabel"`'),
        ({"text": ["a"], "p": [0], "q": [1]}, {}, '`label=["p", "q"]`'),
        ({"text": ["a"], "label": [["x", "y"]]}, {}, '`task="multilabel"`'),
        ({"text": ["a"], "label": [None]}, {}, "`skip_bad_rows=True`."),
    ],
)
def test_what_is_wrong_with_a_table_is_told_in_keywords(table, stated, cure):
    options = ReadOptions(**stated)
    with pytest.raises((DataError, SettingsError)) as caught:
        with open_labelled(as_frame(table), options) as rows:
            list(rows)
            rows.finish(count_texts=int)
    assert cure in str(caught.value)
    assert "--" not in str(caught.value)


def test_what_is_wrong_with_a_file_is_told_in_options():
    with pytest.raises(SettingsError, match="^Add `--task x`$"):
        with told_in_python(Path("news.csv")):
            raise SettingsError("Add `--task x`")


def test_a_row_of_dicts_that_lacks_a_key_is_bad_as_in_json_lines():
    rows = [
        {"text": "a", "label": "x"},
        {"txt": "b", "label": "x"},
        {"text": "c", "labl": "y"},
        {"text": None, "label": "y"},
    ]
    with open_labelled(as_frame(rows), ReadOptions()) as opened:
        assert [record.line for record, _ in opened] == [0, 3]
        lines = "\n".join(opened.log.lines())
    assert 'at position 1: text column "text" is missing' in lines
    assert 'at position 2: label column "label" is missing' in lines


def test_rows_of_dicts_are_all_dicts():
    with pytest.raises(SettingsError, match=r"rows\[1\]='b'"):
        as_frame([{"text": "a"}, "b"])


@pytest.mark.parametrize("cell", [3, None, float("nan"), ["a"]])
def test_texts_alone_are_str(cell):
    with pytest.raises(SettingsError, match=r"texts\[1\]="):
        list(as_frame(["a", cell]).records())
