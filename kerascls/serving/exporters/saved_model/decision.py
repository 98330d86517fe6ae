"""From logits to labels in TensorFlow's operations, as `Decision` goes there."""

from typing import TYPE_CHECKING, cast

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.rule import Rule
from kerascls.decision.selection import ROUNDING

if TYPE_CHECKING:
    import tensorflow as tf


def probabilities(
    calibration: Calibration, logits: "tf.Tensor", task: Task
) -> "tf.Tensor":
    """Returns what `Calibration.apply` does; both float32 `(batch, classes)`."""
    import tensorflow as tf

    activation = tf.nn.softmax if task.sums_to_one else tf.sigmoid
    if calibration.kind == "none":
        return activation(logits)
    wide = tf.cast(logits, tf.float64)
    if calibration.kind == "temperature":
        return tf.cast(activation(wide / calibration.temperature), tf.float32)
    fitted = tf.sigmoid(wide * calibration.slopes + calibration.intercepts)
    if calibration.kind == "isotonic":
        weights = np.array(calibration.weights)
        steps = _interpolated(calibration, wide)
        fitted = fitted * (1 - weights) + tf.where(weights > 0, weights * steps, 0.0)
    return tf.cast(fitted, tf.float32)


def chosen_labels(rule: Rule, probabilities: "tf.Tensor") -> "tf.Tensor":
    """Returns what `Rule.apply` does, bool `(batch, classes)`."""
    import tensorflow as tf

    chosen = _chosen(rule, probabilities)
    if rule.min_labels or rule.max_labels is not None:
        counts = tf.math.count_nonzero(chosen, axis=1, dtype=tf.int32)
        most = probabilities.shape[1] if rule.max_labels is None else rule.max_labels
        wanted = tf.clip_by_value(counts, rule.min_labels, most)
        order = likeliest_first(chosen, probabilities)
        chosen = tf.argsort(order) < wanted[:, None]  # the ranks, as below
    return chosen & ~abstained(rule, probabilities)[:, None]


def abstained(rule: Rule, probabilities: "tf.Tensor") -> "tf.Tensor":
    """Returns what `Rule.abstains` does, bool `(batch,)`."""
    import tensorflow as tf

    largest = tf.reduce_max(probabilities, axis=1)
    lowest = -np.inf if rule.abstain_below is None else rule.abstain_below
    return largest < _comparable(lowest)


def likeliest_first(chosen: "tf.Tensor", probabilities: "tf.Tensor") -> "tf.Tensor":
    """Returns the columns of each row, chosen ones first, then by probability.

    They are int32 `(batch, classes)`; of equally likely ones the first comes first.
    """
    import tensorflow as tf

    order = _falling(probabilities)
    left_out = tf.cast(~tf.gather(chosen, order, batch_dims=1), tf.int32)
    return tf.gather(order, tf.argsort(left_out, stable=True), batch_dims=1)


def label_names(
    names: list[str], chosen: "tf.Tensor", probabilities: "tf.Tensor"
) -> tuple["tf.Tensor", "tf.Tensor"]:
    """Returns the names of chosen labels, the likeliest first.

    They are string `(batch, most)`, `""` behind the last one of a row; how many each
    row has is int32 `(batch,)`.
    """
    import tensorflow as tf

    counts = tf.math.count_nonzero(chosen, axis=1, dtype=tf.int32)
    most = tf.reduce_max(tf.concat([[0], counts], 0))
    order = likeliest_first(chosen, probabilities)[:, :most]
    labels = tf.gather(tf.constant(names), order)
    return tf.where(tf.range(most) < counts[:, None], labels, ""), counts


def _comparable(bounds: "np.ndarray | float | None") -> np.ndarray:
    """Returns float32 bounds that TensorFlow does not take for zero.

    Its threads flush subnormal numbers to zero (2.21, x86), so that 0 >= 1e-44 holds.
    """
    bounds = np.asarray(bounds, np.float32)
    return np.where(bounds > 0, np.maximum(bounds, np.finfo(np.float32).tiny), bounds)


def _chosen(rule: Rule, probabilities: "tf.Tensor") -> "tf.Tensor":
    import tensorflow as tf

    if rule.kind == "threshold":
        return probabilities >= _comparable(rule.threshold_of(probabilities.shape[1]))
    if rule.kind == "cumulative":
        return _smallest_sets(probabilities, cast(float, rule.mass))
    if rule.kind == "cost":
        costs = np.array(rule.costs)
        expected = tf.cast(probabilities, tf.float64) @ costs
        least = tf.reduce_min(expected, axis=1, keepdims=True) * (1 + 1e-12)
        probabilities = tf.where(expected <= least, probabilities, -1.0)
    num_labels = rule.k if rule.kind == "top_k" else 1
    # Sorting an order gives the rank of each column.
    return tf.argsort(_falling(probabilities)) < num_labels


def _smallest_sets(probabilities: "tf.Tensor", mass: float) -> "tf.Tensor":
    import tensorflow as tf

    order = _falling(probabilities)
    falling = tf.cast(tf.gather(probabilities, order, batch_dims=1), tf.float64)
    sums = tf.cumsum(falling, axis=1)
    before = tf.concat([tf.zeros_like(sums[:, :1]), sums[:, :-1]], axis=1)
    taken = before < mass * sums[:, -1:] * (1 - ROUNDING)
    return tf.gather(taken, tf.argsort(order), batch_dims=1)


def _falling(probabilities: "tf.Tensor") -> "tf.Tensor":
    import tensorflow as tf

    return tf.argsort(probabilities, direction="DESCENDING", stable=True)


def _interpolated(calibration: Calibration, logits: "tf.Tensor") -> "tf.Tensor":
    """Returns what `numpy.interp` gives for the steps of each label."""
    import tensorflow as tf

    steps = calibration.steps or ()
    most = max(2, *(len(x) for x, _ in steps))
    # Steps go on to infinity, at the height of the last one.
    x = np.full((len(steps), most), np.inf)  # (classes, most)
    y = np.zeros_like(x)
    for row, (logits_of, values) in enumerate(steps):
        x[row, : len(logits_of)] = logits_of
        y[row, : len(values)] = values
        y[row, len(values) :] = values[-1] if values else 0.0
    columns = tf.transpose(logits)  # (classes, batch)
    right = tf.searchsorted(tf.constant(x), columns, side="right")
    left = tf.maximum(right - 1, 0)
    right = tf.minimum(left + 1, most - 1)

    x_left, x_right, y_left, y_right = (
        tf.gather(tf.constant(table), indices, batch_dims=1)
        for table in (x, y)
        for indices in (left, right)
    )
    slope = tf.math.divide_no_nan(y_right - y_left, x_right - x_left)
    inside = slope * (tf.maximum(columns, x_left) - x_left) + y_left
    return tf.transpose(inside)  # (batch, classes)
