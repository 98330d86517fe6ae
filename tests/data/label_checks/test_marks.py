"""Names joined by another mark than the separator."""

import pytest

from kerascls.data.label_checks.marks import joined_names, separator_option
from kerascls.errors import DataError


@pytest.mark.parametrize("mark", [*",，;；、｜\t\n", ", ", "\r\n", " ; "])
@pytest.mark.parametrize("column", ["label", "labels"])
def test_names_of_names_that_stand_alone_are_refused_with_the_option(
    look, mark, column
):
    with pytest.raises(DataError, match="1 label in 8 rows .* joined by") as caught:
        look([f"体育{mark}健康", "体育", "健康"], column)
    option = str(caught.value).partition("To split them: `")[2].partition("`")[0]
    words = option.replace("'", "").split()
    stated = {"label_separator": words[-1]}
    if column == "label":
        assert words[:2] == ["--task", "multilabel"]
        stated["task"] = "multilabel"
    assert "joined" not in look([f"体育{mark}健康", "体育", "健康"], column, **stated)


@pytest.mark.parametrize(
    ("column", "stated"),
    [("label", {"task": "multiclass"}), ("labels", {"label_separator": "|"})],
)
def test_what_the_user_stated_is_only_told(look, column, stated):
    assert "joined by ','" in look(["a,b", "a", "b"], column, **stated)


def test_a_bar_in_a_multiclass_column_is_refused_with_the_task(look):
    with pytest.raises(DataError, match="To split them: `--task multilabel`. If they"):
        look(["体育|健康", "体育", "健康", ""], "label")


@pytest.mark.parametrize("mark", " /#+&·")
def test_marks_that_stand_within_names_are_told(look, mark):
    assert f"joined by '{mark}'" in look([f"体育{mark}健康", "体育", "健康"])


def test_a_part_that_stands_alone_is_enough_to_be_told(look):
    assert "joined by ','" in look(["体育,健康", "健康", "汽车"])
    assert "joined by ' '" in look(["体育 健康", "健康", "汽车"])


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (["world news", "news", "sports"], "label"),
        (["Economy, Finance", "Sports", "Arts, Culture"], "label"),
        (["a|b", "a", "b"], "labels"),
        (["C++", "C", "C#"], "label"),
        (["24/7", "a", "b"], "label"),
    ],
)
def test_names_that_have_a_mark_in_them_are_left_alone(look, cells, column):
    assert look(cells, column) == ""


def test_names_that_are_joined_throughout_are_refused(look):
    with pytest.raises(DataError, match="3 labels in 24 rows .* joined by ';'"):
        look(["a;b", "a;c", "b;c"])


def test_a_second_mark_is_added_to_the_one_in_use(look):
    said = look(["a,b", "a，b", "a", "b"], label_separator=",")
    assert "`--label-separator ',，'`" in said


def test_the_option_can_be_pasted():
    assert separator_option("|", ["a\nb"]) == r"--label-separator '|\n'"
    assert separator_option("", ["a b"]) == "--label-separator ' '"


def test_names_are_joined_of_names_that_are_known_elsewhere():
    assert joined_names(["a,b", "a,c", "b"], ["a", "b"]) == {"a,b"}
