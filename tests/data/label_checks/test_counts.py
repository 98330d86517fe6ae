"""What the numbers of a column say."""

import pytest

from kerascls.data.readers import ReadOptions, read
from kerascls.errors import DataError

ONCE = [f"label {number}" for number in range(24)]


def test_labels_of_one_row_each_are_told(look):
    assert "24 of 24 labels in one row only" in look(ONCE, "label")


def test_few_rows_prove_nothing(look):
    assert look(ONCE[:6], "label", rows=6) == ""


def test_texts_where_labels_should_be_are_refused(look):
    with pytest.raises(
        DataError, match="and 2 different texts.*`--text label --label t"
    ):
        look(ONCE, "label", texts=["a", "b"])


def test_labels_that_come_again_are_right(look):
    assert look([*ONCE[:8], *["a", "b"] * 8], "label") == ""


def test_one_label_in_each_row_is_told_for_multilabel(look):
    assert "one label in each of 24 rows" in look(["a", "b"])
    assert "one label in each" not in look(["a", "b", "a|b"])
    assert look(["a", "b"], "label") == ""


def test_a_label_on_every_row_is_told(look):
    assert "'a' on every row" in look(["a", "a|b"])


@pytest.mark.parametrize(
    ("cells", "rows", "told"),
    [
        ([*["a", "b|c"] * 11, "a", ""], 24, "1 of 24 rows without a label"),
        (["a", ""], 24, "12 of 24 rows without a label"),
        (["a", ""], 4, "2 of 4 rows without a label"),
        (["a", "[]"], 24, "12 of 24 rows without a label"),
        ([*["a", "b|c"] * 11, "a", "[]"], 24, ""),
        (["a", "b|c"], 24, ""),
    ],
)
def test_rows_without_a_label_are_told_unless_few_say_so_themselves(
    look, cells, rows, told
):
    lines = look(cells, rows=rows)
    assert told in lines
    assert bool(told) == ("without a label" in lines)


def test_a_multiclass_row_without_a_label_is_a_bad_row(tmp_path, write_csv):
    rows = [*[("t1", "x"), ("t2", "y")] * 15, ("t3", "")]
    path = write_csv(tmp_path / "a.csv", ("text", "label"), rows)
    with pytest.raises(DataError, match=r"a.csv:32: label column \"label\" is empty"):
        read(path)
    assert read(path, ReadOptions(skip_bad_rows=True)).skipped_rows == 1
