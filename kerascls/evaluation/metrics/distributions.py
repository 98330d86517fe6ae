"""How far predicted distributions are from true ones.

Zeros: 0 log 0 is 0; a predicted share below `LEAST` counts as that in the
Kullback-Leibler divergence alone, which would be infinite; a quotient 0 / 0 of Clark
and Canberra is 0. Labels that training lacked are predicted with 0, so they cost what a
share of `LEAST` does.

References:
    - Geng 2016, Label Distribution Learning, https://arxiv.org/abs/1408.6027, table 1:
      all but Jensen-Shannon and the top label.
    - Lin 1991, Divergence measures based on the Shannon entropy (Jensen-Shannon).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.selection import smallest_sets
from kerascls.errors import NotFiniteError, SettingsError
from kerascls.evaluation.metrics.bootstrap import Difference
from kerascls.evaluation.metrics.resampling import resampled_weights
from kerascls.evaluation.metrics.scores import Scores, score

LEAST = 1e-7
# Sums of float32 weights.
_ROUNDING = 1e-3
MASSES = (*np.arange(50, 100, 5).tolist(), 99)  # percent


def kl(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns the Kullback-Leibler divergence of each row, in nats, from 0 on."""
    return _divergence(truth, np.maximum(predicted, LEAST))


def jensen_shannon(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns the Jensen-Shannon divergence of each row, in nats, 0 to ln 2."""
    middle = (truth + predicted) / 2
    return (_divergence(truth, middle) + _divergence(predicted, middle)) / 2


def cosine(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns the cosine of the angle between both, 0 to 1 for equal ones."""
    lengths = np.linalg.norm(truth, axis=1) * np.linalg.norm(predicted, axis=1)
    return (truth * predicted).sum(axis=1) / np.maximum(lengths, np.finfo(float).tiny)


def intersection(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns the sum of the smaller share of each label, 0 to 1 for equal ones."""
    return np.minimum(truth, predicted).sum(axis=1)


def chebyshev(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns the largest difference of the shares of a label, 0 to 1."""
    return np.abs(truth - predicted).max(axis=1)


def clark(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns the root of the sum of squared quotients, difference over sum."""
    return np.sqrt(np.square(_quotients(truth, predicted)).sum(axis=1))


def canberra(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns the sum of absolute quotients, difference over sum."""
    return np.abs(_quotients(truth, predicted)).sum(axis=1)


def top_1(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Returns whether the likeliest label has the largest true share, 0 or 1.

    Of equally large true shares any is right.
    """
    column = predicted.argmax(axis=1)[:, None]
    share = np.take_along_axis(truth, column, axis=1)[:, 0]
    return (share >= truth.max(axis=1)).astype(np.float64)


# Those of `kerascls.settings.training.DISTANCES`, each with its name for people.
MEASURES: dict[str, tuple[Callable[[np.ndarray, np.ndarray], np.ndarray], str]] = {
    "kl": (kl, "KL"),
    "jensen_shannon": (jensen_shannon, "Jensen-Shannon"),
    "cosine": (cosine, "cosine"),
    "intersection": (intersection, "intersection"),
    "chebyshev": (chebyshev, "Chebyshev"),
    "clark": (clark, "Clark"),
    "canberra": (canberra, "Canberra"),
    "top_1": (top_1, "top-1"),
}
TITLES = {name: title for name, (_, title) in MEASURES.items()}


def row_distances(truth: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    """Returns all measures of each row by name, float64 `(rows,)`.

    Args:
        truth: float `(rows, num_classes)`, shares that sum to 1 in each row.
        predicted: Probabilities of the same shape, which sum to 1 over the labels that
            the classifier knows.

    Raises:
        SettingsError: When the shapes differ, or rows do not sum to 1.
        NotFiniteError: When a probability is not a finite number.
    """
    truth, predicted = (np.asarray(one, np.float64) for one in (truth, predicted))
    _check(truth, predicted)
    return {name: measure(truth, predicted) for name, (measure, _) in MEASURES.items()}


def distances(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Returns the mean of each of `row_distances` over the rows."""
    by_row = row_distances(truth, predicted)
    return {name: float(values.mean()) for name, values in by_row.items()}


def task_scores(
    task: Task,
    truth: np.ndarray,
    probabilities: np.ndarray,
    chosen: np.ndarray,
    labels: Iterable[str],
) -> Scores:
    """Returns the scores of a task.

    Args:
        task: What a row's labels mean.
        truth: bool `(rows, labels)`, or where labels have weights float: then a label
            of a row is one of weight above 0, and there are distances too.
        probabilities: float `(rows, labels)`.
        chosen: bool `(rows, labels)`, the labels that were given.
        labels: Names of the columns.
    """
    if not task.has_weights:
        return score(truth, chosen, labels)
    scores = score(truth > 0, chosen, labels)
    return replace(scores, distances=distances(truth, probabilities))


def compared_means(
    a: Mapping[str, np.ndarray],
    b: Mapping[str, np.ndarray],
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Difference]:
    """Tests by the paired bootstrap whether means over the same rows differ.

    Args:
        a: By name a value of each row, `(rows,)`, as `row_distances` returns them.
        b: The same of another; differences are `b - a`.
        resamples: How often rows are drawn.
        level: Share of resamples between the ends of intervals.
        seed: Of the drawing.
    """
    means = np.stack([(a[name].mean(), b[name].mean()) for name in a])  # (names, 2)
    change = np.stack([b[name] - a[name] for name in a], axis=1)  # (rows, names)
    drawn = _drawn_means(change, resamples, seed)
    ends = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2), axis=0)
    sides = np.stack([(drawn <= 0).sum(axis=0), (drawn >= 0).sum(axis=0)]).min(axis=0)
    p = np.minimum(1.0, 2 * (sides + 1) / (resamples + 1))
    rows = zip(*means.T, means[:, 1] - means[:, 0], *ends, p, strict=True)
    return {
        name: Difference(*map(float, row)) for name, row in zip(a, rows, strict=True)
    }


def mean_intervals(
    values: Mapping[str, np.ndarray],
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Returns bootstrap intervals of means over rows; see `compared_means`."""
    drawn = _drawn_means(np.stack([*values.values()], axis=1), resamples, seed)
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2), axis=0)
    return dict(zip(values, zip(low.tolist(), high.tolist(), strict=True), strict=True))


@dataclass(frozen=True)
class MassRow:
    """What giving the fewest labels that reach a mass misses.

    Args:
        mass: The share of all probability that they reach.
        labels: How many labels a row gets, on average.
        missed_mass: Share of the true distribution that is on other labels, on
            average: the observed error.
        expected_mass: Share of the predicted distribution that is on other labels, on
            average: the error that the probabilities promise, at most 1 - mass.
        missed_top: Share of rows that do not get a label of the largest true share.
    """

    mass: float
    labels: float
    missed_mass: float
    expected_mass: float
    missed_top: float


def mass_rows(truth: np.ndarray, probabilities: np.ndarray) -> tuple[MassRow, ...]:
    """Returns what is missed at each of `MASSES`.

    Args:
        truth: float `(rows, labels)`, shares that sum to 1 in each row.
        probabilities: float `(rows, labels)`.
    """
    truth, shares = (np.asarray(one, np.float64) for one in (truth, probabilities))
    is_top = truth >= truth.max(axis=1, keepdims=True)
    rows = []
    for percent in MASSES:
        chosen = smallest_sets(probabilities, percent / 100)
        rows.append(
            MassRow(
                mass=percent / 100,
                labels=float(chosen.sum(axis=1).mean()),
                missed_mass=float(np.where(chosen, 0, truth).sum(axis=1).mean()),
                expected_mass=float(np.where(chosen, 0, shares).sum(axis=1).mean()),
                missed_top=float(1 - (chosen & is_top).any(axis=1).mean()),
            )
        )
    return tuple(rows)


def _divergence(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the sum of first log(first / second), 0 where first is 0."""
    there = first > 0
    quotients = np.divide(first, second, out=np.ones_like(first), where=there)
    # Of nearly equal rows rounding may leave less than 0.
    return np.maximum((first * np.log(quotients)).sum(axis=1), 0)


def _quotients(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    sums = truth + predicted
    return np.divide(truth - predicted, sums, out=np.zeros_like(sums), where=sums > 0)


def _drawn_means(values: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Returns means over rows drawn with replacement, `(resamples, columns)`."""
    blocks = resampled_weights(len(values), resamples, seed)
    return np.vstack([block @ values for block in blocks]) / len(values)


def _check(truth: np.ndarray, predicted: np.ndarray) -> None:
    if truth.shape != predicted.shape or truth.ndim != 2 or not all(truth.shape):
        raise SettingsError(
            f"Expected distributions of one shape, (rows, labels), neither of them 0. "
            f"Received: truth {truth.shape}, predicted {predicted.shape}. Labels "
            f"unseen in training are added with `pad_columns`."
        )
    if not np.isfinite(predicted).all():
        raise NotFiniteError(
            f"Every probability must be a finite number. Received: NaN or infinity in "
            f"{np.count_nonzero(~np.isfinite(predicted))} of {predicted.size} cells. "
            f"The training has probably diverged: lower the learning rate, or train in "
            f"float32."
        )
    for name, rows in (("truth", truth), ("predicted", predicted)):
        sums = rows.sum(axis=1)
        odd = (rows.min() < 0) | (np.abs(sums - 1) > _ROUNDING)
        if odd.any():
            first = int(np.argmax(odd))
            raise SettingsError(
                f"Expected shares from 0 on that sum to 1 in each row. Received: "
                f"{name}[{first}] with the sum {sums[first]:.4g}, and the least share "
                f"{rows.min():.4g}. Divide each row by its sum."
            )
