"""A column as counts, and findings as words."""

import pytest

from kerascls.data.label_checks.column import (
    Finding,
    LabelCell,
    LabelColumn,
    cell_examples,
    name_examples,
    notes_or_refusal,
)
from kerascls.data.labels import Task
from kerascls.errors import DataError

CELLS = (
    LabelCell("a|b", 2, ("a", "b"), rows=3),
    LabelCell("b", 3, ("b",), rows=2),
    LabelCell("", 4, rows=5),
    LabelCell("a||b", 5, error="label 2 of 3 is empty", rows=1),
)
COLUMN = LabelColumn("a.csv", "labels", Task.MULTILABEL, "|", False, False, CELLS)


def test_labels_are_counted_in_usable_cells():
    assert COLUMN.counts == {"a": 3, "b": 5}
    assert [cell.line for cell in COLUMN.filled] == [2, 3, 5]


def test_examples_are_few_and_say_how_many_more():
    assert cell_examples(CELLS) == "line 2 'a|b', line 3 'b', line 4 '', ..."
    counts = {"a": 1, "b": 1_000, "c": 1, "d": 1}
    expected = "'b' (1,000 rows), 'a' (1 row), 'c' (1 row) and 1 more"
    assert name_examples(counts, counts) == expected


def test_what_is_certain_is_refused_and_the_rest_is_said():
    likely = Finding("names", "a.csv: numbers", "Write names.")
    assert notes_or_refusal([likely]) == ("a.csv: numbers. Write names.",)
    certain = Finding("names", "a.csv: lists", "Write names.", is_certain=True)
    with pytest.raises(DataError, match=r"Expected names. Received: a.csv: lists. W"):
        notes_or_refusal([likely, certain])
