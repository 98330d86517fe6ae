"""A rule in words."""

from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule


def rule_line(rule: Rule) -> str | None:
    """Returns a sentence on how labels are given; None for the likeliest alone."""
    words = _WORDS[rule.kind](rule)
    limits = [
        f"at least {rule.min_labels}" if rule.min_labels else "",
        f"at most {rule.max_labels}" if rule.max_labels is not None else "",
        f"none where no probability reaches {rule.abstain_below:.4f}"
        if rule.abstain_below is not None
        else "",
    ]
    phrases = [phrase for phrase in (words, *limits) if phrase]
    return f"Labels given: {', '.join(phrases)}." if phrases else None


def decision_line(decision: Decision) -> str:
    """Returns how labels are given and probabilities corrected."""
    rule = rule_line(decision.rule) or "Labels given: the likeliest."
    return f"{rule} Calibration: {decision.calibration.kind}."


def _thresholds(rule: Rule) -> str:
    if rule.thresholds is None:
        return f"from probability {rule.threshold:.4f} on"
    low, high = min(rule.thresholds), max(rule.thresholds)
    return f"each from its own probability on, {low:.4f} to {high:.4f}"


def _likeliest(rule: Rule) -> str:
    return "the likeliest" if rule.abstain_below is not None else ""


def _top_k(rule: Rule) -> str:
    return "the likeliest" if rule.k == 1 else f"the {rule.k} likeliest"


def _cumulative(rule: Rule) -> str:
    return f"the fewest with a share of {rule.mass:g} of all probability"


def _least_cost(rule: Rule) -> str:
    return "the one of the least expected cost"


_WORDS = {
    "argmax": _likeliest,
    "threshold": _thresholds,
    "top_k": _top_k,
    "cumulative": _cumulative,
    "cost": _least_cost,
}
