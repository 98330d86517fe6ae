"""How much scores would vary with other test rows: the bootstrap over rows.

References:
    Efron 1979, Bootstrap methods: another look at the jackknife; Efron and Tibshirani
    1993, An introduction to the bootstrap (percentile intervals: chapter 13). Koehn
    2004, Statistical significance tests for machine translation evaluation (paired).
"""

from dataclasses import dataclass

import numpy as np

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.checks import check_decisions
from kerascls.evaluation.metrics.resampling import (
    HEADLINE,
    ResampledScores,
    resampled_weights,
    weighted_scores,
)


@dataclass(frozen=True, eq=False)
class Intervals:
    """What `bootstrap_intervals` returns.

    Args:
        headline: Lower and upper end by name, those of `HEADLINE`.
        f1: float64 `(num_classes, 2)`, the ends for the F1 of each class; NaN for a
            class that is neither true nor chosen.
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
        chosen: bool `(rows, num_classes)`, the labels that were chosen.
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
    (drawn,) = _resampled(targets, [chosen], resamples, level, seed)
    ends = _ends(drawn.values, level)
    return Intervals(
        headline={name: tuple(ends[i].tolist()) for i, name in enumerate(HEADLINE)},
        f1=ends[len(HEADLINE) :],
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
        chosen_a: bool `(rows, num_classes)`, labels that the first chose.
        chosen_b: bool `(rows, num_classes)`, labels that the second chose.
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
    both = [chosen_a, chosen_b]
    drawn = _resampled(targets, both, resamples, level, seed)
    once = np.ones((1, len(targets)), np.float32)
    observed = weighted_scores(targets, both, [once])
    differences = _differences(observed, drawn, level)
    return PairedBootstrap(
        headline=dict(zip(HEADLINE, differences, strict=False)),
        classes=tuple(differences[len(HEADLINE) :]),
        level=level,
        resamples=resamples,
        seed=seed,
    )


def _resampled(
    targets: np.ndarray,
    decisions: list[np.ndarray],
    resamples: int,
    level: float,
    seed: int,
) -> list[ResampledScores]:
    if resamples < 1 or not 0 < level < 1:
        raise SettingsError(
            f"Expected at least one resample and a level between 0 and 1. Received: "
            f"resamples={resamples}, level={level}. Use 1000 and 0.95."
        )
    weights = resampled_weights(len(targets), resamples, seed)
    return weighted_scores(targets, decisions, weights)


def _differences(
    observed: list[ResampledScores], drawn: list[ResampledScores], level: float
) -> list[Difference]:
    """Returns the second's scores less the first's, headline in front of classes."""
    a, b = (scores.values[0] for scores in observed)
    change = _changes(*drawn)
    ends = _ends(change, level).T
    columns = (a, b, _changes(*observed)[0], *ends, _p_values(change))
    return [
        Difference(*values)
        for values in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _changes(a: ResampledScores, b: ResampledScores) -> np.ndarray:
    # A class that one of them never chooses has F1 0 there, as `score` says.
    return np.where(a.present | b.present, b.scores - a.scores, np.nan)


def _p_values(change: np.ndarray) -> np.ndarray:
    """Returns two-sided p-values, the observed rows counted as one more resample."""
    drawn = np.count_nonzero(~np.isnan(change), axis=0)
    below = np.count_nonzero(change <= 0, axis=0)
    above = np.count_nonzero(change >= 0, axis=0)
    p = np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (drawn + 1))
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
