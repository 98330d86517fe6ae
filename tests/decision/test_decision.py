import json

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError, SettingsError

FITTED = Decision(
    Rule("threshold", thresholds=(0.25, 0.5, 0.75)),
    Calibration("platt", slopes=(1, 2, 3), intercepts=(0, 0, 1)),
    objective="precision@0.9",
    rows=70,
    without_positives=("b",),
    unreached=("c",),
)


def test_a_calibration_corrects_the_probabilities():
    logits = np.float32([[2.0, 0.0]])
    decision = Decision(Rule("argmax"), Calibration("temperature", temperature=2.0))
    result = decision.probabilities(logits, Task.MULTICLASS)
    expected = Calibration().apply(logits / 2, Task.MULTICLASS)
    np.testing.assert_allclose(result, expected, rtol=1e-6)


def test_a_threshold_that_was_not_fitted_is_told_as_none():
    thresholds = FITTED.fitted_thresholds(("a", "b", "c"))
    np.testing.assert_array_equal(thresholds, [0.25, np.nan, 0.75])
    assert Decision(Rule("argmax")).fitted_thresholds(("a", "b")) is None


def test_people_are_told_of_labels_that_could_not_be_fitted():
    without, unreached = FITTED.lines()
    assert without.startswith("n/a, no validation row has them")
    assert without.endswith(": b.")
    assert unreached == "Miss precision@0.9 at every threshold: c."
    assert Decision(Rule("argmax")).lines() == []


def test_of_many_such_labels_the_first_ten_are_named():
    names = tuple(f"label{index}" for index in range(12))
    (line,) = Decision(Rule("argmax"), without_positives=names).lines()
    assert line.endswith("label8, label9 and 2 more.")


@pytest.mark.parametrize("decision", [FITTED, Decision(Rule("argmax"))])
def test_a_decision_survives_json(decision):
    stored = json.loads(json.dumps(decision.to_dict()))
    again = Decision.from_dict(stored)
    assert again == decision
    assert again.sha256 == decision.sha256


def test_another_decision_has_another_hash():
    assert Decision(Rule("argmax")).sha256 != FITTED.sha256


@pytest.mark.parametrize("key", ["rule", "calibration", "unreached"])
def test_a_stored_decision_without_a_key_is_damage(key):
    stored = FITTED.to_dict()
    del stored[key]
    with pytest.raises(BundleError, match=f"decision as kerascls stores it.*'{key}'"):
        Decision.from_dict(stored)


@pytest.mark.parametrize(
    "change", [{"colour": "red"}, {"rule": {"kind": "top"}}, {"unreached": 3}]
)
def test_a_stored_decision_that_holds_something_else_is_damage(change):
    with pytest.raises(BundleError):
        Decision.from_dict(FITTED.to_dict() | change)


@pytest.mark.parametrize(
    "decision",
    [
        Decision(Rule("threshold", thresholds=(0.5, 0.5))),
        Decision(Rule("cost", costs=((0, 1), (1, 0)))),
        Decision(Rule("argmax"), Calibration("platt", slopes=(1,), intercepts=(0,))),
    ],
)
def test_a_decision_for_other_labels_is_refused(decision):
    width = 1 if decision.rule.kind == "argmax" else 2
    decision.check_width(width)
    with pytest.raises(SettingsError, match="3 columns"):
        decision.check_width(3)
