"""How much scores would vary with other test rows: the bootstrap over rows.

References:
    Efron 1979, Bootstrap methods: another look at the jackknife; Efron and Tibshirani
    1993, An introduction to the bootstrap (percentile intervals: chapter 13). Koehn
    2004, Statistical significance tests for machine translation evaluation (paired).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kerascls.errors import SettingsError
from kerascls.metrics.checks import check_decisions

HEADLINE = ("accuracy", "micro_f1", "macro_f1", "weighted_f1")

# Memory: weights of 64 resamples, and the cells of some rows as float32.
_RESAMPLES_AT_ONCE = 64
_CELLS_AT_ONCE = 2**22


@dataclass(frozen=True, eq=False)
class Intervals:
    """What `bootstrap_intervals` returns.

    Args:
        headline: Lower and upper end by name, those of `HEADLINE`.
        f1: float64 `(num_classes, 2)`, the ends for the F1 of each class; NaN for a
            class that is neither true nor given.
        level: Share of resamples between the ends.
        resamples: How many there were.
        seed: Of the resampling.
    """

    headline: dict[str, tuple[float, float]]
    f1: np.ndarray
    level: float
    resamples: int
    seed: int


@dataclass(frozen=True)
class Difference:
    """One score under two decisions.

    Args:
        a: The score of the first, NaN where it has none.
        b: The score of the second.
        difference: `b - a`.
        low: Lower end of its interval.
        high: Upper end of its interval.
        p: How likely a difference this far from 0 is by chance of the rows,
            two-sided: twice the share of resamples on the other side of 0.
    """

    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class PairedBootstrap:
    """What `paired_bootstrap` returns.

    Args:
        headline: A `Difference` by name, those of `HEADLINE`.
        classes: A `Difference` of the F1 of each class.
        level: Share of resamples between the ends of intervals.
        resamples: How many there were.
        seed: Of the resampling.
    """

    headline: dict[str, Difference]
    classes: tuple[Difference, ...]
    level: float
    resamples: int
    seed: int


def bootstrap_intervals(
    targets: np.ndarray,
    chosen: np.ndarray,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Intervals:
    """Returns percentile intervals for the headline scores and F1 of each class.

    Rows are drawn with replacement; each score is what `score` says of the rows
    drawn. A class that is missing among them has no F1 there.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        chosen: bool `(rows, num_classes)`, the labels that were given.
        resamples: How often to draw.
        level: Share of resamples between the ends.
        seed: The same seed gives the same intervals.

    Raises:
        SettingsError: When the arrays do not fit each other, or a number is out of
            its range.

    Example:
        >>> bootstrap_intervals(targets, chosen).headline["macro_f1"]
        (0.71, 0.75)
    """
    check_decisions(targets, chosen)
    _check(resamples, level)
    headline, f1, present = _resampled(targets, [chosen], resamples, seed)[0]
    f1[~present] = np.nan
    ends = _ends(headline, level)
    return Intervals(
        headline={name: tuple(ends[i].tolist()) for i, name in enumerate(HEADLINE)},
        f1=_ends(f1, level),
        level=level,
        resamples=resamples,
        seed=seed,
    )


def paired_bootstrap(
    targets: np.ndarray,
    chosen_a: np.ndarray,
    chosen_b: np.ndarray,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> PairedBootstrap:
    """Tests whether one decision is better than another on the same rows.

    Both are scored on the same rows drawn, so what makes rows hard for both drops out.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        chosen_a: bool `(rows, num_classes)`, labels given by the first.
        chosen_b: bool `(rows, num_classes)`, labels given by the second.
        resamples: How often to draw; p is not below `2 / (resamples + 1)`.
        level: Share of resamples between the ends of intervals.
        seed: The same seed gives the same result.

    Raises:
        SettingsError: When the arrays do not fit each other, or a number is out of
            its range.

    Example:
        >>> paired_bootstrap(targets, before, after).headline["micro_f1"].p
        0.004
    """
    check_decisions(targets, chosen_a, chosen_b)
    _check(resamples, level)
    both = [chosen_a, chosen_b]
    now = [_joined(*found) for found in _scored(targets, both, _once(len(targets)))]
    drawn = [_joined(*found) for found in _resampled(targets, both, resamples, seed)]
    differences = _differences(*now, *drawn, level)
    return PairedBootstrap(
        headline=dict(zip(HEADLINE, differences, strict=False)),
        classes=tuple(differences[len(HEADLINE) :]),
        level=level,
        resamples=resamples,
        seed=seed,
    )


def resampled_weights(rows: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yields how often each row is drawn in each resample, some resamples at a time.

    Args:
        rows: How many to draw from, and how many to draw.
        resamples: How often.
        seed: Of the generator.

    Yields:
        float32 `(some resamples, rows)`.
    """
    random = np.random.default_rng(seed)
    for start in range(0, resamples, _RESAMPLES_AT_ONCE):
        some = min(_RESAMPLES_AT_ONCE, resamples - start)
        weights = np.empty((some, rows), np.float32)
        for row in weights:
            row[:] = np.bincount(random.integers(rows, size=rows), minlength=rows)
        yield weights


