"""Settings of the decision: one rule, fitted or stated."""

import pytest

from kerascls.errors import SettingsError
from kerascls.settings.run_settings import RunSettings

STATED = [{"threshold": 0.5}, {"top_k": 2}, {"mass": 0.9}]


@pytest.mark.parametrize("stated", STATED)
def test_a_stated_rule_is_taken(stated):
    ((name, value),) = stated.items()
    decision = RunSettings.from_options(**stated, abstain_below=0.1).decision
    assert getattr(decision, name) == value


@pytest.mark.parametrize(("one", "other"), [*zip(STATED, STATED[1:], strict=False)])
def test_two_rules_exclude_each_other(one, other):
    with pytest.raises(SettingsError, match="keep one of"):
        RunSettings.from_options(**one, **other)


@pytest.mark.parametrize("stated", STATED)
@pytest.mark.parametrize("fitted", [{"objective": "f1"}, {"shrinkage": 0}])
def test_what_is_fitted_goes_with_no_stated_rule(stated, fitted):
    with pytest.raises(SettingsError, match="without objective and shrinkage"):
        RunSettings.from_options(**stated, **fitted)
    RunSettings.from_options(**fitted)


@pytest.mark.parametrize(
    "option",
    [{"threshold": 0}, {"threshold": 1}, {"mass": 1.1}, {"top_k": 0}],
)
def test_values_out_of_range_are_refused(option):
    (name,) = option
    with pytest.raises(SettingsError, match=f"`decision.{name}` cannot be used"):
        RunSettings.from_options(**option)
