"""Losses for skewed labels: rows to try them on, formulas in float64, gradients."""

import json
import sys

import keras
import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.settings.imbalance import METHODS, ImbalanceSettings
from kerascls.system.tables import named

LOGITS = np.array(
    [
        [2.0, -1.0, 0.5, -3.0],
        [-3.0, 0.25, 1.0, 0.5],
        [0.1, 4.0, -0.5, -2.5],
        [-6.0, -4.0, -1.5, -2.0],
    ],
    np.float32,
)
# One label is very sure, and right in two rows, wrong in two.
SURE = np.array(
    [[80, -80, 2, -3], [-80, 80, 1, 0], [80, 1, 0, -80], [-80, 1, 80, 0.5]], np.float32
)
ONE_LABEL = np.array(
    [[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], np.float32
)
SEVERAL = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0]], np.float32)
TARGETS = {Task.MULTICLASS: ONE_LABEL, Task.MULTILABEL: SEVERAL}
# The last label has no row.
COUNTS = {
    Task.MULTICLASS: LabelCounts(100, np.array([70, 25, 5, 0])),
    Task.MULTILABEL: LabelCounts(100, np.array([60, 20, 3, 0])),
}
EQUAL = {
    Task.MULTICLASS: LabelCounts(100, np.array([25, 25, 25, 25])),
    Task.MULTILABEL: LabelCounts(100, np.array([50, 50, 50, 50])),
}
CASES = [
    (name, task)
    for name, row in METHODS.items()
    for task in row.tasks
    if task in LABEL_TASKS
]


def loss_of(name, task, counts=None, label_smoothing=0.0, **parameters):
    """Returns a method's loss."""
    settings = ImbalanceSettings(method=name, **parameters)
    make = named(METHODS[name].loss)
    return make(task, counts or COUNTS[task], settings, label_smoothing)


def value_and_gradient(loss, targets, logits) -> tuple[float, np.ndarray]:
    """Returns the sum over rows, and its gradient by the logits."""
    logits = keras.ops.convert_to_tensor(logits)
    if keras.backend.backend() == "jax":
        import jax

        value, gradient = jax.value_and_grad(lambda z: loss(targets, z))(logits)
    else:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(logits)
            value = loss(targets, logits)
        gradient = tape.gradient(value, logits)
    return float(value), keras.ops.convert_to_numpy(gradient)


def differences(function, logits, step=1e-6) -> np.ndarray:
    """Returns the gradient of a float64 function by finite differences."""
    logits = logits.astype(np.float64)
    found = np.zeros_like(logits)
    for place in np.ndindex(*logits.shape):
        moved = np.zeros_like(logits)
        moved[place] = step
        found[place] = (function(logits + moved) - function(logits - moved)) / step / 2
    return found


def odds_of(task, z):
    """Returns p and 1 - p in float64, exact for logits up to some hundreds."""
    if task is Task.MULTILABEL:
        return 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))
    e = np.exp(z - z.max(axis=1, keepdims=True))
    others = e @ (1 - np.eye(e.shape[1]))
    total = e.sum(axis=1, keepdims=True)
    return e / total, others / total


def smooth(task, y, share):
    return (1 - share) * y + share / (2 if task is Task.MULTILABEL else y.shape[1])


def plain(task, y, z, smoothing, positive=1.0, negative=1.0):
    """Cross-entropy with weights of what is true."""
    p, q = odds_of(task, z)
    t = smooth(task, y, smoothing)
    if task is Task.MULTICLASS:
        return (y * positive).sum(axis=1) * -(t * np.log(p)).sum(axis=1)
    weights = np.where(y > 0.5, positive, negative)
    return (weights * -(t * np.log(p) + (1 - t) * np.log(q))).mean(axis=1)


def by_label(task, n, weights):
    if task is Task.MULTICLASS:
        return weights * n.sum() / (n * weights).sum()
    return weights / weights.mean()


def class_weight(task, n, rows, s, y, z, smoothing):
    weights = 1 / np.maximum(n, 1) ** s.weight_power
    weights = by_label(task, n, np.minimum(weights, s.max_weight * weights.min()))
    return plain(task, y, z, smoothing, weights, weights)


def pos_weight(task, n, rows, s, y, z, smoothing):
    yes = np.minimum(((rows - n) / np.maximum(n, 1)) ** s.weight_power, s.max_weight)
    mean = ((n * yes).sum() + (rows - n).sum()) / (rows * len(n))
    return plain(task, y, z, smoothing, yes / mean, 1 / mean)