def _once(rows: int) -> np.ndarray:
    return np.ones((1, rows), np.float32)


def _resampled(
    targets: np.ndarray, decisions: list[np.ndarray], resamples: int, seed: int
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Returns `_scored` of all resamples."""
    parts = [
        _scored(targets, decisions, weights)
        for weights in resampled_weights(len(targets), resamples, seed)
    ]
    return [
        tuple(np.concatenate(arrays) for arrays in zip(*blocks, strict=True))
        for blocks in zip(*parts, strict=True)
    ]


def _scored(
    targets: np.ndarray, decisions: list[np.ndarray], weights: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Scores decisions on weighted rows.

    Returns:
        For each decision the headline scores, float64 `(resamples, 4)`, F1 and whether
        a class is true or given, float64 and bool `(resamples, num_classes)`.
    """
    support, *counts = _weighted_counts(targets, decisions, weights)
    found = []
    for hits, given, right in zip(counts[::3], counts[1::3], counts[2::3], strict=True):
        present = support + given > 0
        f1 = 2 * hits / np.maximum(support + given, 1)
        totals = [array.sum(axis=1) for array in (hits, support, given)]
        headline = (
            right / weights.shape[1],
            2 * totals[0] / np.maximum(totals[1] + totals[2], 1),
            (f1 * present).sum(axis=1) / np.maximum(present.sum(axis=1), 1),
            (f1 * support).sum(axis=1) / np.maximum(totals[1], 1),
        )
        found.append((np.stack(headline, axis=1), f1, present))
    return found


def _weighted_counts(
    targets: np.ndarray, decisions: list[np.ndarray], weights: np.ndarray
) -> list[np.ndarray]:
    """Returns support, then hits, given and right rows of each decision, float64."""
    rows, width = targets.shape
    step = max(1, _CELLS_AT_ONCE // width)
    parts = []
    for start in range(0, rows, step):
        part = slice(start, start + step)
        true = targets[part]
        cells = [true]
        for chosen in decisions:
            given = chosen[part]
            cells += [true & given, given, (true == given).all(axis=1)]
        # Exact: sums of whole numbers below 2**24 in each part, and float64 between.
        sums = [weights[:, part] @ one.astype(np.float32) for one in cells]
        parts.append([one.astype(np.float64) for one in sums])
    return [sum(sums) for sums in zip(*parts, strict=True)]


def _joined(headline: np.ndarray, f1: np.ndarray, present: np.ndarray) -> tuple:
    always = np.ones(headline.shape, np.bool_)
    return np.hstack([headline, f1]), np.hstack([always, present])


def _differences(now_a, now_b, drawn_a, drawn_b, level: float) -> list[Difference]:
    a, b = (np.where(present, value, np.nan)[0] for value, present in (now_a, now_b))
    # Not given by one of them only: its F1 is 0 there, as `score` says.
    known = drawn_a[1] | drawn_b[1]
    change = np.where(known, drawn_b[0] - drawn_a[0], np.nan)
    observed = np.where(now_a[1] | now_b[1], now_b[0] - now_a[0], np.nan)[0]
    columns = (a, b, observed, *_ends(change, level).T, _p_values(change))
    return [
        Difference(*values)
        for values in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _p_values(change: np.ndarray) -> np.ndarray:
    """Returns two-sided p-values, the observed rows counted as one more resample."""
    drawn = np.count_nonzero(~np.isnan(change), axis=0)
    sides = [
        np.count_nonzero(change <= 0, axis=0),
        np.count_nonzero(change >= 0, axis=0),
    ]
    p = np.minimum(1.0, 2 * (np.minimum(*sides) + 1) / (drawn + 1))
    return np.where(drawn > 0, p, np.nan)


def _ends(values: np.ndarray, level: float) -> np.ndarray:
    """Returns both ends for each column, float64 `(columns, 2)`, NaN left out."""
    ends = np.full((values.shape[1], 2), np.nan)
    quantiles = ((1 - level) / 2, (1 + level) / 2)
    for column, drawn in enumerate(values.T):
        drawn = drawn[~np.isnan(drawn)]
        if len(drawn):
            ends[column] = np.quantile(drawn, quantiles)
    return ends


def _check(resamples: int, level: float):
    if resamples < 1 or not 0 < level < 1:
        raise SettingsError(
            f"Expected at least one resample and a level between 0 and 1. Received: "
            f"resamples={resamples}, level={level}."
        )
