"""A weight for each n-gram and label, and what that gives for texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kerascls.data.examples import Joined
from kerascls.models.linear.tfidf import Tfidf


@dataclass(frozen=True, eq=False)
class LinearClassifier:
    """Texts to logits; safe to call from several threads.

    Args:
        tfidf: What of a text counts.
        coefficients: float32 `(ngrams, num_classes)`.
        intercept: float32 `(num_classes,)`.
    """

    tfidf: Tfidf
    coefficients: np.ndarray
    intercept: np.ndarray

    def logits(
        self,
        texts: Sequence[tuple[str, ...]],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Returns float32 `(rows, num_classes)`: the distances from the planes.

        Args:
            texts: The text fields of each row; they are read one behind the other.
            on_progress: Called with rows done and all rows.
        """
        logits = np.empty((len(texts), len(self.intercept)), np.float32)
        done = 0
        for some in self.tfidf.transform(joined(texts)):
            rows = slice(done, done + len(some))
            logits[rows] = some.dot(self.coefficients) + self.intercept
            done += len(some)
            if on_progress:
                on_progress(done, len(texts))
        return logits


def joined(texts: Sequence[tuple[str, ...]]) -> Sequence[str]:
    """Returns the text fields of each row as one text."""
    return Joined(texts, " ")
