"""Models that are right by chance, and leaderboards of them."""

import numpy as np

from kerascls.data.labels import Task
from kerascls.evaluation.leaderboard import Costs, Entry, Speed
from kerascls.evaluation.ranked_models import build_leaderboard
from kerascls.evaluation.scored_rows import ScoredRows

LABELS = ("体育", "汽车", "教育")


def truth(rows: int, seed: int = 0) -> np.ndarray:
    """One of three labels for each row, bool."""
    return np.eye(3, dtype=bool)[np.random.default_rng(seed).integers(3, size=rows)]


def decisions(
    targets: np.ndarray, right: float, seed: int, hard: np.ndarray | None = None
) -> np.ndarray:
    """Labels that are right with some probability, less for rows that are hard."""
    random = np.random.default_rng(seed)
    chance = right if hard is None else np.clip(right - hard, 0, 1)
    wrong = np.roll(targets, 1, axis=1)
    return np.where((random.random(len(targets)) < chance)[:, None], targets, wrong)


def scored(targets: np.ndarray, chosen: np.ndarray, **changes: object) -> ScoredRows:
    """Scored rows without probabilities."""
    values = {
        "task": Task.MULTICLASS,
        "labels": LABELS,
        "targets": targets,
        "probabilities": np.zeros((0, 0), np.float32),
        "chosen": chosen,
        "known": 3,
        "rows_sha256": "a" * 64,
        "lines": np.arange(len(targets)),
    }
    return ScoredRows(**values | changes)


def entry(
    name: str,
    right: float,
    targets: np.ndarray,
    seeds: int = 3,
    speed: float | None = 100.0,
    first: int = 0,
) -> Entry:
    """A model with some seeds; `first` is that of the first."""
    measured = None if speed is None else Speed(speed, "keras", "cpu")
    return Entry(
        name=name,
        runs=tuple(f"runs/{name}-{seed}" for seed in range(seeds)),
        rows=tuple(
            scored(targets, decisions(targets, right, first + seed))
            for seed in range(seeds)
        ),
        costs=Costs(
            parameters=123_456, minutes=1.25, bundle_bytes=2_500_000, speed=measured
        ),
    )


def board(names: int = 3, seeds: int = 3, rows: int = 300, **options: object):
    """A leaderboard of models, each a little worse and faster than the one before."""
    targets = truth(rows)
    entries = [
        entry(f"模型 [b] {n}", 0.9 - 0.1 * n, targets, seeds, 10.0 * 3**n, 100 * n)
        for n in range(names)
    ]
    options = {"machine": "a machine, 2 cores", "resamples": 100} | options
    return build_leaderboard(entries, **options)
