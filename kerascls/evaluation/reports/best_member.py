"""What a classifier made of several has to beat: the best of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kerascls.evaluation.metrics.bootstrap import Difference, paired_bootstrap
from kerascls.evaluation.metrics.scores import Scores, pad_columns, score
from kerascls.evaluation.scored_rows import ScoredRows


@dataclass(frozen=True, eq=False, kw_only=True)
class BestMember:
    """How the best of several classifiers does on the same rows as all together.

    Args:
        name: What it is called; it was the best on the validation rows.
        scores: Its scores.
        differences: By name of a headline score, that of all together less its own.
        level: Of their intervals.
    """

    name: str
    scores: Scores
    differences: dict[str, Difference]
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        return {
            "name": self.name,
            "scores": self.scores.to_dict(),
            "differences": {n: asdict(d) for n, d in self.differences.items()},
            "level": self.level,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "BestMember":
        """Returns what `to_dict` wrote."""
        differences = values["differences"].items()
        changes = {
            "scores": Scores.from_dict(values["scores"]),
            "differences": {name: Difference(**one) for name, one in differences},
        }
        return cls(**{**values, **changes})


def compared_with_member(
    scored: ScoredRows, chosen: np.ndarray, name: str
) -> BestMember:
    """Scores the member and tests the difference with the paired bootstrap.

    Args:
        scored: The rows, as all together label them.
        chosen: bool `(rows, known labels)`, the labels that the member gives.
        name: What the member is called.
    """
    given = pad_columns(chosen, len(scored.labels))
    bootstrap = paired_bootstrap(scored.targets, given, scored.chosen)
    return BestMember(
        name=name,
        scores=score(scored.targets, given, scored.labels),
        differences=bootstrap.headline,
        level=bootstrap.level,
    )
