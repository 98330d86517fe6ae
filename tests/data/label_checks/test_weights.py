"""How weights were written."""

import pytest

from kerascls.errors import DataError


def test_sums_that_are_not_one_are_told_with_an_example(look):
    told = look(["a:3|b:1", "a:0.5|b:0.5"], task="distribution")
    assert "weights of 12 rows do not sum to 1 (line 2 'a:3|b:1')" in told
    assert look(["a:0.7|b:0.3", "b:0.1|a:0.9"], task="distribution") == ""


def test_sums_that_are_one_but_for_rounding_are_not_told(look):
    assert look(["a:0.1|b:0.2|c:0.7", "a:1"], task="distribution") == ""


def test_labels_without_weights_are_told(look):
    told = look(["a|b", "a:0.5|b:0.5"], task="distribution")
    assert "12 rows with labels without weights (line 2 'a|b')" in told


def test_objects_with_weights_are_no_wrong_values(look_at_json):
    cells = [{"a": 0.5, "b": 0.5}, {"a": 0.25, "b": 0.75}]
    assert look_at_json(cells, task="distribution") == ""
    with pytest.raises(DataError, match="`--task distribution`"):
        look_at_json(cells)


def test_names_that_end_in_a_share_are_refused_where_labels_have_none(look):
    with pytest.raises(DataError, match="end in a number.*`--task distribution`"):
        look(["a:0.7|b:0.3", "a:0.4|b:0.6"])
    assert "end in a number" in look(["a:0.7|b:0.3"], label_separator="|")
    assert "end in a number" not in look(["step:1|step:2", "step:3"])
