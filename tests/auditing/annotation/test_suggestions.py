"""Suggested rows as values: what is written beside them, and what is shown."""

import json

import pytest
from suggestion_cases import suggestion, two_suggestions


@pytest.fixture
def two():
    return two_suggestions()


def test_a_reason_names_labels_with_their_rows():
    assert suggestion().why == (
        "体育 0.48, given from 0.50, 1 training row; <b> 0.25, 1,200 training rows"
    )


def test_a_row_keeps_its_fields_and_gets_ours_beside_them():
    assert suggestion(id=7, labels="old", rank_="x", why="mine").to_dict() == {
        "text": "新车\n上市",
        "id": 7,
        "input_labels": "old",
        "rank_": "x",
        "input_why": "mine",
        "labels": ["汽车"],
        "scores": {"汽车": 0.9, "体育": 0.48},
        "rank": 1,
        "uncertainty": 0.712346,
        "priority": 0.8,
        "distance": None,
        "why": suggestion().why,
    }


def test_they_are_a_sequence(two):
    assert len(two) == 2
    assert [one.rank for one in two] == [1, 2]
    assert two[1].distance == 1.5
    assert two[:1] == two.rows[:1]


def test_everything_is_json(two):
    found = json.loads(json.dumps(two.to_dict()))
    assert found["suggestions"][1]["place"] == "pool.csv:3"
    assert found["suggestions"][0]["unsure_of"][0] == {
        "label": "体育",
        "probability": 0.48,
        "threshold": 0.5,
        "train_rows": 1,
    }
    assert (found["pool_rows"], found["usable_rows"]) == (9, 7)


def test_lines_have_no_line_breaks_of_texts(two):
    first = two.lines()[0].splitlines()
    assert len(first) == 2
    assert first[0] == "   1  pool.csv:2  新车 上市"
    assert first[1].startswith("      predicted: 汽车; unsure of 体育 0.48")


def test_a_notebook_shows_a_table_in_which_texts_are_escaped(two):
    html = two._repr_html_()
    assert "新车" in html and "&lt;b&gt; 0.25" in html and "<b> 0.25" not in html
    assert "left out: &lt;2&gt; rows" in html
