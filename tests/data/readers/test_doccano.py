"""Files that doccano exports and imports."""

import json

import pytest

from kerascls.data.labels import Task
from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.doccano import save_doccano, save_doccano_csv
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.errors import DataError

ROWS = [
    {"title": "甲", "body": "x", "labels": ("a", "b"), "text": "t", "Comments": []},
    {"title": "乙", "body": "", "labels": (), "text": "t", "Comments": []},
    {"title": " ", "body": "", "labels": ("a",), "text": "t", "Comments": []},
]


def table(text_columns=("title",), rows=ROWS) -> LabelledTable:
    names = tuple(rows[0])
    return LabelledTable(
        names, text_columns, "labels", Task.MULTILABEL, lambda: iter(rows)
    )


def test_labels_of_the_csv_are_joined_by_a_hash(tmp_path):
    path = tmp_path / "all.csv"
    path.write_text('id,text,label\n1,甲,体育#健康\n2,乙,\n3,"丙,丁",体育\n', "utf-8")
    options = ReadOptions(format="doccano-csv", task="multilabel")
    labels = [row.labels for row in read(path, options).examples]
    assert labels == [("体育", "健康"), (), ("体育",)]


def test_json_lines_have_a_list_and_comments(tmp_path):
    path = tmp_path / "all.jsonl"
    line = {"id": 1, "text": "甲", "label": ["体育", "健康"], "Comments": ["?"]}
    path.write_text(json.dumps(line) + "\n")
    options = ReadOptions(format="doccano", task="multilabel")
    assert read(path, options).examples[0].labels == ("体育", "健康")


def test_what_is_written_is_what_doccano_takes(tmp_path):
    made = table()
    save_doccano(tmp_path / "a.jsonl", made)
    lines = [json.loads(line) for line in open(tmp_path / "a.jsonl", encoding="utf-8")]
    assert lines == [
        {"text": "甲", "label": ["a", "b"], "body": "x", "Comments": []},
        {"text": "乙", "label": [], "body": "", "Comments": []},
    ]
    assert len({tuple(line) for line in lines}) == 1
    assert made.lost["rows without text, which doccano refuses, left out"] == 1
    assert made.lost['cells of "text", whose name texts or labels have'] == 3


def test_several_texts_become_one(tmp_path):
    made = table(("title", "body"))
    save_doccano(tmp_path / "a.jsonl", made)
    first = json.loads((tmp_path / "a.jsonl").read_text("utf-8").splitlines()[0])
    assert first["text"] == "甲\nx"
    assert made.lost["rows whose 2 texts became one"] == 3


def test_csv_comes_back(tmp_path):
    save_doccano_csv(tmp_path / "a.csv", table())
    options = ReadOptions(format="doccano-csv", task="multilabel")
    found = read(tmp_path / "a.csv", options).examples
    assert [row.labels for row in found] == [("a", "b"), ()]


def test_a_label_with_a_hash_has_no_place_in_the_csv(tmp_path):
    rows = [{"text": "甲", "labels": ("C#",)}]
    made = LabelledTable(
        ("text", "labels"), ("text",), "labels", Task.MULTILABEL, lambda: iter(rows)
    )
    with pytest.raises(DataError, match="without #.*'C#'"):
        save_doccano_csv(tmp_path / "a.csv", made)
