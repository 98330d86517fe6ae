"""Probabilities of several classifiers made one: a weighted mean, and its weights.

References:
    - Yao, Vehtari, Simpson, Gelman 2018, Using stacking to average Bayesian predictive
      distributions: weights of the largest mean log score on rows that no classifier
      learned from, a concave problem on the simplex.
    - Caruana, Niculescu-Mizil, Crew, Ksikes 2004, Ensemble selection from libraries of
      models: greedy forward selection with replacement. Deviations: every candidate may
      come first, nothing is bagged.
"""

from collections.abc import Callable, Sequence

import numpy as np

from kerascls.data.labels import Task

# Isotonic calibration says 0 and 1, of which there is no logarithm.
LEAST = 1e-12
GREEDY_STEPS = 25


def mix(probabilities: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """Returns the weighted mean of probabilities, float64 `(rows, num_classes)`.

    Args:
        probabilities: float `(rows, num_classes)` of each classifier.
        weights: One for each, from 0 on; they sum to 1.
    """
    mean = np.zeros(probabilities[0].shape, np.float64)
    for one, weight in zip(probabilities, weights, strict=True):
        if weight:
            mean += weight * one.astype(np.float64)
    return mean


def logits_of(mean: np.ndarray, task: Task) -> np.ndarray:
    """Returns the logits of probabilities, float32 `(rows, num_classes)`.

    Their softmax (where a row sums to 1) or sigmoid (multilabel) is the mean again,
    with numbers below `LEAST` taken for it.
    """
    if task.sums_to_one:
        return np.log(np.maximum(mean, LEAST)).astype(np.float32)
    inside = np.clip(mean, LEAST, 1 - LEAST)
    return (np.log(inside) - np.log1p(-inside)).astype(np.float32)


def likelihoods(
    targets: np.ndarray, probabilities: Sequence[np.ndarray], task: Task
) -> np.ndarray:
    """Returns how likely each classifier held what is true.

    Args:
        targets: bool `(rows, num_classes)`; of multiclass, rows without a known label
            are left out.
        probabilities: float `(rows, num_classes)` of each classifier.
        task: What a row's labels mean.

    Returns:
        float64 `(classifiers, outcomes)`, at least `LEAST`. An outcome is a row, for
        multilabel a label of a row.
    """
    if task.has_one_label:
        rows = np.flatnonzero(targets.any(axis=1))
        true = targets[rows].argmax(axis=1)
        likely = np.array([one[rows, true] for one in probabilities], np.float64)
    else:
        likely = np.array(
            [np.where(targets, one, 1 - one).ravel() for one in probabilities],
            np.float64,
        )
    return np.maximum(likely, LEAST)


def log_loss(targets: np.ndarray, mean: np.ndarray, task: Task) -> float:
    """Returns the mean of -log of how likely an outcome was held, NaN without any."""
    likely = likelihoods(targets, [mean], task)
    return -float(np.log(likely).mean()) if likely.size else float("nan")


def fit_weights(likely: np.ndarray) -> np.ndarray:
    """Returns the weights of the mean with the smallest log loss.

    Args:
        likely: float64 `(classifiers, outcomes)`, above 0, with an outcome or more.

    Returns:
        float64 `(classifiers,)`, none below 0, sum 1.
    """
    from scipy.optimize import minimize

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        mean = np.maximum(weights @ likely, np.finfo(np.float64).tiny)
        return -np.log(mean).mean(), -(likely @ (1 / mean)) / likely.shape[1]

    equal = np.full(len(likely), 1 / len(likely))
    found = minimize(
        loss,
        equal,
        jac=True,
        method="SLSQP",
        bounds=[(0, 1)] * len(likely),
        constraints={
            "type": "eq",
            "fun": lambda weights: weights.sum() - 1,
            "jac": np.ones_like,
        },
        options={"ftol": 1e-10, "maxiter": 500},
    )
    weights = np.clip(found.x, 0, None)
    weights = _improved(weights / weights.sum(), likely)
    return weights if loss(weights)[0] <= loss(equal)[0] else equal


def _improved(weights: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Goes on by expectation-maximization, which never makes the loss larger.

    Until no weight can lower the loss by more than 1e-7, as far as the gradient says.
    """
    for _ in range(100):
        gain = likely @ (1 / (weights @ likely)) / likely.shape[1]
        if gain.max() <= 1 + 1e-7:
            break
        weights = weights * gain
        weights /= weights.sum()
    return weights


def select_greedily(
    probabilities: Sequence[np.ndarray],
    score: Callable[[np.ndarray], tuple[float, ...]],
    steps: int = GREEDY_STEPS,
) -> np.ndarray:
    """Adds one classifier after the other to a mean, each as often as it helps most.

    Args:
        probabilities: float `(rows, num_classes)` of each classifier.
        score: Of a mean, float64 `(rows, num_classes)`; the larger the better.
        steps: How many are added.

    Returns:
        float64 `(classifiers,)`, how often each is in the best mean on the way, over
        its size: the weights.
    """
    counts = np.zeros(len(probabilities), np.int64)
    total = np.zeros(probabilities[0].shape, np.float64)
    best_score: tuple[float, ...] = ()
    best = counts
    for size in range(1, steps + 1):
        scores = [score((total + one) / size) for one in probabilities]
        chosen = max(range(len(scores)), key=scores.__getitem__)
        total += probabilities[chosen]
        counts = counts.copy()
        counts[chosen] += 1
        if not best_score or scores[chosen] > best_score:
            best, best_score = counts, scores[chosen]
    return best / best.sum()
