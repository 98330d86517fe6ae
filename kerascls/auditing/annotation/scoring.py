"""How much a row's label would be worth: its uncertainty, and by which labels."""

from dataclasses import dataclass

import numpy as np

from kerascls.auditing.annotation.suggestions import UNSURE_LABELS, UnsureLabel
from kerascls.auditing.annotation.uncertainty import (
    Uncertainty,
    check_uncertainty,
    label_uncertainty,
    rare_weights,
)
from kerascls.inference.bundle import Bundle


@dataclass(frozen=True, eq=False)
class Scoring:
    """Scores rows by the probabilities of a classifier.

    Args:
        bundle: The classifier.
        measure: One of `UNCERTAINTIES`.
        weights: float64 `(num_classes,)`, how much each label counts.
    """

    bundle: Bundle
    measure: Uncertainty
    weights: np.ndarray

    @classmethod
    def of(cls, bundle: Bundle, uncertainty: str, rare_boost: float) -> "Scoring":
        """Returns what scores rows of a classifier.

        Raises:
            SettingsError: When the measure does not go with its rule.
        """
        measure = check_uncertainty(uncertainty, bundle.task, bundle.rule)
        train_rows = np.array([*bundle.train_support.values()])
        return cls(bundle, measure, rare_weights(train_rows, rare_boost))

    def of_labels(self, probabilities: np.ndarray) -> np.ndarray:
        """Returns what each label adds to a row's uncertainty, see its function."""
        one = self.bundle
        return label_uncertainty(self.measure, probabilities, one.task, one.rule)

    def priorities(self, probabilities: np.ndarray) -> np.ndarray:
        """Returns the uncertainty of rows with the weights of labels, `(rows,)`."""
        return self.of_labels(probabilities) @ self.weights

    def unsure_of(self, probabilities: np.ndarray) -> tuple[UnsureLabel, ...]:
        """Returns the labels that add most to the priority of one row.

        Args:
            probabilities: float32 `(num_classes,)`.
        """
        added = self.of_labels(probabilities[None])[0] * self.weights
        order = np.argsort(-added, kind="stable")[:UNSURE_LABELS].tolist()
        names = self.bundle.label_set.names
        thresholds = self.bundle.rule.threshold_of(len(names))
        return tuple(
            UnsureLabel(
                label=names[column],
                probability=float(probabilities[column]),
                threshold=None if thresholds is None else float(thresholds[column]),
                train_rows=self.bundle.train_support[names[column]],
            )
            for column in order
        )
