"""What a sampler, a loss or weights of rows did to each label in training."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerascls.evaluation.reports.language import ENGLISH, Language

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


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelEffects:
    """What training did about skewed labels, by label.

    Args:
        method: Of `METHODS` in `kerascls.settings.imbalance`.
        settings: What was stated or follows of it, by name.
        labels: Names of the labels.
        rows: int64 `(num_classes,)`, training rows of each.
        effective_rows: float64 `(num_classes,)`, the rows of each as the first epoch
            had them, each by how much its label counted for the loss.
        effects: By name, those of `EFFECTS`, float64 `(num_classes,)`; empty where the
            loss treats all labels alike.
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
        return not np.allclose(self.rows, self.effective_rows, rtol=1e-3)

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
        how = ", ".join(f"{name} {shown(one)}" for name, one in self.settings.items())
        method = f"{self.method} ({how})" if how else self.method
        lines = [say("Skewed labels: {method}.", method=method)]
        if self.changes_rows:
            lines.append(
                say(
                    "The most frequent label has {before} rows for one of the rarest, "
                    "and {after} as it was trained.",
                    before=_ratio(self.rows),
                    after=_ratio(self.effective_rows),
                )
            )
        lines += [
            say(
                "{name}: {low} to {high}.",
                name=say(EFFECTS.get(name, name)),
                low=f"{values.min():.4g}",
                high=f"{values.max():.4g}",
            )
            for name, values in self.effects.items()
        ]
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
        heading, *rows = self.table(say)
        return [
            "",
            f"## {say('Skewed labels in training')}",
            "",
            *(f"- {line}" for line in [*self.lines(say), effective_rows_meaning(say)]),
            "",
            _line(heading),
            "|---|" + "---:|" * (len(heading) - 1),
            *(_line([_escaped(name), *cells]) for name, *cells in rows),
        ]


def effective_rows_meaning(say: Language = ENGLISH) -> str:
    """Returns a sentence on what effective rows are."""
    return say(
        "Effective rows: the rows of a label as the first epoch had them, each by how "
        "much its label counted for the loss."
    )


def shown(value: Any) -> str:
    """Returns the value of a setting for people."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _ratio(rows: np.ndarray) -> str:
    some = rows[rows > 0]
    return f"{some.max() / some.min():,.1f}" if len(some) else "1.0"


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(name: str) -> str:
    return name.replace("|", "\\|").replace("\n", " ")
