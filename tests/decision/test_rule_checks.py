import numpy as np
import pytest

from kerascls.decision.rule import KINDS, Rule
from kerascls.decision.rule_checks import check_rule
from kerascls.errors import SettingsError


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("argmax", {"threshold": 0.5}),
        ("argmax", {"min_labels": 1}),
        ("threshold", {}),
        ("threshold", {"threshold": 1.5}),
        ("threshold", {"threshold": True}),
        ("threshold", {"threshold": 0.5, "thresholds": (0.5,)}),
        ("threshold", {"thresholds": (0.5, np.nan)}),
        ("threshold", {"thresholds": ()}),
        ("threshold", {"threshold": 0.5, "min_labels": -1}),
        ("threshold", {"threshold": 0.5, "max_labels": 0}),
        ("threshold", {"threshold": 0.5, "min_labels": 2, "max_labels": 1}),
        ("top_k", {"k": 0}),
        ("top_k", {"k": 1.5}),
        ("top_k", {"k": 1, "max_labels": 1}),
        ("cumulative", {"mass": 0}),
        ("cost", {"costs": ((0, 1),)}),
        ("cost", {"costs": ((0, -1), (1, 0))}),
        ("cost", {"costs": ((0, np.inf), (1, 0))}),
        ("cost", {"costs": ()}),
        ("argmax", {"abstain_below": 2}),
        ("top", {}),
    ],
)
def test_a_rule_without_meaning_is_an_error(kind, values):
    with pytest.raises(SettingsError, match=rf"Received: kind='{kind}'.*\. \w"):
        Rule(kind, **values)


def test_the_first_wrong_field_is_named_with_what_was_expected():
    fields = vars(Rule("threshold", 0.5)) | {"min_labels": 3, "max_labels": 2}
    with pytest.raises(SettingsError, match="max_labels to be .*at least 3.*labels=2"):
        check_rule(fields)


def test_an_unknown_kind_is_answered_with_all_there_are():
    with pytest.raises(SettingsError, match=", ".join(KINDS)):
        check_rule({"kind": "top"})
