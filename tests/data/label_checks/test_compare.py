"""Labels of a file against those known before."""

import pytest

from kerascls.data.label_checks.compare import compare, spelled_otherwise


def findings(counts, known):
    return list(compare("test.csv", counts, known, "train.csv"))


def test_labels_that_are_all_known_are_right():
    assert findings({"a": 3}, ["a", "b"]) == []


@pytest.mark.parametrize(
    ("name", "twin"), [("1", "1.0"), ("NBA", "ＮＢＡ"), ("体育\ufeff", "体育")]
)
def test_another_spelling_is_certain_where_nothing_else_is_known(name, twin):
    (certain,) = findings({name: 12}, [twin, "b"])
    assert f"looks like '{twin}'" in certain.received
    assert certain.is_certain
    (likely,) = findings({name: 12, "b": 1}, [twin, "b"])
    assert not likely.is_certain


def test_truth_values_are_told_as_what_they_are():
    (found,) = findings({"True": 12, "False": 12}, ["TRUE", "FALSE"])
    assert found.is_certain
    assert "frame.astype({'label': str})" in found.cure
    (other,) = findings({"True": 12, "nba": 12}, ["TRUE", "NBA"])
    assert "astype" not in other.cure


def test_joined_names_are_told_with_the_option():
    (found,) = findings({"a,b": 3, "a": 20}, ["a", "b"])
    assert "`--label-separator ,`" in found.note
    assert not found.is_certain
    assert findings({"a,b": 12}, ["a", "b"])[0].is_certain


def test_labels_that_hardly_overlap_are_told():
    (found,) = findings({"x": 12, "a": 3}, ["a", "b"])
    assert "1 label that train.csv lacks, 12 of 15" in found.note
    assert "train.csv has 'a', 'b'" in found.note
    assert not found.is_certain
    assert findings({"x": 2, "a": 3}, ["a", "b"]) == []


@pytest.mark.parametrize(("rows", "certain"), [(9, False), (10, True)])
def test_no_known_label_is_certain_unless_there_are_few_rows(rows, certain):
    assert findings({"x": rows}, ["a"])[0].is_certain is certain


def test_spellings_alone_do_not_ask_for_an_overlap():
    assert list(spelled_otherwise("b.csv", {"x": 99}, ["a"], "a.csv")) == []
    (found,) = spelled_otherwise("b.csv", {"X": 99}, ["x"], "a.csv")
    assert "'X' (99 rows) looks like 'x'" in found.note
