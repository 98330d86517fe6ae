"""Settings and validation rows in, a decision out."""

from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.decision import Decision
from kerascls.decision.fit_decision import check_decision, decide, rule_for_one_call
from kerascls.decision.global_threshold import fit_threshold
from kerascls.decision.label_thresholds import fit_rule
from kerascls.decision.rule import Rule
from kerascls.errors import DataError, SettingsError
from kerascls.settings.decision import DecisionSettings

LABELS = ("体育", "教育", "汽车")


def rows(count=200, seed=0):
    """Logits of three labels, the last of them never true."""
    rng = np.random.default_rng(seed)
    targets = rng.random((count, 3)) < [0.5, 0.1, 0.0]
    logits = 2 * targets - 1 + rng.normal(size=targets.shape)
    return targets, logits.astype(np.float32)


def decided(task=Task.MULTILABEL, data=None, **settings):
    return decide(DecisionSettings(**settings), task, LABELS, *(data or rows()))


def test_by_default_one_threshold_is_fitted_to_calibrated_probabilities():
    targets, logits = rows()
    found = decided()
    given = found.probabilities(logits, Task.MULTILABEL)
    assert found.calibration.kind == "platt"
    assert found.rule == fit_threshold(targets, given, "macro_f1")
    assert (found.objective, found.rows) == ("macro_f1", 200)
    assert found.without_positives == ()


def test_each_label_gets_a_threshold_and_those_without_positives_are_named():
    targets, logits = rows()
    found = decided(objective="f1", shrinkage=3, calibration="none")
    given = found.probabilities(logits, Task.MULTILABEL)
    assert found.rule == fit_rule(targets, given, "f1", shrinkage=3).rule
    assert found.without_positives == ("汽车",)
    assert "n/a, no validation row has them" in found.lines()[0]


def test_a_target_that_is_missed_everywhere_is_named():
    targets, logits = rows()
    found = decided(data=(targets, -logits), objective="precision@0.99")
    assert "教育" in found.unreached
    assert "Miss precision@0.99 at every threshold" in found.lines()[-1]


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"threshold": 0.3}, Rule("threshold", 0.3)),
        ({"top_k": 2}, Rule("top_k", k=2)),
        ({"mass": 0.9, "max_labels": 2}, Rule("cumulative", mass=0.9, max_labels=2)),
        (
            {"threshold": 0.3, "min_labels": 1, "abstain_below": 0.2},
            Rule("threshold", 0.3, min_labels=1, abstain_below=0.2),
        ),
    ],
)
def test_a_stated_rule_is_taken_as_it_is(settings, rule):
    found = decided(**settings)
    assert (found.rule, found.objective) == (rule, None)


def test_limits_are_put_on_a_fitted_rule():
    assert decided(min_labels=1, max_labels=2).rule.max_labels == 2
    assert decided(objective="f2", abstain_below=0.5).rule.abstain_below == 0.5


def one_hot(count=100):
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, count)
    targets = np.eye(3, dtype=np.bool_)[truth]
    return targets, (3 * targets + rng.normal(size=(count, 3))).astype(np.float32)


def test_multiclass_gives_the_likeliest_label_at_a_fitted_temperature():
    found = decided(Task.MULTICLASS, one_hot())
    assert (found.rule.kind, found.calibration.kind) == ("argmax", "temperature")


def test_multiclass_may_weigh_its_mistakes(tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text(
        "true,体育,教育,汽车\n体育,0,1,1\n教育,9,0,1\n汽车,1,1,0\n", "utf-8"
    )
    found = decided(Task.MULTICLASS, one_hot(), objective=f"cost:{path}")
    assert found.rule.kind == "cost"
    assert found.rule.costs[1] == (9.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("task", "settings", "message"),
    [
        ("multiclass", {"threshold": 0.5}, r"multilabel only.*threshold=0\.5"),
        ("multiclass", {"objective": "f1"}, "objective='f1'"),
        ("multiclass", {"calibration": "platt"}, "kind='platt'"),
        ("multilabel", {"objective": "f-1"}, "objective='f-1'"),
        ("multilabel", {"top_k": 2, "min_labels": 1}, "min_labels=1"),
        ("multiclass", {"min_labels": 1}, "min_labels=1"),
        ("multilabel", {"top_k": 4}, "no more .* than there are, 3.*top_k=4"),
        ("multilabel", {"min_labels": 4}, "min_labels=4"),
    ],
)
def test_what_contradicts_itself_is_an_error_before_anything_is_fitted(
    task, settings, message
):
    with pytest.raises(SettingsError, match=f"(?s){message}"):
        check_decision(DecisionSettings(**settings), Task(task), LABELS)


def test_a_file_of_costs_is_read_before_anything_is_fitted(tmp_path):
    settings = DecisionSettings(objective=f"cost:{tmp_path / 'none.csv'}")
    with pytest.raises(DataError, match="none.csv"):
        check_decision(settings, Task.MULTILABEL, LABELS)


@pytest.mark.parametrize("objective", ["f1", "f0.5", "precision@0.9", "recall@0.9"])
def test_objectives_of_single_labels_are_for_multilabel_only(objective):
    settings = DecisionSettings(objective=objective)
    check_decision(settings, Task.MULTILABEL, LABELS)
    with pytest.raises(SettingsError, match=f"objective='{objective}'"):
        check_decision(settings, Task.MULTICLASS, LABELS)


@pytest.mark.parametrize("settings", [{}, {"objective": "f1"}, {"top_k": 1}])
def test_what_is_stored_is_read_again(settings):
    found = decided(**settings)
    assert Decision.from_dict(found.to_dict()) == found


def test_limits_change_a_rule_for_one_call_and_kinds_replace_it():
    rule = Rule("threshold", thresholds=(0.1, 0.9))

    def called(**stated):
        settings = DecisionSettings(**stated)
        return rule_for_one_call(settings, Task.MULTILABEL, ("a", "b"), rule)

    assert called(min_labels=1) == replace(rule, min_labels=1)
    assert called(abstain_below=0.5).thresholds == rule.thresholds
    assert called(top_k=1) == Rule("top_k", k=1)
    assert called(threshold=0.5, max_labels=1) == Rule("threshold", 0.5, max_labels=1)
