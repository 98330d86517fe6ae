"""Labelled text on its way into a file."""

import pytest

from kerascls.data.labels import Task
from kerascls.data.readers.labelled_table import LabelledTable, require_names
from kerascls.errors import DataError

ROWS = [
    {"title": "甲", "body": "乙", "labels": ("a", "b"), "id": 1, "x": ""},
    {"title": "丙", "body": "丁", "labels": (), "id": None, "x": []},
]


@pytest.fixture
def table() -> LabelledTable:
    return LabelledTable(
        tuple(ROWS[0]), ("title", "body"), "labels", Task.MULTILABEL, lambda: iter(ROWS)
    )


def test_several_texts_become_one_and_that_is_counted(table):
    assert table.one_text(ROWS[0], "\n") == "甲\n乙"
    assert table.lost == {"rows whose 2 texts became one": 1}


def test_cells_that_say_something_are_counted_as_lost(table):
    for row in ROWS:
        table.lose_others(row)
    assert table.other_columns == ("id", "x")
    assert table.lost == {'cells of the column "id"': 1}


def test_labels_that_do_not_fit_are_named_in_order(table):
    require_names(table, str.isalpha, "x", "letters")
    with pytest.raises(DataError, match="letters. Received: 'a', 'b'. Rename"):
        require_names(table, lambda name: False, "x", "letters")
