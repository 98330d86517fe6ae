import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.evaluation.reports.html.errors import worst_mistakes

TARGETS = [[1, 0], [1, 0], [0, 1], [1, 0]]
FOUND = [[0.4, 0.6], [0.1, 0.9], [0.2, 0.8], [0.45, 0.55]]
CHOSEN = [[0, 1]] * 4


def test_the_least_likely_truth_comes_first(make_scored):
    texts = [(str(n),) for n in range(4)]
    scored = make_scored(
        TARGETS, FOUND, CHOSEN, "ab", Task.MULTICLASS, lines=[2, 3, 5, 9], texts=texts
    )
    found = worst_mistakes(scored, limit=2, max_chars=10)
    assert [one["line"] for one in found] == [3, 2]
    assert [one["texts"] for one in found] == [["1"], ["0"]]
    assert found[0]["loss"] == pytest.approx(-np.log(0.1), abs=1e-3)
    assert found[0]["labels"] == [[0, 1, 0, 0.1], [1, 0, 1, 0.9]]


def test_long_texts_are_cut_and_missing_ones_are_none(make_scored):
    scored = make_scored(TARGETS, FOUND, CHOSEN, "ab", texts=[("x" * 9, "y")] * 4)
    found = worst_mistakes(scored, limit=1, max_chars=5)
    assert (found[0]["texts"], found[0]["cut"]) == (["xxxxx", "y"], True)
    bare = make_scored(TARGETS, FOUND, CHOSEN, "ab")
    assert worst_mistakes(bare, limit=9, max_chars=5)[0]["texts"] == []
