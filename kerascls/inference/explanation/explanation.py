"""Why a text got its labels, as one value: for Python, notebooks, JSON and pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerascls.inference.explanation.attributions import Attributions
from kerascls.inference.explanation.marking import marked_texts
from kerascls.inference.explanation.units import Units
from kerascls.system.notebooks import Html, html_table
from kerascls.system.tables import known_name

if TYPE_CHECKING:
    from kerascls.inference.predictor import Prediction


class Span(NamedTuple):
    """A part of a text.

    Args:
        column: Name of the text column.
        start: Its first character in that text, from 0.
        end: The character behind it.
        text: What stands there.
    """

    column: str
    start: int
    end: int
    text: str


class Piece(NamedTuple):
    """Some characters of a text, with all others of it the whole.

    Args:
        text: The characters.
        row: The row of the attributions, None for what has none.
        is_read: Whether the classifier read them.
    """

    text: str
    row: int | None
    is_read: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Explanation:
    """What each part of a text does to the logits of labels, before calibration.

    Args:
        columns: Names of the text columns.
        texts: The texts, one of each.
        prediction: What was predicted for them.
        labels: The labels that are explained.
        logits: float64 `(labels,)`.
        method: The name in `EXPLAINERS`.
        attributions: What it found.
    """

    columns: tuple[str, ...]
    texts: tuple[str, ...]
    prediction: "Prediction"
    labels: tuple[str, ...]
    logits: np.ndarray
    method: str
    attributions: Attributions

    @property
    def spans(self) -> list[Span]:
        """The parts that are attributed to, in order; none of what is not read."""
        return self._spans(self.attributions.units)

    @property
    def unread(self) -> list[Span]:
        """The parts of texts that are cut off, so that nothing depends on them."""
        return self._spans(self.attributions.unread)

    @property
    def gaps(self) -> np.ndarray | None:
        """What logits are above base and attributions, float64 `(labels,)`.

        None of a method whose attributions do not add up to anything.
        """
        if not self.attributions.is_additive:
            return None
        of = self.attributions
        return self.logits - of.base_logits - of.values.sum(axis=0)

    def scores(self, label: str) -> list[tuple[Span, float]]:
        """Returns the parts of the texts, in order, with what each does to a logit.

        Args:
            label: One of `labels`.

        Raises:
            SettingsError: When the label is not explained.
        """
        column = self.labels.index(known_name(self.labels, label, "label"))
        values = self.attributions.values[:, column].tolist()
        return list(zip(self.spans, values, strict=True))

    def pieces(self, field: int) -> Iterator[Piece]:
        """Yields all characters of a text, those of no part and not read ones too."""
        text, place = self.texts[field], 0
        for start, end, row in self._places(field):
            if place < start:
                yield Piece(text[place:start], None)
            yield Piece(text[start:end], row, row is not None)
            place = end
        if text[place:]:
            yield Piece(text[place:], None)

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        of, gaps = self.attributions, self.gaps
        labels = {
            label: {
                "predicted": label in self.prediction.labels,
                "score": round(self.prediction.scores[label], 6),
                "logit": _rounded(self.logits[row]),
                "base_logit": _rounded(of.base_logits[row]),
                "gap": None if gaps is None else _rounded(gaps[row]),
            }
            for row, label in enumerate(self.labels)
        }
        values = [
            dict(zip(self.labels, map(_rounded, v), strict=True)) for v in of.values
        ]
        return {
            "texts": dict(zip(self.columns, self.texts, strict=True)),
            "method": self.method,
            "hidden_token": of.hidden_token,
            "steps": of.steps,
            "attributed": "logit before calibration",
            "predicted": list(self.prediction.labels),
            "labels": labels,
            "parts": [
                {**span._asdict(), "attributions": of_span}
                for span, of_span in zip(self.spans, values, strict=True)
            ],
            "unread": [span._asdict() for span in self.unread],
        }

    def _places(self, field: int) -> list[tuple[int, int, int | None]]:
        """Returns first and last character, and row, of what stands in a text."""
        read, unread = self.attributions.units, self.attributions.unread
        rows = np.flatnonzero(read.fields == field).tolist()
        found = [(*read.spans[row].tolist(), row) for row in rows]
        found += [
            (*span.tolist(), None) for span in unread.spans[unread.fields == field]
        ]
        return sorted(found, key=itemgetter(0, 1))

    def _spans(self, units: Units) -> list[Span]:
        return [
            Span(self.columns[field], start, end, self.texts[field][start:end])
            for field, (start, end) in zip(
                units.fields.tolist(), units.spans.tolist(), strict=True
            )
        ]

    def _repr_html_(self) -> str:
        rows = [
            (label, f"{logit:.3f}", Html(marked_texts(self, row)))
            for row, (label, logit) in enumerate(
                zip(self.labels, self.logits, strict=True)
            )
        ]
        title = f"{self.method.replace('_', ' ')} of the logit before calibration"
        return html_table(("label", "logit", "text"), rows, title)


def _rounded(value: float) -> float:
    return round(float(value), 6) + 0.0  # no -0.0
