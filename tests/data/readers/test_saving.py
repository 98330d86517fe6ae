"""Labelled text as tables and JSON."""

import json

import pytest

from kerascls.data.labels import Task
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.data.readers.saving import save_delimited, save_json, save_jsonl
from kerascls.errors import DataError

ROWS = [
    {"text": '甲,"乙"\n', "labels": ("a|b", "c"), "n": 1},
    {"text": "a\0b", "labels": ()},
]


def table(rows=ROWS, names=("text", "labels", "n")) -> LabelledTable:
    return LabelledTable(
        names, ("text",), "labels", Task.MULTILABEL, lambda: iter(rows)
    )


def test_tables_are_quoted_and_marked_for_excel_and_say_what_they_cannot_hold(tmp_path):
    made = table()
    save_delimited(tmp_path / "a.csv", made)
    assert (tmp_path / "a.csv").read_bytes().decode("utf-8-sig") == (
        'text,labels,n\r\n"甲,""乙""\n",a\\|b|c,1\r\na\ufffdb,,\r\n'
    )
    assert made.lost == {
        "NUL characters": 1,
        "the type of numbers and lists, written as text": 1,
    }


def test_a_table_needs_names_of_columns(tmp_path):
    with pytest.raises(DataError, match="a name of its own"):
        save_delimited(tmp_path / "a.csv", table(names=("text", "labels", "text ")))


@pytest.mark.parametrize("rows", [ROWS, []])
def test_json_has_the_same_fields_on_every_row(tmp_path, rows):
    save_json(tmp_path / "a.json", table(rows))
    save_jsonl(tmp_path / "a.jsonl", table(rows))
    array = json.loads((tmp_path / "a.json").read_text("utf-8"))
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == array
    assert array == [
        {**row, "labels": list(row["labels"]), "n": row.get("n")} for row in rows
    ]
