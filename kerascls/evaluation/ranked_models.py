"""From the decisions of models on the same rows to a leaderboard."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.errors import SettingsError
from kerascls.evaluation.leaderboard import Entry, Leaderboard, Pair, Standing
from kerascls.evaluation.metrics.comparison import (
    ModelDifference,
    compare_means,
    compare_models,
)
from kerascls.evaluation.metrics.resampling import HEADLINE, weighted_scores
from kerascls.evaluation.metrics.spread import Spread
from kerascls.evaluation.same_rows import SameRows, same_rows
from kerascls.settings.training import DISTANCES, is_smaller_better


def build_leaderboard(
    entries: Sequence[Entry],
    *,
    by: str | None = None,
    machine: str = "",
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    notes: Sequence[str] = (),
    out: Path | None = None,
) -> Leaderboard:
    """Scores models on their common test rows and tests all pairs.

    Args:
        entries: The models, in any order.
        by: What ranks: of `HEADLINE`, by default macro-F1; of distributions also of
            the distances, by default KL.
        machine: Where speeds were measured.
        resamples: How often rows are drawn; see `compare_models`.
        level: Of intervals.
        seed: Of the drawing.
        notes: Lines for people.
        out: Where it will be written.

    Raises:
        SettingsError: When rows differ, or a number is out of its range.
    """
    same = same_rows_of(entries)
    by = _checked_score(by, bool(same.distances))
    chosen_of, distances_of = iter(same.chosen), iter(same.distances)
    decisions = [[*islice(chosen_of, len(entry.runs))] for entry in entries]
    distances = [[*islice(distances_of, len(entry.runs))] for entry in entries]
    scores = [
        _scores(same.targets, chosen) | _means(means)
        for chosen, means in zip(decisions, distances, strict=True)
    ]
    sign = -1 if is_smaller_better(by) else 1  # of scores, so that more is better
    goals = [sign * (own[by].mean or 0) for own in scores]
    order = sorted(range(len(entries)), key=lambda one: -goals[one])
    drawing: dict[str, Any] = {"resamples": resamples, "level": level, "seed": seed}
    if by in HEADLINE:
        ranked_decisions = [decisions[one] for one in order]
        differences = compare_models(
            same.targets, ranked_decisions, score=by, **drawing
        )
    else:
        values = [[means[by] for means in distances[one]] for one in order]
        differences = compare_means(values, **drawing)
    names = [entries[one].name for one in order]
    pairs = tuple(
        Pair(
            names[one.a],
            names[one.b],
            # From the second to the first, which is the better one.
            *_better_less_worse(one, sign),
            *(one.p, one.corrected_p),
        )
        for one in differences
    )
    to_best = {one.b: one.corrected_p for one in differences if one.a == 0}
    ranked = [(entries[one], scores[one]) for one in order]
    front = frontier(
        [(_speed(entry), sign * (own[by].mean or 0)) for entry, own in ranked]
    )
    standings = tuple(
        Standing(
            name=entry.name,
            runs=entry.runs,
            scores=own,
            costs=entry.costs,
            p=to_best.get(place),
            is_level=place == 0 or to_best[place] >= round(1 - level, 10),
            on_frontier=front[place],
        )
        for place, (entry, own) in enumerate(ranked)
    )
    return Leaderboard(
        task=entries[0].rows[0].task,
        rows=len(same.targets),
        by=by,
        standings=standings,
        pairs=pairs,
        machine=machine,
        level=level,
        resamples=resamples,
        notes=(*notes, *_notes_on_seeds(standings)),
        out=out,
    )


def _checked_score(by: str | None, has_distances: bool) -> str:
    if by is None:
        return "kl" if has_distances else "macro_f1"
    known = (*DISTANCES, *HEADLINE) if has_distances else HEADLINE
    if by not in known:
        raise SettingsError(
            f"Expected a score that all runs have: {', '.join(known)}. Received: "
            f"by={by!r}. Choose one with --by macro_f1."
        )
    return by


def _better_less_worse(one: ModelDifference, sign: int) -> tuple[float, float, float]:
    """Returns by how much the first is better, 0 or more, and the interval."""
    if sign > 0:
        return -one.difference, -one.high, -one.low
    return one.difference, one.low, one.high


def _means(of_runs: Sequence[dict[str, np.ndarray]]) -> dict[str, Spread]:
    """Returns the mean distances of some runs, by name."""
    names = of_runs[0] if of_runs else ()
    return {
        name: Spread(name, tuple(float(one[name].mean()) for one in of_runs), False)
        for name in names
    }


def same_rows_of(entries: Iterable[Entry]) -> SameRows:
    """Returns the decisions of all runs, entry after entry, on their common rows.

    Raises:
        SettingsError: When they were scored on different ones.
    """
    return same_rows(
        [
            ("run", run, rows)
            for entry in entries
            for run, rows in zip(entry.runs, entry.rows, strict=True)
        ]
    )


def frontier(places: Sequence[tuple[float | None, float]]) -> list[bool | None]:
    """Returns which pairs of speed and score no other beats; None without speed.

    Example:
        >>> frontier([(10, 0.9), (100, 0.8), (50, 0.7), (None, 1.0)])
        [True, True, False, None]
    """
    known = [(speed, score) for speed, score in places if speed is not None]
    return [
        None
        if speed is None
        else not any(
            s >= speed and q >= score and (s, q) != (speed, score) for s, q in known
        )
        for speed, score in places
    ]


def _speed(entry: Entry) -> float | None:
    return None if entry.costs.speed is None else entry.costs.speed.texts_per_s


def _scores(targets: np.ndarray, chosen: Sequence[np.ndarray]) -> dict[str, Spread]:
    once = np.ones((1, len(targets)), np.float32)
    values = [
        one.scores[0, : len(HEADLINE)].tolist()
        for one in weighted_scores(targets, chosen, [once])
    ]
    by_score = zip(HEADLINE, zip(*values, strict=True), strict=True)
    return {name: Spread(name, of_runs, False) for name, of_runs in by_score}


def _notes_on_seeds(standings: Sequence[Standing]) -> list[str]:
    alone = [one.name for one in standings if len(one.runs) == 1]
    if not alone:
        return []
    whose = "each model" if len(alone) == len(standings) else ", ".join(alone)
    return [
        f"one seed of {whose}: how much its score varies from seed to seed is not in "
        f"intervals and p-values, which are too sure"
    ]
