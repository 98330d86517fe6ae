"""How bad rows are counted and told."""

import pytest

from kerascls.data.readers.rows import BadRow, BadRowLog
from kerascls.errors import DataError


def test_ten_bad_rows_are_shown_and_all_counted():
    log = BadRowLog("train.csv")
    for line in range(1, 13):
        log.add(BadRow(line, "is wrong"))
    with pytest.raises(DataError) as caught:
        log.finish()
    message = str(caught.value)
    assert "12 bad rows in train.csv" in message
    assert "  train.csv:10: is wrong\n  ... and 2 more\n" in message
    assert "train.csv:11" not in message
    assert "--skip-bad-rows" in message


def test_skipped_rows_are_counted_and_handed_to_the_collector():
    collected = []
    log = BadRowLog("train.csv", "skip", collected)
    log.add(BadRow(3, "is wrong"))
    log.finish()
    assert log.count == 1
    assert collected == [BadRow(3, "is wrong")]
