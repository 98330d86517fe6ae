"""Which of several models differ, when both seeds and test rows are luck.

A score of one training on some rows has two sources of luck: the seed, which another
training would change, and the rows, which are a sample of all texts. All runs are
scored on the same rows, so rows are paired, between models and between seeds. Seeds are
not: seed 42 of two architectures has nothing in common but its number, and pairing it
would only shuffle noise (Bouthillier et al.: what can be shared, such as the data, is
shared; the rest is drawn independently).

Rows are resampled. To resample seeds too, the plain hierarchical bootstrap, says too
much and too little: of three or five values there are no tails, and what rows add to
the differences between seeds counts twice. Of equal models with three seeds it calls
11 % different at a level of 5 % where seeds matter much, and 1 % where they do not
(simulated as in the tests; what is here 5 to 8 %). So the variance of seeds is taken
from the runs, less what is due to the rows, which resampling them shows; and the doubt
about it from Student's t with the degrees of freedom of Welch and Satterthwaite.

References:
    Bouthillier et al. 2021, Accounting for variance in machine learning benchmarks.
    Dror et al. 2018, The hitchhiker's guide to testing statistical significance in
    natural language processing. Owen 2007, The pigeonhole bootstrap (two factors).
    Welch 1947, The generalization of "Student's" problem when several different
    population variances are involved. Holm 1979, A simple sequentially rejective
    multiple test procedure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf, sqrt

import numpy as np

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.checks import check_decisions
from kerascls.evaluation.metrics.resampling import (
    HEADLINE,
    resampled_weights,
    weighted_scores,
)
from kerascls.system.tables import known_name


@dataclass(frozen=True)
class ModelDifference:
    """The difference of two models in one score, each the mean over its seeds.

    Args:
        a: Place of the first model.
        b: Place of the second.
        difference: Score of the second less that of the first.
        low: Lower end of its interval.
        high: Upper end.
        p: How likely a difference this far from 0 is by chance, two-sided.
        corrected_p: The same after Holm's correction for all pairs.
    """

    a: int
    b: int
    difference: float
    low: float
    high: float
    p: float
    corrected_p: float


@dataclass(frozen=True, eq=False)
class _Drawn:
    """One score of a model: observed `(seeds,)`, resampled `(seeds, resamples)`."""

    observed: np.ndarray
    resampled: np.ndarray

    @property
    def mean(self) -> float:
        return float(self.observed.mean())

    @property
    def seeds_variance(self) -> float:
        """Variance of the mean that is due to seeds; 0 where it cannot be known.

        Runs on the same rows differ by their seeds and by chance of the rows.
        Resampling adds the latter once more, so the excess is what to take away.
        """
        seeds = len(self.observed)
        if seeds < 2:
            return 0.0
        between = self.observed.var(ddof=1)
        by_rows = self.resampled.var(axis=0, ddof=1).mean() - between
        return max(0.0, float(between - max(0.0, by_rows))) / seeds


def compare_models(
    targets: np.ndarray,
    decisions: Sequence[Sequence[np.ndarray]],
    *,
    score: str = "macro_f1",
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> list[ModelDifference]:
    """Tests all pairs of models for a difference in one score.

    With one seed of each model it is the chance of the rows alone that is tested.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        decisions: For each model, for each of its seeds bool `(rows, num_classes)`,
            the labels that were chosen.
        score: Of `HEADLINE`.
        resamples: How often rows are drawn.
        level: Of the intervals, which are not corrected for the number of pairs.
        seed: The same seed gives the same result.

    Returns:
        One `ModelDifference` for each pair, in the order of `itertools.combinations`.

    Raises:
        SettingsError: When the arrays do not fit each other, a model has none, or a
            number is out of its range.

    Example:
        >>> [one] = compare_models(targets, [[small_1, small_2], [large_1, large_2]])
        >>> one.difference, one.corrected_p
        (0.021, 0.003)
    """
    known_name(HEADLINE, score, "score")
    flat = [chosen for seeds in decisions for chosen in seeds]
    check_decisions(targets, *flat)
    _check(decisions, resamples, level)
    column = HEADLINE.index(score)

    def scores(weights: np.ndarray) -> np.ndarray:
        scored = weighted_scores(targets, flat, [weights])
        return np.stack([one.scores[:, column] for one in scored])

    drawn = _drawn(scores, [*map(len, decisions)], len(targets), resamples, seed)
    votes = [np.sum(seeds, axis=0, dtype=np.int32) for seeds in decisions]

    def unlike(a: int, b: int) -> int:
        differ = votes[a] * len(decisions[b]) != votes[b] * len(decisions[a])
        return int(np.count_nonzero(differ.any(axis=1)))

    return _all_pairs(drawn, unlike, level)


def compare_means(
    values: Sequence[Sequence[np.ndarray]],
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> list[ModelDifference]:
    """Tests all pairs of models for a difference in the mean of a value of each row.

    Args:
        values: For each model, for each of its seeds float `(rows,)`.
        resamples: How often rows are drawn.
        level: Of the intervals, which are not corrected for the number of pairs.
        seed: The same seed gives the same result.

    Returns:
        As `compare_models`.

    Raises:
        SettingsError: When a model has none, or a number is out of its range.
    """
    _check(values, resamples, level)
    flat = np.stack([one for seeds in values for one in seeds])  # (runs, rows)
    rows = flat.shape[1]
    means = [np.mean(seeds, axis=0) for seeds in values]

    def scores(weights: np.ndarray) -> np.ndarray:
        return flat @ weights.T / rows

    def unlike(a: int, b: int) -> int:
        return int(np.count_nonzero(means[a] != means[b]))

    drawn = _drawn(scores, [*map(len, values)], rows, resamples, seed)
    return _all_pairs(drawn, unlike, level)


def _check(runs: Sequence[Sequence[np.ndarray]], resamples: int, level: float) -> None:
    if resamples < 2 or not 0 < level < 1 or not all(map(len, runs)):
        raise SettingsError(
            f"Expected at least two resamples, a level between 0 and 1 and a run of "
            f"every model. Received: resamples={resamples}, level={level}, "
            f"runs={', '.join(str(len(seeds)) for seeds in runs)}. Use 1000 and 0.95."
        )


def _all_pairs(
    drawn: Sequence[_Drawn], unlike: Callable[[int, int], int], level: float
) -> list[ModelDifference]:
    """Tests all pairs; `unlike` counts the rows in which two models differ."""
    found = [
        _difference((a, b), (drawn[a], drawn[b]), unlike(a, b), level)
        for a, b in combinations(range(len(drawn)), 2)
    ]
    corrected = holm([one.p for one in found])
    return [
        replace(one, corrected_p=p) for one, p in zip(found, corrected, strict=True)
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """Returns p-values corrected for their number: Holm's step-down procedure.

    Those below a level hold together with an error rate of that level, whatever the
    p-values have to do with each other.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    values = np.asarray(p_values, np.float64)
    order = np.argsort(values, kind="stable")
    factors = np.arange(len(values), 0, -1)
    steps = np.minimum(np.maximum.accumulate(values[order] * factors), 1.0)
    corrected = np.empty_like(values)
    corrected[order] = steps
    return corrected.tolist()


