"""Platt scaling of all labels at once: Newton's method, vectorised over labels."""

import numpy as np

from kerascls.decision.activations import sigmoid

_MAX_STEPS = 50
_MAX_HALVINGS = 30
_SMALL_GRADIENT = 1e-7
# Added to the curvature, so that logits that are all alike have a solution.
_RIDGE = 1e-9
# The least slope, of logits with deviation 1: never 0, so order is kept.
_MIN_SLOPE = 1e-3
_ALIKE = 1e-7


def fit_platt(targets: np.ndarray, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fits probability = sigmoid(slope x logit + intercept) to each label.

    Targets are Platt's: (n + 1) / (n + 2) for the n true rows of a label and
    1 / (m + 2) for the m others. So the best slope is finite where the logits part
    true from false without a fault. Steps that do not lower the loss enough are
    halved, as Lin et al. do it. Unlike there the slope is kept above 0: where false
    rows have the higher logits, it is the smallest that keeps the order.

    Args:
        targets: bool `(rows, labels)`; each label is true and false somewhere.
        logits: float `(rows, labels)`.

    Returns:
        Slopes and intercepts, float64 `(labels,)`.

    References:
        Platt: "Probabilistic outputs for support vector machines" (1999).
        Lin, Lin, Weng: "A note on Platt's probabilistic outputs for support vector
        machines" (2007).
    """
    logits = np.asarray(logits, np.float64)
    standard, center, scale = _standardised(logits)
    true = targets.sum(axis=0)
    false = len(targets) - true
    wanted = np.where(targets, (true + 1) / (true + 2), 1 / (false + 2))
    start = np.stack([np.zeros(len(true)), np.log((true + 1) / (false + 1))])
    fitted = _newton(wanted, standard, start, np.ones(len(true), np.bool_))
    falling = fitted[0] < _MIN_SLOPE
    if falling.any():
        start[0] = _MIN_SLOPE
        fixed = np.zeros(falling.sum(), np.bool_)
        fitted[:, falling] = _newton(
            wanted[:, falling], standard[:, falling], start[:, falling], fixed
        )
    slopes = fitted[0] / scale
    return slopes, fitted[1] - slopes * center


def _standardised(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns logits of mean 0 and deviation 1, the means and the deviations."""
    center = logits.mean(axis=0)
    standard = logits - center
    # Divided first, for the square of a large logit is infinite.
    largest = np.abs(standard).max(axis=0)
    standard /= np.where(largest > 0, largest, 1)
    spread = standard.std(axis=0)
    # Where all logits are one, what is left of them is rounding.
    alike = spread < _ALIKE
    standard[:, alike] = 0
    standard /= np.where(alike, 1, spread)
    return standard, center, np.where(alike, np.abs(center) + 1, largest * spread)


def _newton(
    wanted: np.ndarray, logits: np.ndarray, start: np.ndarray, free_slope: np.ndarray
) -> np.ndarray:
    """Minimises the logistic loss; float64 `(2, labels)`: slopes, intercepts."""
    fitted = start.copy()
    active = np.arange(start.shape[1])
    for _ in range(_MAX_STEPS):
        x, t = logits[:, active], wanted[:, active]
        step, gradient = _newton_step(t, x, fitted[:, active], free_slope[active])
        moving = np.abs(gradient).max(axis=0) > _SMALL_GRADIENT
        if not moving.any():
            break
        active, x, t = active[moving], x[:, moving], t[:, moving]
        step, gradient = step[:, moving], gradient[:, moving]
        moved, ok = _line_search(t, x, fitted[:, active], step, gradient)
        fitted[:, active] = moved
        # No step lowers the loss: as good as floats can tell.
        active = active[ok]
        if not len(active):
            break
    return fitted


def _newton_step(
    wanted: np.ndarray, logits: np.ndarray, at: np.ndarray, free_slope: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    probabilities = sigmoid(logits * at[0] + at[1])
    error = (probabilities - wanted) / len(logits)
    curve = probabilities * (1 - probabilities) / len(logits)
    gradient = np.stack([(error * logits).sum(axis=0) * free_slope, error.sum(axis=0)])
    slope_slope = (curve * logits**2).sum(axis=0) + _RIDGE
    slope_slope = np.where(free_slope, slope_slope, 1.0)
    slope_shift = (curve * logits).sum(axis=0) * free_slope
    shift_shift = curve.sum(axis=0) + _RIDGE
    determinant = slope_slope * shift_shift - slope_shift**2
    step = np.stack(
        [
            slope_shift * gradient[1] - shift_shift * gradient[0],
            slope_shift * gradient[0] - slope_slope * gradient[1],
        ]
    )
    return step / determinant, gradient


def _line_search(
    wanted: np.ndarray,
    logits: np.ndarray,
    at: np.ndarray,
    step: np.ndarray,
    gradient: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Halves the steps of labels until their loss falls; where, and if, it fell."""
    before = _loss(wanted, logits, at)
    slope = (gradient * step).sum(axis=0)
    length = np.ones(at.shape[1])
    todo = np.arange(at.shape[1])
    for _ in range(_MAX_HALVINGS):
        tried = at[:, todo] + length[todo] * step[:, todo]
        loss = _loss(wanted[:, todo], logits[:, todo], tried)
        enough = loss <= before[todo] + 1e-4 * length[todo] * slope[todo]
        todo = todo[~enough]
        if not len(todo):
            break
        length[todo] /= 2
    length[todo] = 0
    return at + length * step, length > 0


def _loss(wanted: np.ndarray, logits: np.ndarray, at: np.ndarray) -> np.ndarray:
    combined = logits * at[0] + at[1]
    return (np.logaddexp(0, combined) - wanted * combined).mean(axis=0)
