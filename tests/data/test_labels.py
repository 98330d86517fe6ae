"""Label names and their columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LabelSet, Task
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
    assert list(new) == sorted(set(more) - set(names))


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