def _drawn(
    scores: Callable[[np.ndarray], np.ndarray],
    seeds: Sequence[int],
    rows: int,
    resamples: int,
    seed: int,
) -> list[_Drawn]:
    """Returns the scores of each model, as observed and resampled.

    `scores` returns those of all runs, `(runs, draws)`, where rows count by weights
    `(draws, rows)`; `seeds` says how many runs each model has.
    """
    observed = scores(np.ones((1, rows), np.float32))[:, 0]
    # Some resamples at a time: of each, one score is kept.
    blocks = map(scores, resampled_weights(rows, resamples, seed))
    resampled = np.hstack(list(blocks))
    ends = np.cumsum(seeds)[:-1]
    parts = zip(np.split(observed, ends), np.split(resampled, ends), strict=True)
    return [_Drawn(*part) for part in parts]


def _difference(
    places: tuple[int, int], drawn: tuple[_Drawn, _Drawn], rows: int, level: float
) -> ModelDifference:
    """Tests one pair; p is not corrected yet.

    Of `rows` that differ no test can say more than that all of them are on one side,
    which happens by chance once in `2 ** (rows - 1)` times; of none, nothing.
    """
    from scipy import stats

    a, b = drawn
    difference = b.mean - a.mean
    by_rows = b.resampled.mean(axis=0) - a.resampled.mean(axis=0)
    of_seeds = [(one.seeds_variance, len(one.observed) - 1) for one in drawn]
    variance = float(by_rows.var(ddof=1)) + sum(part for part, _ in of_seeds)
    doubt = sum(part**2 / freedom for part, freedom in of_seeds if part > 0)
    freedom = variance**2 / doubt if doubt > 0 else inf
    error = sqrt(variance)
    margin = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    distance = abs(difference) / error if error > 0 else inf
    least = 2.0 ** (1 - min(rows, 1000))
    p = min(1.0, max(2 * float(stats.t.sf(distance, freedom)), least))
    ends = difference - margin, difference + margin
    return ModelDifference(*places, difference, *ends, p, p)
