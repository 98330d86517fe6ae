"""Cells as programs write values."""

import pytest

from kerascls.data.label_checks.forms import kind_of
from kerascls.errors import DataError


@pytest.mark.parametrize(
    "cells",
    [
        ["[0, 1, 0]", "[1, 1, 0]"],
        ["[0. 1. 0.]", "[1. 1. 0.]"],
        ["array([0, 1, 0])", "array([1, 0, 0])"],
        ["[True, False]", "[False, True]"],
        ["0|1|0", "1|0|0"],
        ["0 1 0", "1 0 0"],
        ["0,1,0", "1,0,0"],
        ["(0, 1)", "(1, 0)"],
        ["['0', '1']", "['1', '0']"],
        ["[0, 1, 0]", "[1, 0, 0]", ""],
    ],
)
@pytest.mark.parametrize("column", ["label", "labels"])
def test_multi_hot_vectors_are_refused(look, cells, column):
    with pytest.raises(DataError, match="multi-hot vectors, in which no label"):
        look(cells, column)


@pytest.mark.parametrize(
    "cells", [[[0, 1, 0], [1, 0, 0]], [[True, False], [False, True]]]
)
def test_multi_hot_vectors_of_json_are_refused(look_at_json, cells):
    with pytest.raises(DataError, match="24 of 24 rows with [23] numbers 0 or 1"):
        look_at_json(cells)


@pytest.mark.parametrize(
    "cells", [["[0, 2]", "[1]"], ["[0, 1]"], ["[0]", "[1]", "[0, 1]"], ["0", "2"]]
)
def test_numbers_that_may_be_labels_are_read(look, cells):
    assert "multi-hot" not in look(cells)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ('["a", "b"]', "JSON lists"),
        ("['a', 'b']", "Python lists"),
        ("('a', 'b')", "Python tuples"),
        ("{'a', 'b'}", "Python sets"),
        ("['a' 'b']", "NumPy arrays"),
        ("['a'\n 'b']", "NumPy arrays"),
        ("array(['a', 'b'], dtype=object)", "NumPy arrays"),
        ("['a', nan]", "broken lists"),
        ('{"choices": ["a", "b"]}', "Label Studio choices"),
        ('{"a": 1.0, "b": 0.0}', "objects with a number for each label"),
        ("{'a': True}", "objects with a number for each label"),
        ('{"label": "a"}', "JSON objects"),
        ("{'label': 'a'}", "Python dictionaries"),
        ('[{"label": "a"}]', "JSON lists of objects"),
        ('[["a", "b"]]', "nested JSON lists"),
        ("[其他]", ""),
        ("[1]", ""),
        ("(其他)", ""),
        ("体育", ""),
    ],
)
def test_the_kind_of_a_value_is_known(cell, kind):
    assert kind_of(cell) == kind


@pytest.mark.parametrize(
    ("cell", "cure"),
    [
        ("('a', 'b')", r"list\(cell\)"),
        ("['a' 'b']", r"array.tolist\(\)"),
        ('{"a": 1, "b": 0}', "for name, number in cell.items"),
        ('{"label": "a"}', "Write the names of the labels"),
    ],
)
@pytest.mark.parametrize("column", ["label", "labels"])
def test_values_that_no_reader_knows_are_refused_with_the_cure(
    look, cell, cure, column
):
    with pytest.raises(DataError, match=f"a.csv, column.*line 2.*{cure}"):
        look([cell, "c"], column)


@pytest.mark.parametrize("cell", ['["a", "b"]', "['a', 'b']", '{"choices": ["a"]}'])
def test_lists_are_labels_of_multilabel_only(look, cell):
    assert " lists " not in look([cell, '["c"]'])
    with pytest.raises(DataError, match="Add `--task multilabel`"):
        look([cell, "c"], "label")


def test_choices_of_json_lines_are_labels(look_at_json):
    assert look_at_json([{"choices": ["a", "b"]}, ["c"]]) == ""


def test_bad_cells_are_left_out_where_bad_rows_are(look):
    with pytest.raises(DataError, match="12 broken lists.*`--skip-bad-rows`"):
        look(["['a', nan]", "b|c"])
    assert "12 broken lists" in look(["['a', nan]", "b|c"], skip_bad_rows=True)


def test_names_in_quotes_are_told(look):
    assert "2 labels in quotes: '\"a\"'" in look(['"a"', '"b"'], "label")
    assert look(['"a"', "b", "c"], "label") == ""
