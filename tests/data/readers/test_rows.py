"""How bad rows are counted and told."""

import pytest

from kerascls.data.readers.rows import BadRow, BadRowLog, Record
from kerascls.errors import DataError


def test_ten_bad_rows_are_shown_and_all_counted():
    log = BadRowLog("train.csv")
    for line in range(1, 13):
        log.add(BadRow(line, f"is wrong by {line}"))
    with pytest.raises(DataError) as caught:
        log.finish()
    message = str(caught.value)
    assert "12 bad rows in train.csv" in message
    assert "  train.csv:10: is wrong by 10\n  ... and 2 more\n" in message
    assert "train.csv:11" not in message
    assert "--skip-bad-rows" in message


def test_one_reason_is_told_once():
    log = BadRowLog("train.csv")
    for line in range(2, 40):
        log.add(BadRow(line, "is wrong"))
    log.add(BadRow(50, "is odd"))
    log.add(BadRow(51, "is odd"))
    assert log.lines() == [
        "  train.csv:2: is wrong (the same in 37 more lines: 3, 4, 5, 6, 7, ...)",
        "  train.csv:50: is odd (the same in 1 more line: 51)",
    ]


@pytest.mark.parametrize(
    ("fields", "is_empty"),
    [
        ({}, True),
        ({"a": " ", "b": None, "c": ""}, True),
        ({"a": "", "b": "x"}, False),
        ({"a": "", "b": []}, True),
        ({"a": "", "b": 0}, False),
    ],
)
def test_a_row_without_anything_is_empty(fields, is_empty):
    assert Record(1, fields).is_empty is is_empty


def test_skipped_rows_are_counted_and_handed_to_the_collector():
    collected = []
    log = BadRowLog("train.csv", "skip", collected)
    log.add(BadRow(3, "is wrong"))
    log.finish()
    assert log.count == 1
    assert collected == [BadRow(3, "is wrong")]