def class_balanced(task, n, rows, s, y, z, smoothing):
    beta = s.class_balanced_beta
    weights = by_label(task, n, (1 - beta) / (1 - beta ** np.maximum(n, 1)))
    return plain(task, y, z, smoothing, weights, weights)


def focal(task, n, rows, s, y, z, smoothing):
    (p, q), t, gamma = odds_of(task, z), smooth(task, y, smoothing), s.focal_gamma
    if task is Task.MULTICLASS:
        return -(t * q**gamma * np.log(p)).sum(axis=1)
    a, b = 1.0, 1.0
    if s.focal_alpha is not None:
        a, b = s.focal_alpha, 1 - s.focal_alpha
        mean = (a * n.sum() + b * (rows - n).sum()) / (rows * len(n))
        a, b = a / mean, b / mean
    terms = a * t * q**gamma * np.log(p) + b * (1 - t) * p**gamma * np.log(q)
    return -terms.mean(axis=1)


def asymmetric(task, n, rows, s, y, z, smoothing):
    (p, q), t = odds_of(task, z), smooth(task, y, smoothing)
    plus, minus = s.gamma_positive, s.gamma_negative
    if task is Task.MULTICLASS:
        return -(t * np.where(y > 0.5, q**plus, p**minus) * np.log(p)).sum(axis=1)
    m = s.negative_margin
    shifted = np.maximum(p - m, 0)
    rest = np.minimum(q + m, 1)
    terms = t * q**plus * np.log(p) + (1 - t) * shifted**minus * np.log(rest)
    return -terms.mean(axis=1)


def distribution_balanced(task, n, rows, s, y, z, smoothing):
    t, share = smooth(task, y, smoothing), (n + 0.5) / (rows + 1)
    one = 1 / np.maximum(n, 1)
    with np.errstate(divide="ignore", over="ignore"):
        ratio = one / (y @ one)[:, None]
        weights = s.map_alpha + 1 / (1 + np.exp(-s.map_beta * (ratio - s.map_mu)))
    z = z - s.bias_kappa * np.log(1 / share - 1)
    scale, gamma = s.negative_scale, s.focal_gamma
    (p, q), (p_no, q_no) = odds_of(task, z), odds_of(task, scale * z)
    terms = t * q**gamma * np.log(p) + (1 - t) * p_no**gamma * np.log(q_no) / scale
    return -(weights * terms).mean(axis=1)


def logit_adjustment(task, n, rows, s, y, z, smoothing):
    share = (n + 0.5) / (rows + 1)
    if task is Task.MULTILABEL:
        share = share / (1 - share)
    return plain(task, y, z + s.logit_tau * np.log(share), smoothing)


def ldam(task, n, rows, s, y, z, smoothing):
    fewest = n[n > 0].min()
    margins = s.ldam_margin * np.minimum(fewest / np.maximum(n, 1), 1) ** 0.25
    z = z - y * margins
    if task is Task.MULTILABEL:
        z = z + (1 - y) * s.ldam_margin * (fewest / (rows - n)) ** 0.25
    return plain(task, y, z, smoothing)


def zlpr(task, n, rows, s, y, z, smoothing):
    t = smooth(task, y, smoothing)
    yes, no = (t * np.exp(-z)).sum(axis=1), ((1 - t) * np.exp(z)).sum(axis=1)
    return np.log1p(yes) + np.log1p(no)


def unweighted(task, n, rows, s, y, z, smoothing):
    return plain(task, y, z, smoothing)


# What is a sampler's task has the plain loss.
FORMULAS = {name: unweighted for name in METHODS} | {
    function.__name__: function
    for function in (
        *(class_weight, pos_weight, class_balanced, focal, asymmetric),
        *(distribution_balanced, logit_adjustment, ldam, zlpr),
    )
}


def formula(name, task, targets, label_smoothing=0.0, **parameters):
    """Returns the sum over rows of a method's formula, as a function of logits."""
    settings = ImbalanceSettings(method=name, **parameters)
    counts = COUNTS[task]

    def total(logits):
        numbers = counts.positives, counts.num_rows, settings
        y, z = targets.astype(np.float64), logits.astype(np.float64)
        rows = FORMULAS[name](task, *numbers, y, z, label_smoothing)
        return rows.sum()

    return total


def all_gradients() -> dict[str, list]:
    """Returns value and gradient of every loss, as plain JSON types."""
    found = {}
    for name, task in CASES:
        loss = loss_of(name, task, label_smoothing=0.1)
        value, gradient = value_and_gradient(loss, TARGETS[task], LOGITS)
        found[f"{name} {task}"] = [value, gradient.tolist()]
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps([keras.backend.backend(), all_gradients()]) + "\n")
