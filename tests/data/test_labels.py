"""Label names and their columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LabelSet, Task, in_natural_order
from kerascls.errors import DataError

NAMES = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=8, unique=True)


def test_task_is_its_own_name():
    assert Task("multilabel") is Task.MULTILABEL
    assert f"{Task.MULTICLASS}" == "multiclass"


def test_labels_of_rows_are_sorted_and_unique():
    labels = LabelSet.from_labels([("b",), (), ("a/-|", "b")])
    assert labels.names == ("a/-|", "b")
    assert len(labels) == 2
    assert list(labels) == ["a/-|", "b"]


@given(NAMES)
def test_column_is_the_place_of_the_name(names):
    labels = LabelSet(tuple(names))
    assert [labels.column(name) for name in names] == list(range(len(names)))
    assert all(name in labels for name in names)


@given(NAMES, NAMES)
def test_extended_keeps_the_old_columns_and_sorts_the_new(names, more):
    longer = LabelSet(tuple(names)).extended(more)
    assert longer.names[: len(names)] == tuple(names)
    new = longer.names[len(names) :]
    assert new == in_natural_order(set(more) - set(names))


@given(NAMES)
def test_every_name_has_one_place_in_natural_order(names):
    ordered = in_natural_order(names)
    assert sorted(ordered) == sorted(names)
    assert in_natural_order(reversed(names)) == ordered


@pytest.mark.parametrize(
    "ordered",
    [
        ("0", "1", "2", "10", "11"),
        ("-1", "0", "0.5", "01", "1", "1.0", "1.", "体育"),
        ("grade 2", "grade 10", "grade 10b"),
        ("A", "B", "a", "体育", "军事"),
        ("9" * 400, "9" * 401),
    ],
)
def test_names_are_in_the_order_in_which_people_count(ordered):
    assert in_natural_order(set(ordered)) == ordered


def test_a_list_of_names_becomes_a_tuple():
    assert LabelSet(["a", "b"]) == LabelSet(("a", "b"))
    assert hash(LabelSet(("a",))) == hash(LabelSet(("a",)))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "there is none"),
        (("a", "a"), "'a' is there twice"),
        (("a", ""), "number 2 is ''"),
        ((3,), "number 1 is 3"),
    ],
)
def test_unusable_names_are_refused(names, message):
    with pytest.raises(DataError, match=message):
        LabelSet(names)


def test_an_unknown_label_names_the_nearest():
    with pytest.raises(DataError, match="label='体育新'. Did you mean '体育新闻'?"):
        LabelSet(("体育新闻", "军事")).column("体育新")


def test_an_unknown_label_is_not_in_the_set():
    assert "c" not in LabelSet(("a", "b"))
