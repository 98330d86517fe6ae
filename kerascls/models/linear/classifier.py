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

    def contributions(
        self, texts: tuple[str, ...], columns: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns what the characters or words of a row add to logits.

        What an n-gram adds, its coefficient times its weight in the text, is shared
        alike by the places where it occurs, and there by its symbols.

        Args:
            texts: The text fields; they are read one behind the other.
            columns: The labels.

        Returns:
            Where these symbols are in the joined text, int64 `(symbols, 2)`, and
            float64 `(symbols, columns)`, which sum up to logit minus intercept.
        """
        (text,) = joined([texts])
        found, times, members = self.tfidf.places(text)
        (weights,) = self.tfidf.transform([text])
        # (occurrences,), each weight shared by the places of its n-gram
        order = np.argsort(weights.columns)
        place = order[np.searchsorted(weights.columns, found, sorter=order)]
        values = (weights.values[place] / times)[:, None]
        values = values * self.coefficients[found][:, list(columns)].astype(np.float64)
        spans = self.tfidf.spans(text)
        shares = np.zeros((len(spans), len(columns)))
        for symbols in members.T:  # the first and the last, of one alone the same
            np.add.at(shares, symbols, values / 2)
        return spans, shares

    def top_ngrams(self, number: int) -> list[dict[str, float]]:
        """Returns for each label the n-grams that speak for it most, with weights.

        A weight is what the n-gram would add to the logit of a text that has nothing
        else, once: coefficient times inverse document frequency. What speaks against a
        label is left out.

        Args:
            number: How many at most.
        """
        names, idf = self.tfidf.ngrams, self.tfidf.idf
        found = []
        for coefficients in self.coefficients.T:  # one at a time, for there are many
            weights = coefficients * idf
            order = np.argsort(-weights, kind="stable")[:number].tolist()
            found.append({names[n]: float(weights[n]) for n in order if weights[n] > 0})
        return found


def joined(texts: Sequence[tuple[str, ...]]) -> Sequence[str]:
    """Returns the text fields of each row as one text."""
    return Joined(texts, " ")
