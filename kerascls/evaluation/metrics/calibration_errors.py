"""How far probabilities are from the frequencies they promise."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.checks import check_probabilities


@dataclass(frozen=True, eq=False)
class Reliability:
    """The points of a reliability diagram.

    Args:
        confidence: float64 `(bins,)`, mean probability in each bin; NaN in an empty
            one.
        frequency: float64 `(bins,)`, share that is true there; NaN in an empty one.
        counts: int64 `(bins,)`.
    """

    confidence: np.ndarray
    frequency: np.ndarray
    counts: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of the two, weighted by counts.

        References:
            Naeini et al. 2015, Obtaining well calibrated probabilities using Bayesian
            binning.
        """
        distance = np.abs(np.nan_to_num(self.confidence - self.frequency))
        return float(distance @ self.counts / self.counts.sum())


def reliability(
    targets: np.ndarray,
    probabilities: np.ndarray,
    bins: int = 15,
    *,
    task: Task | str = Task.MULTILABEL,
) -> Reliability:
    """Sorts probabilities into bins of equal width and looks how often they are right.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true, or for
            distributions float, their shares: then it is these whose means are
            compared with those of the probabilities.
        probabilities: float `(rows, num_classes)`, from 0 to 1.
        bins: How many; a probability on an edge belongs to the lower one.
        task: `"multiclass"` looks at the likeliest label of each row, others at every
            cell.

    Raises:
        SettingsError: When the arrays do not fit each other or bins is below 1.
        NotFiniteError: When a probability is not a finite number.

    References:
        Guo et al. 2017, On calibration of modern neural networks,
        https://arxiv.org/abs/1706.04599 (for the likeliest label).
    """
    _check(targets, probabilities, bins)
    if Task(task).has_one_label:
        top = probabilities.argmax(axis=1)[:, None]  # (rows, 1)
        targets = np.take_along_axis(targets, top, axis=1)
        probabilities = np.take_along_axis(probabilities, top, axis=1)
    sums = [_bin_sums(t, p, bins) for t, p in _columns(targets, probabilities)]
    return _from_sums(np.sum(sums, axis=0))


def label_calibration_errors(
    targets: np.ndarray, probabilities: np.ndarray, bins: int = 15
) -> np.ndarray:
    """Returns the expected calibration error of each label, float64 `(num_classes,)`.

    It takes what `reliability` does.
    """
    _check(targets, probabilities, bins)
    sums = [_bin_sums(t, p, bins) for t, p in _columns(targets, probabilities)]
    return np.array([_from_sums(one).error for one in sums])


def brier_score(
    targets: np.ndarray,
    probabilities: np.ndarray,
    *,
    task: Task | str = Task.MULTILABEL,
) -> float:
    """Returns the mean squared distance of probabilities from what is true.

    Args:
        targets: bool `(rows, num_classes)`, or float shares.
        probabilities: float `(rows, num_classes)`.
        task: `"multiclass"` and `"distribution"` sum over the labels of a row, as Brier
            did (from 0 to 2); `"multilabel"` takes the mean over them (from 0 to 1).

    References:
        Brier 1950, Verification of forecasts expressed in terms of probability.
    """
    mean = float(label_brier_scores(targets, probabilities).mean())
    return mean * targets.shape[1] if Task(task).sums_to_one else mean


def label_brier_scores(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the Brier score of each label by itself, float64 `(num_classes,)`.

    Args:
        targets: bool `(rows, num_classes)`.
        probabilities: float `(rows, num_classes)`.
    """
    check_probabilities(targets, probabilities)
    # Column by column: a difference of all cells in float64 may not fit in memory.
    squares = (
        np.square(p.astype(np.float64) - t) for t, p in _columns(targets, probabilities)
    )
    return np.array([square.mean() for square in squares])


def _columns(
    targets: np.ndarray, probabilities: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    return zip(targets.T, probabilities.T, strict=True)


def _bin_sums(target: np.ndarray, probability: np.ndarray, bins: int) -> np.ndarray:
    """Returns counts, sum of probabilities and hits, float64 `(3, bins)`."""
    edges = np.linspace(0, 1, bins + 1)
    probability = probability.astype(np.float64)
    indices = np.searchsorted(edges[1:-1], probability)
    weights = (None, probability, target.astype(np.float64))
    return np.stack([np.bincount(indices, weight, bins) for weight in weights])


def _from_sums(sums: np.ndarray) -> Reliability:
    counts, probabilities, hits = sums
    with np.errstate(invalid="ignore"):
        return Reliability(
            probabilities / counts, hits / counts, counts.astype(np.int64)
        )


def _check(targets: np.ndarray, probabilities: np.ndarray, bins: int) -> None:
    check_probabilities(targets, probabilities)
    if bins < 1:
        raise SettingsError(
            f"Expected at least one bin. Received: bins={bins}. Use 15."
        )
    if probabilities.min() < 0 or probabilities.max() > 1:
        raise SettingsError(
            f"Expected probabilities from 0 to 1. Received: from "
            f"{probabilities.min():.4g} to {probabilities.max():.4g}. Turn logits into "
            f"probabilities first."
        )
