"""What the fields of a row mean."""

import pytest

from kerascls.data.readers.example_columns import ExampleColumns
from kerascls.data.readers.read_options import ReadOptions
from kerascls.data.readers.rows import Record
from kerascls.errors import DataError, SettingsError

ROW = Record(3, {"text": "甲", "label": "x", "a": "1", "b": "0"})


def test_equal_cells_are_looked_at_once():
    columns = ExampleColumns.choose(ROW.fields, ReadOptions(), "f")
    for _ in range(3):
        assert columns.example(ROW).labels == ("x",)
    (cell,) = columns.cells.values()
    assert (cell.rows, cell.line) == (3, 3)


@pytest.mark.parametrize("label", ["text", ("a", "text")])
def test_a_text_is_no_label(label):
    with pytest.raises(SettingsError, match="label column not to be a text column"):
        options = ReadOptions(label=label, task="multilabel")
        ExampleColumns.choose(ROW.fields, options, "f")


def test_a_separator_needs_cells_with_several_labels():
    with pytest.raises(SettingsError, match="--task multilabel"):
        ExampleColumns.choose(ROW.fields, ReadOptions(label_separator=";"), "f")


def test_columns_of_a_one_hot_table_are_one_column_for_the_checks():
    options = ReadOptions(label=("a", "b"))
    columns = ExampleColumns.choose(ROW.fields, options, "f")
    assert columns.example(ROW).labels == ("a",)
    column = columns.label_column(options, lambda: 1)
    assert (column.name, column.counts) == ("a, b", {"a": 1})


def test_all_that_is_to_be_named_is_told_at_once():
    with pytest.raises(DataError) as caught:
        ExampleColumns.choose(["class", "内容"], ReadOptions(), "f")
    for option in ("--text", "--label", "--task multiclass"):
        assert f"`{option}`" in str(caught.value)
    found = ReadOptions(text=("内容",), label="class", task="multiclass")
    assert ExampleColumns.choose(["class", "内容"], found, "f").texts == ("内容",)


def test_only_what_is_missing_is_told():
    with pytest.raises(DataError) as caught:
        ExampleColumns.choose(["label", "内容"], ReadOptions(), "f")
    assert "--label" not in str(caught.value)


@pytest.mark.parametrize("missing", [("a", "c"), "c"])
def test_a_missing_label_column_is_named(missing):
    with pytest.raises(DataError, match='Expected a column "c"'):
        ExampleColumns.choose(
            ROW.fields, ReadOptions(label=missing, task="multilabel"), "f"
        )
