"""A rule in words."""

from kerascls.decision import Rule


def rule_text(rule: Rule) -> str:
    """Returns a sentence that says which labels a row gets."""
    parts = [_KINDS[rule.kind](rule)]
    if rule.min_labels:
        parts.append(f"at least {rule.min_labels}")
    if rule.max_labels is not None:
        parts.append(f"at most {rule.max_labels}")
    if rule.abstain_below is not None:
        parts.append(f"none where the largest is below {rule.abstain_below:.4f}")
    return f"Labels given: {', '.join(parts)}."


def _threshold(rule: Rule) -> str:
    if rule.thresholds is not None:
        return "those whose probability reaches a threshold of their own"
    return f"those whose probability reaches {rule.threshold:.4f}"


_KINDS = {
    "argmax": lambda rule: "the likeliest one",
    "threshold": _threshold,
    "top_k": lambda rule: f"the {rule.k} likeliest",
    "cumulative": lambda rule: (
        f"the fewest whose share of a row's probability reaches {rule.mass:g}"
    ),
    "cost": lambda rule: "the one of the least expected cost",
}
