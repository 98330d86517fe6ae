"""What a rule may consist of."""

from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.errors import SettingsError

if TYPE_CHECKING:
    from kerascls.decision.rule import Rule

# Of each kind: one of these fields is there, and no field of another kind.
_NEEDED = {
    "argmax": (),
    "threshold": ("threshold", "thresholds"),
    "top_k": ("k",),
    "cumulative": ("mass",),
    "cost": ("costs",),
}
_ANY_NUMBER_OF_LABELS = {"threshold", "cumulative"}


def check_rule(rule: "Rule") -> None:
    """Raises a SettingsError that names the first thing wrong with a rule."""
    if rule.kind not in _NEEDED:
        raise SettingsError(
            f"A rule is of a kind out of {', '.join(_NEEDED)}. Received: "
            f"kind={rule.kind!r}. Choose one of them."
        )
    _check_fields(rule)
    _check(rule, "threshold", _is_share(rule.threshold), "a number from 0 to 1")
    _check(rule, "abstain_below", _is_share(rule.abstain_below), "from 0 to 1")
    _check(rule, "k", _is_count(rule.k, 1), "a whole number, at least 1")
    _check(rule, "mass", _is_share(rule.mass) and rule.mass, "above 0 and at most 1")
    _check(rule, "thresholds", _are_shares(rule.thresholds), "numbers from 0 to 1")
    _check(rule, "costs", _is_square(rule.costs), "costs[true][given], square, >= 0")
    _check(rule, "min_labels", _is_count(rule.min_labels, 0), "a whole number, >= 0")
    least = max(1, rule.min_labels)
    _check(
        rule,
        "max_labels",
        _is_count(rule.max_labels, least),
        f"a whole number, at least {least}",
    )


def _check_fields(rule: "Rule") -> None:
    every = sum(_NEEDED.values(), ())
    there = [name for name in every if getattr(rule, name) is not None]
    needed = _NEEDED[rule.kind]
    if len(there) != bool(needed) or not set(there) <= set(needed):
        received = ", ".join(f"{n}={getattr(rule, n)!r:.80}" for n in there)
        raise SettingsError(
            f"A rule of this kind takes {' or '.join(needed) or 'no value'}, and none "
            f"of {', '.join(n for n in every if n not in needed)}. Received: "
            f"kind={rule.kind!r}, {received or 'nothing else'}. Choose what you mean."
        )
    limited = rule.min_labels or rule.max_labels is not None
    if limited and rule.kind not in _ANY_NUMBER_OF_LABELS:
        raise SettingsError(
            "Only rules that give any number of labels, threshold and cumulative, take "
            f"min_labels and max_labels. Received: kind={rule.kind!r}, "
            f"min_labels={rule.min_labels!r}, max_labels={rule.max_labels!r}. Leave "
            "them out."
        )


def _check(rule: "Rule", name: str, right: bool, expected: str) -> None:
    value = getattr(rule, name)
    if value is not None and not right:
        raise SettingsError(
            f"Expected {name} to be {expected}. Received: kind={rule.kind!r}, "
            f"{name}={value!r:.200}. Correct it."
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _is_share(value: Any) -> bool:
    return _is_number(value) and bool(0 <= value <= 1)


def _are_shares(values: Any) -> bool:
    several = isinstance(values, tuple | list | np.ndarray) and len(values) > 0
    return several and all(_is_share(value) for value in values)


def _is_count(value: Any, least: int) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and value >= least


def _is_square(costs: Any) -> bool:
    if not isinstance(costs, tuple | list | np.ndarray) or not len(costs):
        return False
    return all(
        isinstance(row, tuple | list | np.ndarray)
        and len(row) == len(costs)
        and all(_is_number(value) and 0 <= value < np.inf for value in row)
        for row in costs
    )
