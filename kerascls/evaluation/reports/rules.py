"""A rule in words."""

from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.evaluation.reports.language import ENGLISH, Language


def rule_line(rule: Rule, say: Language = ENGLISH) -> str | None:
    """Returns a sentence on how labels are given; None for the likeliest alone."""
    words = _WORDS[rule.kind](rule, say)
    limits = [
        say("at least {n}", n=rule.min_labels) if rule.min_labels else "",
        say("at most {n}", n=rule.max_labels) if rule.max_labels is not None else "",
        say("none where no probability reaches {p}", p=f"{rule.abstain_below:.4f}")
        if rule.abstain_below is not None
        else "",
    ]
    phrases = [phrase for phrase in (words, *limits) if phrase]
    how = say(", ").join(phrases)
    return say("Labels given: {how}.", how=how) if phrases else None


def decision_line(decision: Decision) -> str:
    """Returns how labels are given and probabilities corrected."""
    rule = rule_line(decision.rule) or "Labels given: the likeliest."
    return f"{rule} Calibration: {decision.calibration.kind}."


def _thresholds(rule: Rule, say: Language) -> str:
    if rule.thresholds is None:
        return say("from probability {p} on", p=f"{rule.threshold:.4f}")
    return say(
        "each from its own probability on, {low} to {high}",
        low=f"{min(rule.thresholds):.4f}",
        high=f"{max(rule.thresholds):.4f}",
    )


def _likeliest(rule: Rule, say: Language) -> str:
    return say("the likeliest") if rule.abstain_below is not None else ""


def _top_k(rule: Rule, say: Language) -> str:
    return say("the likeliest") if rule.k == 1 else say("the {k} likeliest", k=rule.k)


def _cumulative(rule: Rule, say: Language) -> str:
    return say(
        "the fewest with a share of {mass} of all probability", mass=f"{rule.mass:g}"
    )


def _least_cost(rule: Rule, say: Language) -> str:
    return say("the one of the least expected cost")


_WORDS = {
    "argmax": _likeliest,
    "threshold": _thresholds,
    "top_k": _top_k,
    "cumulative": _cumulative,
    "cost": _least_cost,
}
