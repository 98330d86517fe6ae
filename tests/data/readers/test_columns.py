"""Which columns hold texts and labels."""

import pytest

from kerascls.data.labels import Task
from kerascls.data.readers.columns import (
    check_columns,
    check_task,
    choose_label_column,
    choose_text_columns,
    default_text_columns,
    pick_texts,
    text_advice,
)
from kerascls.errors import DataError, SettingsError


@pytest.mark.parametrize(
    ("columns", "texts"),
    [
        (["id", "text", "title", "content"], ("text",)),
        (["content", "title", "label"], ("title", "content")),
    ],
)
def test_text_columns_have_defaults(columns, texts):
    assert default_text_columns(columns, "a.csv") == texts


def test_no_default_text_column_lists_what_there_is():
    with pytest.raises(
        DataError, match='a.csv with .*"title", "label". Name .* `--text`'
    ):
        default_text_columns(["title", "label"], "a.csv")


def test_stated_text_columns_keep_their_order():
    assert choose_text_columns(("b", "a"), ["a", "b", "text"], "a.csv") == ("b", "a")
    assert choose_text_columns(("a",), ["a", "b", "text"], "a.csv") == ("a",)


def test_a_missing_column_names_the_nearest():
    with pytest.raises(DataError, match='"Txt".*a.csv with .*Did you mean "text"'):
        choose_text_columns(("Txt",), ["text", "label"], "a.csv")


@pytest.mark.parametrize(("pair", "option"), [(True, "--text-pair"), (False, "--text")])
def test_a_missing_column_is_named_with_the_option_that_named_it(pair, option):
    with pytest.raises(DataError, match=f"Name another with `{option}`"):
        choose_text_columns(("text", "b"), ["text", "label"], "a.csv", pair)
    with pytest.raises(DataError, match="Name another with `--text`"):
        choose_text_columns(("x", "label"), ["text", "label"], "a.csv", pair)


@pytest.mark.parametrize(
    ("columns", "advice"),
    [
        (["label", "q", "r x"], "`--text q --text 'r x'`, in the order used in train"),
        (["q", "a", "label"], "`--text a --text q`"),
        (["B", "id", "label", "x"], "`--text COLUMN --text B`"),
        (["id", "q", "r", "label"], "`--text COLUMN --text COLUMN`"),
        (["text", "label"], "reads 2 texts: give a column of each"),
    ],
)
def test_a_classifier_is_given_as_many_texts_as_it_reads(columns, advice):
    assert advice in text_advice(("a", "b"), columns)


def test_the_only_column_that_is_left_holds_the_texts():
    told = "holds the texts with `--text body`."
    assert told in text_advice(("text",), ["body", "kind"], "kind")


def test_a_text_column_stated_twice_is_refused():
    with pytest.raises(SettingsError, match="Name each once"):
        choose_text_columns(("a", "a"), ["a"], "a.csv")


@pytest.mark.parametrize(
    ("label", "task", "chosen"),
    [
        (None, None, ("labels", Task.MULTILABEL)),
        (None, "multiclass", ("labels", Task.MULTICLASS)),
        ("topic", "multilabel", ("topic", Task.MULTILABEL)),
    ],
)
def test_the_task_is_stated_or_follows_from_the_column(label, task, chosen):
    columns = ["text", "labels", "topic"]
    assert choose_label_column(label, task, columns, "a.csv") == chosen


def test_a_column_called_label_means_multiclass():
    chosen = choose_label_column(None, None, ["label"], "a.csv")
    assert chosen == ("label", Task.MULTICLASS)


def test_a_label_column_of_another_name_needs_the_task():
    with pytest.raises(SettingsError, match="`--task multiclass`"):
        choose_label_column("topic", None, ["text", "topic"], "a.csv")


@pytest.mark.parametrize(
    ("columns", "task", "cure"),
    [
        (["text"], None, "with `--label`, and add `--task multiclass`"),
        (["text"], "multilabel", "with `--label`."),
        (["text", "Label"], None, "with `--label Label --task multiclass`."),
        (["text", "LABELS"], None, "with `--label LABELS --task multilabel`."),
        (["text", "Label"], "multilabel", "with `--label Label`."),
        (["label", "labels"], None, "with `--label label` or `--label labels`."),
    ],
)
def test_no_label_column_or_two_need_a_choice(columns, task, cure):
    with pytest.raises(DataError) as caught:
        choose_label_column(None, task, columns, "a.csv")
    assert cure in str(caught.value)


def test_an_unknown_task_is_refused():
    with pytest.raises(SettingsError, match="task='regression'"):
        check_task("regression")


def test_header_names_are_stripped():
    names, places = check_columns(["\ufeff text", "label\u200b "], "a.csv")
    assert (names, places) == (["text", "label"], [0, 1])


@pytest.mark.parametrize(
    ("cells", "names", "places"),
    [
        (["", "text"], ["", "text"], [0, 1]),
        (["", " ", "text", "", "label", ""], ["text", "label"], [2, 4]),
    ],
)
def test_one_unnamed_column_may_be_an_index_and_several_are_none(cells, names, places):
    assert check_columns(cells, "a.csv") == (names, places)


@pytest.mark.parametrize(
    ("columns", "advice"), [(["Text"], "`--text Text`"), (["Label"], "`--text`")]
)
def test_a_name_in_capitals_is_offered(columns, advice):
    with pytest.raises(DataError, match=advice):
        default_text_columns(columns, "a.csv")


def test_a_column_name_given_twice_is_refused():
    with pytest.raises(DataError, match='a.csv with "text" more than once'):
        check_columns(["text", "label", "text "], "a.csv")


def test_texts_are_picked_in_the_stated_order():
    fields = {"title": "NA", "content": "", "id": 3}
    assert pick_texts(fields, ("content", "title")) == ("", "NA")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": 3}, 'text column "text" is missing'),
        ({}, "the row is empty"),
        ({"text": ["a"]}, 'text column "text" must hold a text, not a list'),
        ({"text": "#N/A"}, 'text column "text" holds the error value #N/A'),
    ],
)
def test_a_cell_that_is_no_text_is_refused(fields, message):
    with pytest.raises(DataError, match=message):
        pick_texts(fields, ("text",))


def test_a_header_of_empty_cells_is_refused():
    with pytest.raises(DataError, match="a.csv with 2 empty cells there"):
        check_columns(["", "\ufeff "], "a.csv")
