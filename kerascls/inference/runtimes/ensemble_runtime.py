"""Logits of an ensemble: the weighted mean of its members' probabilities."""

from collections.abc import Callable, Sequence

import numpy as np

from kerascls.decision.mixing import logits_of, mix
from kerascls.inference.bundle import Bundle
from kerascls.inference.predictor import Predictor

Progress = Callable[[int, int], None]


class EnsembleRuntime:
    """Runs the members of a bundle, one after the other, see `TextRuntime`.

    Each reads the texts in its own way, through ONNX if it has such a file.

    Args:
        bundle: A checked bundle whose runtime is `"ensemble"`.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._task = bundle.task
        self._labels = bundle.label_set.names
        self._weights = [member.weight for member in bundle.members]
        self.predictors = [Predictor(member.bundle) for member in bundle.members]

    def text_logits(
        self,
        texts: Sequence[tuple[str, ...]],
        on_progress: Progress | None = None,
    ) -> np.ndarray:
        """Computes logits, see `TextRuntime`."""
        return self.logits_of_members(self.member_probabilities(texts, on_progress))

    def member_probabilities(
        self,
        texts: Sequence[tuple[str, ...]],
        on_progress: Progress | None = None,
    ) -> list[np.ndarray]:
        """Returns what each member says, float32 `(rows, num_classes)`.

        Columns are in the order of the ensemble's labels.

        Args:
            texts: The text fields of each row.
            on_progress: Called with rows done and all rows.
        """
        return [
            probabilities_of(one, texts, self._labels, shown)
            for one, shown in zip(
                self.predictors,
                shares(on_progress, len(self.predictors)),
                strict=True,
            )
        ]

    def logits_of_members(self, probabilities: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the ensemble's logits, of what `member_probabilities` returned."""
        return logits_of(mix(probabilities, self._weights), self._task)


def probabilities_of(
    predictor: Predictor,
    texts: Sequence[tuple[str, ...]],
    labels: Sequence[str],
    on_progress: Progress | None = None,
) -> np.ndarray:
    """Returns calibrated probabilities, float32 `(rows, labels)`, in their order."""
    return probabilities_in(
        predictor, predictor.text_logits(texts, on_progress), labels
    )


def probabilities_in(
    predictor: Predictor, logits: np.ndarray, labels: Sequence[str]
) -> np.ndarray:
    """Returns the calibrated probabilities of a predictor's logits, in that order."""
    bundle = predictor.bundle
    probabilities = bundle.decision.probabilities(logits, bundle.task)
    return probabilities[:, [bundle.label_set.column(name) for name in labels]]


def shares(on_progress: Progress | None, number: int) -> list[Progress | None]:
    """Returns what shows the progress of each of several that take turns."""

    def shown(turn: int) -> Progress | None:
        if on_progress is None:
            return None
        return lambda done, rows: on_progress((turn * rows + done) // number, rows)

    return [shown(turn) for turn in range(number)]
