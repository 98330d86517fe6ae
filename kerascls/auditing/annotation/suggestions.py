"""The rows to label next, and why these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, overload

import numpy as np

from kerascls.auditing.tables import one_line
from kerascls.inference.outputs import json_fields, kept_fields
from kerascls.inference.predictor import Prediction
from kerascls.system.notebooks import html_lines, html_table, short_text
from kerascls.system.words import count

UNSURE_LABELS = 3


@dataclass(frozen=True)
class UnsureLabel:
    """A label that makes a row worth looking at.

    Args:
        label: Its name.
        probability: Calibrated.
        threshold: From which probability on the classifier gives it; None where its
            rule has no thresholds.
        train_rows: How many training rows have it.
    """

    label: str
    probability: float
    threshold: float | None
    train_rows: int

    def __str__(self) -> str:
        given = "" if self.threshold is None else f", given from {self.threshold:.2f}"
        rows = count(self.train_rows, "training row")
        return f"{self.label} {self.probability:.2f}{given}, {rows}"


@dataclass(frozen=True)
class Suggestion:
    """A row to label.

    Args:
        rank: Its place among the suggested ones, from 1.
        place: Where it stands: `pool.csv:7`, or a position in a table in memory.
        fields: The row as it stands.
        texts_by_column: Its texts, by their columns.
        prediction: What the classifier says.
        uncertainty: From 0 to 1.
        priority: The same, with the weights of rare labels.
        distance: To the nearest row of a smaller rank, in the space in which rows
            were told apart; None of the first, and where they were not.
        unsure_of: The labels that add most to it, the first most.
    """

    rank: int
    place: str
    fields: Mapping[str, Any]
    texts_by_column: Mapping[str, str]
    prediction: Prediction
    uncertainty: float
    priority: float
    distance: float | None
    unsure_of: tuple[UnsureLabel, ...]

    @property
    def text(self) -> str:
        """Its texts as one."""
        return "\n".join(self.texts_by_column.values())

    @property
    def why(self) -> str:
        """One line on why it was chosen."""
        return "; ".join(map(str, self.unsure_of))

    def facts(self) -> dict[str, Any]:
        """Returns rank, numbers and reason, as they are written beside a row."""
        return {
            "rank": self.rank,
            "uncertainty": round(self.uncertainty, 6),
            "priority": round(self.priority, 6),
            "distance": None if self.distance is None else round(self.distance, 6),
            "why": self.why,
        }

    def to_dict(self) -> dict[str, Any]:
        """Returns the row's fields, what was predicted, and why it was chosen.

        A field of the row that is called as one of ours becomes `input_...`.
        """
        facts = self.facts()
        kept = kept_fields(self.fields, facts)
        return json_fields(kept, self.prediction) | facts


@dataclass(frozen=True, eq=False)
class Suggestions(Sequence[Suggestion]):
    """Rows of a pool to label next, the most useful first.

    Args:
        rows: The suggestions.
        pool: The name of the pool.
        pool_rows: How many rows it has.
        usable_rows: How many of them are worth a label.
        text_columns: Those with the texts.
        label_column: What the labels' column is called.
        settings: Uncertainty, diversity, boost of rare labels, seed; how many
            candidates there were, and the space in which they differ.
        notes: What people should know.
        positions: int64 `(suggestions,)`, places among the rows of the pool, from 0:
            for `frame.iloc`.
    """

    rows: tuple[Suggestion, ...]
    pool: str
    pool_rows: int
    usable_rows: int
    text_columns: tuple[str, ...]
    label_column: str
    settings: dict[str, Any]
    notes: tuple[str, ...]
    positions: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Suggestion: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Suggestion, ...]: ...

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __iter__(self) -> Iterator[Suggestion]:
        return iter(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        rows = [
            {"place": one.place, **one.to_dict(), "unsure_of": _unsure(one)}
            for one in self
        ]
        return {
            "pool": self.pool,
            "pool_rows": self.pool_rows,
            "usable_rows": self.usable_rows,
            "settings": self.settings,
            "notes": list(self.notes),
            "suggestions": rows,
        }

    def lines(self) -> list[str]:
        """Returns two lines for people on each row: place and text, labels and why."""
        return [
            f"{one.rank:>4}  {one.place}  {one_line(one.text)}\n"
            f"      predicted: {', '.join(one.prediction.labels) or '-'}; unsure of "
            f"{one.why}"
            for one in self
        ]

    def _repr_html_(self) -> str:
        rows = [
            (
                str(one.rank),
                short_text(one.text),
                ", ".join(one.prediction.labels),
                one.why,
            )
            for one in self
        ]
        table = html_table(("rank", "text", "predicted", "why"), rows)
        return table + html_lines(self.notes)


def _unsure(one: Suggestion) -> list[dict[str, Any]]:
    return [asdict(label) for label in one.unsure_of]
