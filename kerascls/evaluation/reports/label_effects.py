"""What a sampler, a loss or weights of rows did to each label in training."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.evaluation.reports.markdown_table import markdown_table

# What a loss does to a label, and its name for people.
EFFECTS = {
    "weight": "weight",
    "positive_weight": "weight of a yes",
    "negative_weight": "weight of a no",
    "margin": "margin",
    "positive_margin": "margin of a yes",
    "negative_margin": "margin of a no",
    "adjustment": "added to the logit",
}
_ROWS, _EFFECTIVE = "rows", "effective_rows"
_NAMED = 10  # labels in a sentence at most


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelEffects:
    """What training did about skewed labels, by label.

    Args:
        method: Of `METHODS` in `kerascls.settings.imbalance`.
        settings: What was stated or follows of it, by name.
        labels: Names of the labels.
        rows: int64 `(num_classes,)`, training rows of each.
        effective_rows: float64 `(num_classes,)`, the rows of each, as drawn for the
            first epoch where they are drawn, each by how much having the label counted
            for the loss.
        effects: By name, those of `EFFECTS`, float64 `(num_classes,)`; empty where the
            loss has none.
    """

    method: str
    settings: Mapping[str, Any]
    labels: tuple[str, ...]
    rows: np.ndarray
    effective_rows: np.ndarray
    effects: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def changes_rows(self) -> bool:
        """Whether some label has another part in the loss than its rows have."""
        there = self.rows > 0
        counts = self.effective_rows[there] / self.rows[there]
        return not np.allclose(counts, counts[:1], rtol=1e-3)

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        numbers = {_EFFECTIVE: self.effective_rows, **self.effects}
        columns = {
            _ROWS: self.rows.tolist(),
            **{name: [_rounded(one) for one in of] for name, of in numbers.items()},
        }
        return {
            "method": self.method,
            "settings": dict(self.settings),
            "classes": {
                label: {name: values[column] for name, values in columns.items()}
                for column, label in enumerate(self.labels)
            },
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "LabelEffects":
        """Returns what `to_dict` wrote."""
        classes = values["classes"]
        names = dict.fromkeys(name for of in classes.values() for name in of)
        columns = {
            name: np.array([of[name] for of in classes.values()]) for name in names
        }
        return cls(
            method=values["method"],
            settings=values["settings"],
            labels=tuple(classes),
            rows=columns.pop(_ROWS),
            effective_rows=columns.pop(_EFFECTIVE).astype(np.float64),
            effects={name: of.astype(np.float64) for name, of in columns.items()},
        )

    def lines(self, say: Language = ENGLISH) -> list[str]:
        """Returns what was done in a few words, a sentence a line."""
        how = ", ".join(
            f"{name} {shown(one, say)}" for name, one in self.settings.items()
        )
        method = f"{self.method} ({how})" if how else self.method
        if self.method == "none":  # of what is done beside a method
            method = how
        return [
            say("Skewed labels: {method}.", method=method),
            *self._skew_lines(say),
            *(_range_line(name, of, say) for name, of in self.effects.items()),
        ]

    def _skew_lines(self, say: Language) -> list[str]:
        """Returns the skew before and after, and which labels have no row."""
        trained = [column for column in self.order if self.effective_rows[column] > 0]
        absent = [self.labels[c] for c in self.order if self.effective_rows[c] == 0]
        lines = []
        if self.changes_rows and trained:
            most, fewest = trained[0], trained[-1]
            lines.append(
                say(
                    "{most} has {before} rows for one of {fewest}, and {after} as they "
                    "counted.",
                    most=self.labels[most],
                    fewest=self.labels[fewest],
                    before=_shown_ratio(self.rows[most] / self.rows[fewest]),
                    after=_shown_ratio(
                        self.effective_rows[most] / self.effective_rows[fewest]
                    ),
                )
            )
        if absent:
            named = say(", ").join(absent[:_NAMED])
            named += f" (+{len(absent) - _NAMED})" * (len(absent) > _NAMED)
            lines.append(
                say("Without a row in the first epoch: {labels}.", labels=named)
            )
        return lines

    def table(self, say: Language = ENGLISH) -> list[list[str]]:
        """Returns a heading, and a row of cells for each label, the most rows first."""
        headings = [say("label"), say("in training"), say("effective rows")]
        headings += [say(EFFECTS.get(name, name)) for name in self.effects]
        return [
            headings,
            *(
                [
                    self.labels[column],
                    f"{self.rows[column]:,}",
                    f"{self.effective_rows[column]:,.1f}",
                    *(f"{values[column]:.4g}" for values in self.effects.values()),
                ]
                for column in self.order
            ),
        ]

    @property
    def order(self) -> list[int]:
        """The columns of the labels, those of the most rows first."""
        return np.argsort(-self.rows, kind="stable").tolist()

    def markdown(self, say: Language = ENGLISH) -> list[str]:
        """Returns lines of Markdown: what was done, and a table of all labels."""
        headings, *rows = self.table(say)
        return [
            "",
            f"## {say('Skewed labels in training')}",
            "",
            *(f"- {line}" for line in [*self.lines(say), effective_rows_meaning(say)]),
            "",
            *markdown_table(headings, rows),
        ]


def effective_rows_meaning(say: Language = ENGLISH) -> str:
    """Returns a sentence on what effective rows are."""
    return say(
        "Effective rows: the rows of a label, as drawn for the first epoch where they "
        "are drawn, each by how much having the label counted for the loss."
    )


def shown(value: Any, say: Language = ENGLISH) -> str:
    """Returns the value of a setting for people."""
    if isinstance(value, Mapping):
        if len(value) > _NAMED:
            return say("{n} labels", n=f"{len(value):,}")
        return "; ".join(f"{name} {shown(one)}" for name, one in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range_line(name: str, values: np.ndarray, say: Language) -> str:
    low, high = (f"{value:.4g}" for value in (values.min(), values.max()))
    name = say(EFFECTS.get(name, name))
    if low == high:
        return say("{name}: {value} for all labels.", name=name, value=low)
    return say("{name}: {low} to {high}.", name=name, low=low, high=high)


def _shown_ratio(ratio: float) -> str:
    return f"{ratio:,.1f}" if ratio >= 0.95 else f"{ratio:.2g}"


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
