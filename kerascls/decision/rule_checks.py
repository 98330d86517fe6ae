"""What a rule may consist of."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerascls.errors import SettingsError

# Of each kind: one of these fields is there, and no field of another kind.
_NEEDED: dict[str, tuple[str, ...]] = {
    "argmax": (),
    "threshold": ("threshold", "thresholds"),
    "top_k": ("k",),
    "cumulative": ("mass",),
    "cost": ("costs",),
}
_ANY_NUMBER_OF_LABELS = {"threshold", "cumulative"}


def check_rule(fields: Mapping[str, Any]) -> None:
    """Raises a SettingsError that names the first thing wrong with a rule's fields."""
    if fields["kind"] not in _NEEDED:
        raise SettingsError(
            f"A rule is of a kind out of {', '.join(_NEEDED)}. Received: "
            f"kind={fields['kind']!r}. Choose one of them."
        )
    _check_presence(fields)
    _check_values(fields)


def _check_presence(fields: Mapping[str, Any]) -> None:
    kind, least, most = (fields[name] for name in ("kind", "min_labels", "max_labels"))
    every = sum(_NEEDED.values(), ())
    present = [name for name in every if fields[name] is not None]
    needed = _NEEDED[kind]
    if len(present) != bool(needed) or not set(present) <= set(needed):
        received = ", ".join(f"{name}={fields[name]!r:.80}" for name in present)
        raise SettingsError(
            f"A rule of this kind takes {' or '.join(needed) or 'no value'}, and none "
            f"of {', '.join(name for name in every if name not in needed)}. Received: "
            f"kind={kind!r}, {received or 'nothing else'}. Choose what you mean."
        )
    if (least or most is not None) and kind not in _ANY_NUMBER_OF_LABELS:
        raise SettingsError(
            "Only rules that give any number of labels, threshold and cumulative, take "
            f"min_labels and max_labels. Received: kind={kind!r}, "
            f"min_labels={least!r}, max_labels={most!r}. Leave them out."
        )


def _check_values(fields: Mapping[str, Any]) -> None:
    def check(name: str, right: bool, expected: str) -> None:
        if fields[name] is not None and not right:
            raise SettingsError(
                f"Expected {name} to be {expected}. Received: kind={fields['kind']!r}, "
                f"{name}={fields[name]!r:.200}. Correct it."
            )

    for name in ("threshold", "abstain_below"):
        check(name, _is_share(fields[name]), "a number from 0 to 1")
    check("k", _is_count(fields["k"], 1), "a whole number, at least 1")
    mass = fields["mass"]
    check("mass", _is_share(mass) and mass > 0, "above 0 and at most 1")
    check("thresholds", _are_shares(fields["thresholds"]), "numbers from 0 to 1")
    check("costs", _is_square(fields["costs"]), "costs[true][predicted], square, >= 0")
    least, most = fields["min_labels"], fields["max_labels"]
    check("min_labels", _is_count(least, 0), "a whole number, >= 0")
    lowest = max(1, least)
    check("max_labels", _is_count(most, lowest), f"a whole number, at least {lowest}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _is_share(value: Any) -> bool:
    return _is_number(value) and bool(0 <= value <= 1)


def _are_shares(values: Any) -> bool:
    several = isinstance(values, tuple | list | np.ndarray) and len(values) > 0
    return several and all(map(_is_share, values))


def _is_count(value: Any, least: int) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and bool(value >= least)


def _is_square(costs: Any) -> bool:
    if not isinstance(costs, tuple | list | np.ndarray) or not len(costs):
        return False
    return all(
        isinstance(row, tuple | list | np.ndarray)
        and len(row) == len(costs)
        and all(_is_number(value) and 0 <= value < np.inf for value in row)
        for row in costs
    )
