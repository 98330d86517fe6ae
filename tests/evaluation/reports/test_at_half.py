"""Scores of a model that nothing was fitted to."""

from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.evaluation.reports.at_half import scores_at_half

TARGETS = [[1, 1], [0, 1], [0, 0]]
PROBABILITIES = np.array([[0.5, 0.49], [0.2, 0.6], [0.9, 0.3]])
LOGITS = np.log(PROBABILITIES / (1 - PROBABILITIES)).astype(np.float32)
FITTED = Decision(Rule("threshold", 0.3))


@pytest.fixture
def rows(make_scored):
    return make_scored(TARGETS, PROBABILITIES, TARGETS, ("a", "b"), logits=LOGITS)


def given(rows, **rule):
    """Returns how many rows get each label from 0.5 on, beside what a rule has."""
    rule = {"kind": "threshold", "threshold": 0.3} | rule
    return scores_at_half(rows, Decision(Rule(**rule))).predicted.tolist()


def test_each_label_is_given_from_0_5_on(rows):
    found = scores_at_half(rows, FITTED)
    assert found.predicted.tolist() == [2, 1]
    assert found.f1.tolist() == pytest.approx([2 / 3, 2 / 3])


@pytest.mark.parametrize("rule", [Rule("threshold", 0.5), FITTED.rule])
def test_calibration_which_is_fitted_too_changes_nothing(rows, rule):
    platt = Calibration("platt", slopes=(0.1, 2.0), intercepts=(5.0, -5.0))
    probabilities = platt.apply(LOGITS, Task.MULTILABEL)
    calibrated = replace(rows, probabilities=probabilities)
    found = scores_at_half(calibrated, Decision(rule, platt))
    assert found.to_dict() == scores_at_half(rows, FITTED).to_dict()


def test_limits_of_the_rule_stay(rows):
    few = np.array([[3.0, 2.0], [-1.0, -2.0], [-9.0, -8.0]], np.float32)
    few = replace(rows, logits=few)
    assert given(few) == [1, 1]
    assert given(few, min_labels=1) == [2, 2]
    assert given(few, max_labels=1) == [1, 0]
    nothing = {"kind": "cumulative", "threshold": None, "mass": 0.9}
    assert given(few, **nothing, min_labels=1, max_labels=1) == [2, 1]


def test_rows_that_the_rule_abstains_from_get_no_label(rows):
    assert given(rows, abstain_below=0.7) == [1, 0]
    assert given(rows, abstain_below=0.7, min_labels=1) == [1, 0]


def test_labels_that_training_lacked_are_never_given(scored):
    logits = np.zeros((len(scored), scored.known), np.float32)
    found = scores_at_half(replace(scored, logits=logits), FITTED)
    assert found.labels == scored.labels
    assert found.predicted[: scored.known].tolist() == [len(scored)] * 2
    assert found.predicted[scored.known :].tolist() == [0, 0]


@pytest.mark.parametrize(
    "limits", [{}, {"min_labels": 1}, {"max_labels": 2}, {"abstain_below": 0.1}]
)
def test_a_decision_that_is_the_same_has_nothing_to_compare(rows, limits):
    assert scores_at_half(rows, Decision(Rule("threshold", 0.5, **limits))) is None


def test_the_likeliest_label_has_no_threshold(rows):
    one = replace(rows, task=Task.MULTICLASS)
    assert scores_at_half(one, Decision(Rule("argmax"))) is None


def test_rows_without_logits_have_none(rows):
    assert scores_at_half(replace(rows, logits=None), FITTED) is None
