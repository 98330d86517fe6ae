"""Several models on the same test rows: scores, costs, which differences are real."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kerascls.data.labels import Task
from kerascls.evaluation.metrics.spread import Spread
from kerascls.evaluation.scored_rows import ScoredRows


@dataclass(frozen=True)
class Speed:
    """How fast a bundle labels texts, from text to probabilities.

    Args:
        texts_per_s: Texts in a second.
        runtime: What computed, of `RUNTIMES`.
        device: On what, for people.
    """

    texts_per_s: float
    runtime: str
    device: str


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a model takes; None for what is not known.

    Args:
        parameters: Numbers in the weights of its bundle.
        minutes: Of its training alone, by the clock, without the linear model beside
            it and the scoring; mean over the runs.
        bundle_bytes: All files of a bundle together, mean over the runs.
        speed: Of the bundle of its first run.
    """

    parameters: int | None = None
    minutes: float | None = None
    bundle_bytes: int | None = None
    speed: Speed | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Entry:
    """One model with all its runs.

    Args:
        name: What it is called.
        runs: The directory of each run.
        rows: What each run said of the test rows; they need no probabilities, but for
            distributions.
        costs: What it takes.
    """

    name: str
    runs: tuple[str, ...]
    rows: tuple[ScoredRows, ...]
    costs: Costs

    def with_speed(self, speed: Speed | None) -> "Entry":
        """Returns the same with a speed among its costs."""
        return replace(self, costs=replace(self.costs, speed=speed))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One line of a leaderboard.

    Args:
        name: The model.
        runs: The directory of each run.
        scores: Those of `HEADLINE`, by name, over the runs; of distributions also the
            distances.
        costs: What the model takes.
        p: How likely its distance to the best model is by chance, corrected for the
            number of pairs of models; None for the best.
        is_level: Whether it cannot be told from the best model.
        on_frontier: Whether no other is better and as fast, or faster and as good;
            None where its speed is not known.
    """

    name: str
    runs: tuple[str, ...]
    scores: dict[str, Spread]
    costs: Costs
    p: float | None
    is_level: bool
    on_frontier: bool | None


@dataclass(frozen=True)
class Pair:
    """Two models.

    Args:
        better: Name of the one with the higher mean.
        worse: Name of the other.
        difference: Of the means, 0 or more.
        low: Lower end of its interval, which is not corrected for the number of pairs.
        high: Upper end.
        p: How likely it is by chance.
        corrected_p: The same, corrected for the number of pairs.
    """

    better: str
    worse: str
    difference: float
    low: float
    high: float
    p: float
    corrected_p: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Leaderboard:
    """What `compare` returns.

    Args:
        task: What a row's labels mean.
        rows: Test rows.
        by: The score that ranks, and whose differences are tested.
        standings: The models, the best first.
        pairs: All pairs of them, in this order.
        machine: Where speeds were measured; empty where none was.
        level: Of intervals; a corrected p below the rest of it is a real difference.
        resamples: How often test rows were drawn.
        notes: What should be known of the runs, a line each.
        out: The directory that holds it; None where none was written.
    """

    task: Task
    rows: int
    by: str
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    machine: str
    level: float
    resamples: int
    notes: tuple[str, ...] = ()
    out: Path | None = None

    @property
    def shown_scores(self) -> tuple[str, ...]:
        """The scores that tables show; micro-F1 of several labels is no accuracy."""
        names: tuple[str, ...] = ("macro_f1", "micro_f1")
        if self.task.has_one_label:
            names = (*names, "accuracy")
        if self.task.has_weights:
            names = ("kl", "jensen_shannon", "top_1")
        return tuple(dict.fromkeys((*names, self.by)))

    @property
    def alpha(self) -> float:
        """Below it a corrected p is a real difference."""
        return round(1 - self.level, 10)

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        return {
            "task": self.task.value,
            "rows": self.rows,
            "by": self.by,
            "standings": [_standing_dict(one) for one in self.standings],
            "pairs": [asdict(pair) for pair in self.pairs],
            "machine": self.machine,
            "level": self.level,
            "resamples": self.resamples,
            "notes": list(self.notes),
            "out": None if self.out is None else str(self.out),
        }

    def _repr_html_(self) -> str:
        from kerascls.evaluation.reports.leaderboards import leaderboard_html

        return leaderboard_html(self)


def _standing_dict(one: Standing) -> dict[str, Any]:
    return {
        "name": one.name,
        "runs": list(one.runs),
        "scores": {
            name: {"mean": s.mean, "std": s.std, "values": list(s.values)}
            for name, s in one.scores.items()
        },
        **asdict(one.costs),
        "p": one.p,
        "is_level": one.is_level,
        "on_frontier": one.on_frontier,
    }
