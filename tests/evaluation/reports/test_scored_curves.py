import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.reports.scored_curves import (
    scored_coverage,
    scored_reliability,
)

FOUND = np.float32([[0.9, 0.1, 0], [0.4, 0.6, 0], [0.7, 0.3, 0]])
TARGETS = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]], bool)
CHOSEN = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0]], bool)


@pytest.fixture
def rows(make_scored):
    """Three rows, the last of a label that training lacked."""
    return make_scored(TARGETS, FOUND, CHOSEN, "abc", Task.MULTICLASS, known=2)


def test_coverage_is_that_of_the_rule_and_unseen_labels_are_misses(rows):
    curve = scored_coverage(rows)
    assert curve.thresholds == pytest.approx([0.6, 0.7, 0.9])
    assert curve.coverage == pytest.approx([1, 2 / 3, 1 / 3])
    assert curve.accuracy == pytest.approx([1 / 3, 1 / 2, 1])


def test_rows_without_answer_are_judged_by_what_would_have_been_said(make_scored):
    rule = Rule("argmax", abstain_below=0.8)
    chosen = rule.apply(FOUND)
    assert not chosen[1:].any()
    scored = make_scored(CHOSEN, FOUND, chosen, "abc", Task.MULTICLASS)
    assert scored_coverage(scored, rule).accuracy == pytest.approx([1, 1, 1])


def test_a_long_coverage_curve_keeps_both_ends(make_scored):
    found = np.linspace(0.1, 0.9, 1000, dtype=np.float32)[:, None]
    scored = make_scored(found > 0.5, found, found > 0.6, "a")
    curve = scored_coverage(scored, most=10)
    assert len(curve.thresholds) == 10
    assert curve.coverage[[0, -1]] == pytest.approx([1, 0.001])


def test_reliability_is_of_known_cells_or_of_the_likeliest_label(rows, make_scored):
    assert scored_reliability(rows).counts.sum() == 3
    cells = make_scored(TARGETS, FOUND, CHOSEN, "abc", known=2)
    assert scored_reliability(cells).counts.sum() == 6
