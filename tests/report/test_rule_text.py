import pytest

from kerascls.decision import KINDS, Rule
from kerascls.report.rule_text import rule_text

RULES = {
    "argmax": (Rule("argmax"), "the likeliest one"),
    "threshold": (Rule("threshold", 0.25), "those whose probability reaches 0.2500"),
    "top_k": (Rule("top_k", k=3), "the 3 likeliest"),
    "cumulative": (Rule("cumulative", mass=0.9), "probability reaches 0.9"),
    "cost": (Rule("cost", costs=((0, 1), (2, 0))), "least expected cost"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_has_words(kind):
    rule, words = RULES[kind]
    assert words in rule_text(rule)


def test_limits_are_said():
    rule = Rule("threshold", thresholds=(0.5,), min_labels=1, max_labels=2)
    expected = "a threshold of their own, at least 1, at most 2."
    assert rule_text(rule).endswith(expected)
    abstaining = Rule("argmax", abstain_below=0.5)
    assert rule_text(abstaining).endswith("none where the largest is below 0.5000.")
