"""A row's priority is its uncertainty with the weights of labels."""

from types import SimpleNamespace

import numpy as np
import pytest

from kerascls.auditing.annotation.scoring import Scoring
from kerascls.auditing.annotation.suggestions import UnsureLabel
from kerascls.data.labels import LabelSet, Task
from kerascls.decision.rule import Rule

HALF = Rule("threshold", 0.5)


def scoring_of(task=Task.MULTILABEL, rule=HALF, boost=0.0):
    names = ("常见", "一般", "罕见")
    bundle = SimpleNamespace(
        task=task,
        rule=rule,
        label_set=LabelSet(names),
        train_support=dict(zip(names, (99, 9, 0), strict=True)),
    )
    return Scoring.of(bundle, "entropy", boost)


def test_without_a_boost_the_priority_is_the_uncertainty():
    rows = np.float32([[0.5, 0.1, 0.0], [0.9, 0.2, 0.4]])
    scoring = scoring_of()
    np.testing.assert_allclose(
        scoring.priorities(rows), scoring.of_labels(rows).sum(axis=1)
    )


@pytest.mark.parametrize(
    ("task", "rule"),
    [(Task.MULTILABEL, HALF), (Task.MULTICLASS, Rule("argmax"))],
)
def test_of_two_equally_unsure_rows_the_one_of_rarer_labels_comes_first(task, rule):
    rows = np.float32([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]])
    plain = scoring_of(task, rule).priorities(rows)
    assert plain[0] == pytest.approx(plain[1])
    boosted = scoring_of(task, rule, boost=0.5).priorities(rows)
    assert boosted[1] > boosted[0]


def test_the_labels_that_add_most_are_told_with_what_is_known_of_them():
    row = np.float32([0.9, 0.5, 0.1])
    found = scoring_of().unsure_of(row)
    assert found[0] == UnsureLabel("一般", 0.5, 0.5, 9)
    assert [one.label for one in scoring_of(boost=1).unsure_of(row)] == [
        "罕见",
        "一般",
        "常见",
    ]


def test_a_rule_without_thresholds_has_none():
    scoring = scoring_of(Task.MULTICLASS, Rule("argmax"))
    assert scoring.unsure_of(np.float32([0.5, 0.3, 0.2]))[0].threshold is None
