"""Labelled text read to know it, and once more while it is written."""

import pytest

from kerascls.data.readers import ReadOptions
from kerascls.data.rewriting import LabelledSource, writable
from kerascls.errors import SettingsError


@pytest.fixture
def topics(tmp_path, write_csv):
    rows = [(1, "甲", "体育"), (2, "乙", "汽车"), (3, "丙", "体育")]
    return write_csv(tmp_path / "in.csv", ("id", "text", "topic"), rows)


@pytest.mark.parametrize("keep, name", [(False, "label"), (True, "topic")])
def test_the_label_column_is_renamed_unless_it_is_to_stay(topics, keep, name):
    options = ReadOptions(label="topic", task="multiclass")
    source = LabelledSource.look(topics, options, keep_label=keep)
    assert source.fields == ("id", "text", name)
    assert [row[name] for row in source.table().rows()] == [
        ("体育",),
        ("汽车",),
        ("体育",),
    ]


def test_each_row_is_shown_and_those_kept_are_written(topics):
    seen = []
    options = ReadOptions(label="topic", task="multiclass")
    source = LabelledSource.look(topics, options, on_row=seen.append)
    assert [row.labels[0] for row in seen] == ["体育", "汽车", "体育"]
    rows = source.table([True, False, True]).rows()
    assert [row["id"] for row in rows] == ["1", "3"]


def test_a_format_that_is_only_read_is_refused(tmp_path):
    assert writable(tmp_path / "a.jsonl", None) == "jsonl"
    with pytest.raises(SettingsError, match="can be written.*a.xlsx"):
        writable(tmp_path / "a.xlsx", None)
