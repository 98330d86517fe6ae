import pytest

from kerascls.decision.calibration import Calibration
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.evaluation.reports.rules import decision_line, rule_line


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("threshold", 0.25), "from probability 0.2500 on"),
        (
            Rule("threshold", thresholds=(0.75, 0.25), min_labels=1, max_labels=3),
            "each from its own probability on, 0.2500 to 0.7500, at least 1, at most 3",
        ),
        (Rule("top_k", k=1), "the likeliest"),
        (Rule("top_k", k=3), "the 3 likeliest"),
        (
            Rule("cumulative", mass=0.9),
            "the fewest with a share of 0.9 of all probability",
        ),
        (
            Rule("cost", costs=((0, 1), (2, 0))),
            "the one of the least expected cost",
        ),
        (
            Rule("argmax", abstain_below=0.5),
            "the likeliest, none where no probability reaches 0.5000",
        ),
    ],
)
def test_a_rule_is_a_sentence(rule, words):
    assert rule_line(rule) == f"Labels given: {words}."


def test_the_likeliest_label_alone_needs_no_words():
    assert rule_line(Rule("argmax")) is None


def test_a_decision_names_its_calibration():
    warm = Calibration("temperature", temperature=2.0)
    words = decision_line(Decision(Rule("argmax"), warm))
    assert words == "Labels given: the likeliest. Calibration: temperature."
