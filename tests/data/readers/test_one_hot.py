"""Tables with a column for each label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import Task
from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.one_hot import (
    one_hot_advice,
    one_hot_columns,
    one_hot_labels,
    relabelled,
)
from kerascls.errors import DataError, SettingsError

SET = ["1", "TRUE", "True", "true", " 1 ", "1.0", 1, 1.0, True]
NOT_SET = ["0", "FALSE", "False", "false", "0.0", 0, 0.0, False]


@given(st.dictionaries(st.text(min_size=1), st.sampled_from([*SET, *NOT_SET])))
def test_labels_are_the_columns_that_are_set(fields):
    expected = [
        name for name, cell in fields.items() if str(cell).strip() in map(str, SET)
    ]
    assert list(one_hot_labels(fields, list(fields))) == expected


@pytest.mark.parametrize(
    "cell", ["", "2", "-1", "0.5", "yes", "体育", None, 2, 0.5, []]
)
def test_other_values_are_refused_with_their_column(cell):
    with pytest.raises(DataError, match='column "a" must hold 0 or 1, TRUE or FALSE'):
        one_hot_labels({"a": cell}, ["a"])


def test_a_missing_column_is_named():
    with pytest.raises(DataError, match='"b" is missing'):
        one_hot_labels({"a": "1"}, ["a", "b"])


def test_columns_are_found_by_all_their_cells():
    rows = [{"id": "0", "a": "0", "b": "TRUE"}, {"id": "2", "a": "1", "b": "FALSE"}]
    assert one_hot_columns(rows) == ["a", "b"]


def test_the_advice_can_be_pasted():
    rows = [{"a b": "0", "c": "1", "it's": "1"}]
    assert """`--label 'a b' --label c --label 'it'\\''s'`""" in one_hot_advice(rows)
    assert one_hot_advice([{"a": "1", "b": "x"}]) == ""


@pytest.mark.parametrize(
    ("cell", "on", "off"),
    [
        ("0", "1", "0"),
        ("TRUE", "TRUE", "FALSE"),
        ("false", "true", "false"),
        ("1.0", "1.0", "0.0"),
        (True, True, False),
        (0, 1, 0),
    ],
)
def test_new_labels_are_written_as_the_old_ones(cell, on, off):
    fields = {"text": "x", "a": cell, "b": cell}
    assert relabelled(fields, ["a", "b"], ["a"]) == {"text": "x", "a": on, "b": off}


def test_a_label_without_a_column_is_refused():
    with pytest.raises(DataError, match="'c'. Add a column"):
        relabelled({"a": "1"}, ["a"], ["c"])


@pytest.fixture
def toxic(write_csv, tmp_path):
    rows = [(0, "甲", 1, 0, 1), (1, "乙", 0, 0, 0), (2, "丙", 0, 1, 0)]
    header = ("id", "comment_text", "toxic", "obscene", "insult")
    return write_csv(tmp_path / "toxic.csv", header, rows)


def test_several_label_columns_are_read(toxic):
    dataset = read(toxic, READING)
    assert dataset.task is Task.MULTILABEL
    assert dataset.label_column == ("toxic", "obscene", "insult")
    labels = [row.labels for row in dataset.examples]
    assert labels == [("toxic", "insult"), (), ("obscene",)]


READING = ReadOptions(text="comment_text", label=["toxic", "obscene", "insult"])


def test_without_the_option_the_table_is_refused_with_what_to_paste(toxic):
    with pytest.raises(DataError) as error:
        read(toxic, ReadOptions(text="comment_text"))
    assert "`--label toxic --label obscene --label insult`" in str(error.value)
    assert "Name the column with" not in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {"label": ("a", "a")},
        {"label": ("a", "b"), "label_separator": ";"},
        {"label": ("a", "b"), "label_names": "class.txt"},
    ],
)
def test_options_that_contradict_each_other_are_refused(options):
    with pytest.raises(SettingsError, match="label"):
        ReadOptions(**options)


def test_one_label_in_a_list_is_that_column():
    assert ReadOptions(label=["topic"]).label == "topic"
    assert ReadOptions(label=[]).label is None


def test_multiclass_wants_exactly_one_1(toxic):
    options = ReadOptions(text="comment_text", label=READING.label, task="multiclass")
    with pytest.raises(DataError, match="several labels|is empty"):
        read(toxic, options)
