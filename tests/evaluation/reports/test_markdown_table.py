"""Tables in Markdown, whatever labels are called."""

from hypothesis import given
from hypothesis import strategies as st

from kerascls.evaluation.reports.markdown_table import markdown_table


def test_names_stand_left_and_numbers_right():
    assert markdown_table(("class", "f1", "rows"), [("体育", "0.5", "3")]) == [
        "| class | f1 | rows |",
        "|---|---:|---:|",
        "| 体育 | 0.5 | 3 |",
    ]


@given(st.lists(st.text("a|\n", max_size=5), min_size=1, max_size=3))
def test_each_row_is_one_line_of_as_many_cells(cells):
    heading, rule, row = markdown_table(cells, [cells])
    assert heading == row
    assert "\n" not in row
    assert row.replace("\\|", "").count("|") == rule.count("|") == len(cells) + 1
