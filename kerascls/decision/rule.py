"""The stored decision: which labels a row of probabilities gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np

from kerascls.decision import selection
from kerascls.decision.activations import check_finite
from kerascls.decision.rule_checks import check_rule
from kerascls.errors import BundleError, SettingsError

Kind = Literal["argmax", "threshold", "top_k", "cumulative", "cost"]
KINDS = get_args(Kind)


@dataclass(frozen=True)
class Rule:
    """Which labels a row of probabilities gets.

    Args:
        kind: `"argmax"` gives the likeliest label; `"threshold"` every label whose
            probability reaches its threshold, possibly none; `"top_k"` the `k`
            likeliest; `"cumulative"` the smallest set of labels whose probabilities
            reach `mass`; `"cost"` the one label of the least expected cost.
        threshold: One for all labels, from 0 to 1, kept in float32 precision.
        thresholds: One for each label instead, in the order of the columns.
        k: At least 1; all labels where there are fewer.
        mass: Above 0, at most 1. The probabilities of a row are divided by their sum
            first: that of multi-class rows is 1 already, for multi-label it makes
            them shares of one topic distribution. A row of zeros gets no label.
        costs: `costs[true][predicted]`, not negative, square; for multi-class.
        min_labels: `"threshold"` and `"cumulative"`: a row with fewer labels also
            gets the likeliest of the others. 1 is the top-1 fallback.
        max_labels: The same kinds: a row keeps the likeliest of what it was given.
        abstain_below: Rows whose largest probability is below it get no label, even
            with `min_labels`; kept in float32 precision.

    Raises:
        SettingsError: When the kind is unknown or does not go with the rest.

    Example:
        >>> Rule("threshold", 0.5).apply(np.float32([[0.2, 0.9]]))
        array([[False,  True]])
        >>> Rule("threshold", thresholds=(0.1, 0.95), min_labels=1).apply(
        ...     np.float32([[0.2, 0.9], [0.05, 0.9]])
        ... )
        array([[ True, False],
               [False,  True]])
    """

    kind: Kind
    threshold: float | None = None
    thresholds: tuple[float, ...] | None = None
    k: int | None = None
    mass: float | None = None
    costs: tuple[tuple[float, ...], ...] | None = None
    min_labels: int = 0
    max_labels: int | None = None
    abstain_below: float | None = None

    def __post_init__(self) -> None:
        check_rule(vars(self))
        for name in ("threshold", "abstain_below"):
            self._keep(name, _float32)
        for name in ("k", "min_labels", "max_labels"):
            self._keep(name, int)
        self._keep("mass", float)
        self._keep("thresholds", lambda values: tuple(map(_float32, values)))
        self._keep("costs", lambda rows: tuple(tuple(map(float, r)) for r in rows))

    def _keep(self, name: str, as_plain: Callable[[Any], Any]) -> None:
        if (value := getattr(self, name)) is not None:
            object.__setattr__(self, name, as_plain(value))

    def apply(self, probabilities: np.ndarray) -> np.ndarray:
        """Chooses the labels.

        Args:
            probabilities: float32 `(rows, num_classes)`.

        Returns:
            bool `(rows, num_classes)`.

        Raises:
            NotFiniteError: When a probability is not a finite number.
            SettingsError: When the rule is made for another number of labels.
        """
        probabilities = check_finite(probabilities, "probabilities")
        chosen = self._choose(probabilities)
        if self.min_labels or self.max_labels is not None:
            most = self.max_labels or probabilities.shape[1]
            chosen = selection.limit(chosen, probabilities, self.min_labels, most)
        if self.abstain_below is not None:
            chosen[self.abstains(probabilities)] = False
        return chosen

    def _choose(self, probabilities: np.ndarray) -> np.ndarray:
        num_classes = probabilities.shape[1]
        thresholds = self.threshold_of(num_classes)
        if thresholds is not None:
            return probabilities >= thresholds
        if self.k is not None:
            return selection.top_k(probabilities, self.k)
        if self.mass is not None:
            return selection.smallest_sets(probabilities, self.mass)
        if self.costs is not None:
            self._check_width(len(self.costs), num_classes)
            return selection.least_cost(probabilities, np.array(self.costs))
        return selection.top_k(probabilities, 1)

    def abstains(self, probabilities: np.ndarray) -> np.ndarray:
        """Returns which rows get no label for want of confidence, bool `(rows,)`.

        Args:
            probabilities: float32 `(rows, num_classes)`.
        """
        if self.abstain_below is None:
            return np.zeros(len(probabilities), np.bool_)
        largest = np.asarray(probabilities, np.float32).max(axis=1)
        return largest < np.float32(self.abstain_below)

    def threshold_of(self, num_classes: int) -> np.ndarray | None:
        """Returns the threshold of each label; None for kinds without thresholds.

        Args:
            num_classes: How many labels there are.

        Returns:
            float32 `(num_classes,)`, or None.

        Raises:
            SettingsError: When the rule is made for another number of labels.
        """
        if self.kind != "threshold":
            return None
        if self.thresholds is None:
            return np.full(num_classes, self.threshold, np.float32)
        self._check_width(len(self.thresholds), num_classes)
        return np.array(self.thresholds, np.float32)

    def _check_width(self, expected: int, received: int) -> None:
        if expected != received:
            raise SettingsError(
                f"A {self.kind} rule for {expected} labels needs as many columns. "
                f"Received: {received} columns. Fit the rule for this label set."
            )

    def to_dict(self) -> dict[str, Any]:
        """Returns the kind, and what else the rule uses, as plain JSON types."""
        values = {field: getattr(self, field.name) for field in FIELDS}
        used = {f.name: value for f, value in values.items() if value != f.default}
        if "costs" in used:
            used["costs"] = [list(row) for row in used["costs"]]
        if "thresholds" in used:
            used["thresholds"] = list(used["thresholds"])
        return used

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Rule":
        """Returns the rule that `to_dict` wrote, or its first version did.

        Raises:
            BundleError: When the kind is missing, a key unknown or a value wrong.
        """
        known = {field.name for field in FIELDS}
        if "kind" not in values or set(values) - known:
            raise BundleError(
                f'A stored rule has the key "kind" and others out of {sorted(known)}. '
                f"Received: keys={sorted(values)}. It was damaged, or written by "
                "another version."
            )
        try:
            return cls(**values)
        except (SettingsError, TypeError) as error:
            raise BundleError(
                f"Expected a rule as kerascls stores it. Received: {error} It was "
                "damaged, or written by another version."
            ) from error


def _float32(value: float) -> float:
    return float(np.float32(value))


FIELDS = fields(Rule)
