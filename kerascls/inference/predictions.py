"""Predictions of many texts as one value: a list, a table, a picture in a notebook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.inference.outputs import ABSTAINED, score_column
from kerascls.inference.predictor import Prediction
from kerascls.system.notebooks import html_bar, html_table, short_text

SHOWN_ROWS = 20


@dataclass(frozen=True, eq=False)
class Predictions(Sequence[Prediction]):
    """What was predicted for texts, in their order.

    Args:
        task: What the labels of a text mean.
        labels: Names of the columns.
        probabilities: Calibrated, float32 `(rows, labels)`.
        rule: What chose the labels.
        texts: Those of the first rows, to be shown.
    """

    task: Task
    labels: tuple[str, ...]
    probabilities: np.ndarray
    rule: Rule
    texts: Sequence[str] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.probabilities)

    @overload
    def __getitem__(self, index: int) -> Prediction: ...

    @overload
    def __getitem__(self, index: slice) -> "Predictions": ...

    def __getitem__(self, index: int | slice) -> "Prediction | Predictions":
        if isinstance(index, slice):
            rows, texts = self.probabilities[index], self.texts[index]
            return Predictions(self.task, self.labels, rows, self.rule, texts)
        scores = self.probabilities[index][None]
        chosen, abstained = self.rule.apply(scores), self.rule.abstains(scores)
        return Prediction.of(self.labels, scores[0], chosen[0], abstained[0])

    def __iter__(self) -> Iterator[Prediction]:
        chosen = self.rule.apply(self.probabilities)
        abstained = self.rule.abstains(self.probabilities)
        for row in zip(self.probabilities, chosen, abstained, strict=True):
            yield Prediction.of(self.labels, *row)

    def columns(self) -> dict[str, Any]:
        """Returns the columns of a table, as those of CSV are called.

        `predicted`: a label, None where the rule abstained; where the rule may give
        several, a list. `score`: its probability, without a label the largest; of a
        list a list. `abstained`, where the rule may. `score_LABEL` of each label.
        """
        chosen = self.rule.apply(self.probabilities)
        ranked = np.argsort(-self.probabilities, axis=1, kind="stable")
        given = np.take_along_axis(chosen, ranked, axis=1)
        first = np.where(given.any(axis=1), given.argmax(axis=1), 0)
        if self.task.has_one_label and self.rule.kind in ("argmax", "cost"):
            best = np.take_along_axis(ranked, first[:, None], axis=1)[:, 0]
            names = np.array([*self.labels, None], object)
            columns: dict[str, Any] = {
                "predicted": names[np.where(given.any(axis=1), best, -1)],
                "score": self.probabilities[np.arange(len(self)), best],
            }
        else:
            kept = [
                order[is_given] for order, is_given in zip(ranked, given, strict=True)
            ]
            rows = zip(self.probabilities, kept, strict=True)
            columns = {
                "predicted": [[self.labels[column] for column in row] for row in kept],
                "score": [scores[row].tolist() for scores, row in rows],
            }
        if self.rule.abstain_below is not None:
            columns[ABSTAINED] = self.rule.abstains(self.probabilities)
        for column, label in enumerate(self.labels):
            columns[score_column(label)] = self.probabilities[:, column]
        return columns

    def _repr_html_(self) -> str:
        rows = [
            (short_text(text), ", ".join(one.labels), html_bar(_largest(one)))
            for text, one in zip(self.texts, self, strict=False)
        ]
        more = len(self) - len(rows)
        rest = f"the first {len(rows)} of {len(self):,}" if more else f"{len(self):,}"
        headings = ("text", "predicted", "score")
        return html_table(headings, rows, f"Predictions ({rest})")


def _largest(prediction: Prediction) -> float:
    names = prediction.labels or tuple(prediction.scores)
    return max(prediction.scores[name] for name in names)
