"""What a bundle decides by: calibration, rule, and how they were fitted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError
from kerascls.system.files import as_json


@dataclass(frozen=True)
class Decision:
    """The way from logits to labels.

    Args:
        rule: How probabilities become labels.
        calibration: How logits become probabilities.
        objective: What the rule was fitted for; None where it was stated.
        rows: Validation rows that both were fitted on.
        without_positives: Labels that no validation row has: they keep the default
            threshold.
        unreached: Labels that miss the target of the objective at every threshold.
    """

    rule: Rule
    calibration: Calibration = field(default_factory=Calibration)
    objective: str | None = None
    rows: int = 0
    without_positives: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()

    def probabilities(self, logits: np.ndarray, task: Task) -> np.ndarray:
        """Returns calibrated probabilities, float32 `(rows, num_classes)`.

        Args:
            logits: float `(rows, num_classes)`.
            task: What a row's labels mean.
        """
        return self.calibration.apply(logits, task)

    def fitted_thresholds(self, labels: Sequence[str]) -> np.ndarray | None:
        """Returns the threshold of each label; None for rules without thresholds.

        Args:
            labels: Names of the columns.

        Returns:
            float64 `(num_classes,)`, NaN for labels `without_positives`, whose
            threshold was not fitted.
        """
        thresholds = self.rule.threshold_of(len(labels))
        if thresholds is None:
            return None
        unfitted = [name in self.without_positives for name in labels]
        return np.where(unfitted, np.nan, thresholds.astype(np.float64))

    @property
    def sha256(self) -> str:
        """Hash of the file that a bundle keeps it in."""
        return hashlib.sha256(as_json(self.to_dict())).hexdigest()

    def check_width(self, num_classes: int) -> None:
        """Checks that the decision is one for so many labels.

        Raises:
            SettingsError: When rule or calibration were fitted for another number.
        """
        nothing = np.zeros((0, num_classes), np.float32)
        task = Task.MULTICLASS if self.rule.kind == "cost" else Task.MULTILABEL
        self.rule.apply(nothing)
        self.probabilities(nothing, task)

    def lines(self) -> list[str]:
        """Returns sentences for people about labels that could not be fitted."""
        sentences = []
        if self.without_positives:
            sentences.append(
                "n/a, no validation row has them, so they keep the default threshold: "
                f"{_listed(self.without_positives)}."
            )
        if self.unreached:
            sentences.append(
                f"Miss {self.objective} at every threshold: {_listed(self.unreached)}."
            )
        return sentences

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        return {
            "rule": self.rule.to_dict(),
            "calibration": self.calibration.to_dict(),
            "objective": self.objective,
            "rows": self.rows,
            "without_positives": list(self.without_positives),
            "unreached": list(self.unreached),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Decision":
        """Returns the decision that `to_dict` wrote.

        Raises:
            BundleError: When a key is missing or unknown, or a value wrong.
        """
        try:
            fields = dict(values)
            fields["rule"] = Rule.from_dict(fields["rule"])
            fields["calibration"] = Calibration.from_dict(fields["calibration"])
            for name in ("without_positives", "unreached"):
                fields[name] = tuple(map(str, fields[name]))
            return cls(**fields)
        except (KeyError, TypeError) as error:
            raise BundleError(
                f"Expected a decision as kerascls stores it. Received: "
                f"keys={sorted(values)} ({error}). It was damaged, or written by "
                f"another version."
            ) from error


def _listed(names: tuple[str, ...], limit: int = 10) -> str:
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {more} more" if more > 0 else "")
