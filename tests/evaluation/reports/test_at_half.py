"""Scores without a fitted rule."""

from dataclasses import replace

import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.reports.at_half import scores_at_half


def test_each_label_is_given_from_0_5_on(make_scored):
    probabilities = [[0.5, 0.49], [0.2, 0.6], [0.9, 0.3]]
    targets = [[1, 1], [0, 1], [0, 0]]
    scored = make_scored(targets, probabilities, targets, ("a", "b"))
    found = scores_at_half(scored, Rule("threshold", 0.3))
    assert found.predicted.tolist() == [2, 1]
    assert found.f1.tolist() == pytest.approx([2 / 3, 2 / 3])


def test_labels_that_training_lacked_are_never_given(scored):
    found = scores_at_half(scored, Rule("threshold", 0.25))
    assert found.labels == scored.labels
    assert found.predicted[scored.known :].tolist() == [0, 0]


def test_a_rule_that_is_the_same_has_nothing_to_compare(scored):
    assert scores_at_half(scored, Rule("threshold", 0.5)) is None
    assert scores_at_half(scored, Rule("threshold", 0.5, min_labels=1)) is not None


def test_the_likeliest_label_has_no_threshold(scored):
    one = replace(scored, task=Task.MULTICLASS)
    assert scores_at_half(one, Rule("argmax")) is None
