"""Lazy Adam for tables: rows that a batch does not have stay as they are.

Adam moves every row in every step, also those without a gradient, by what remains of
their momentum. For a table of a hundred thousand rows, of which a batch has some
hundreds, that is nearly all of the step. The lazy form leaves a row as it is, its
moments and its decay too, wherever its gradient is zero. That is another rule than
Adam's, with other results: moments do not fade between two batches that have the row,
and a rare row takes larger steps. As in Adam the correction of moments that began at
zero counts all updates, not those of the row.

The rule asks for nothing but the gradient, so it is the same on any backend, in any
number of pieces and on any number of devices. TensorFlow alone says which rows a
gradient has, and is fast where it does.

References:
    - `tfa.optimizers.LazyAdam`, `torch.optim.SparseAdam`
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

if TYPE_CHECKING:
    import tensorflow as tf

# From weights, both moments and the gradient to new weights and moments.
Rule = Callable[[Any, Any, Any, Any], tuple[Any, Any, Any]]


def is_lazy(variable: keras.Variable) -> bool:
    """Whether the layer of a variable says that it may be updated like this."""
    return getattr(variable, "lazy_rows", False)


def adam_rule(
    rate: Any, decay: Any, betas: tuple[float, float], update: Any, epsilon: float
) -> Rule:
    """Returns how AdamW moves weights that have a gradient.

    Args:
        rate: float32 `()`.
        decay: float32 `()`, share of the weights that is lost, the rate included.
        betas: What stays of each moment.
        update: float32 `()`, the number of this update, from 1 on.
        epsilon: Added to the root of the second moment.
    """
    keep_first, keep_second = betas
    scale = rate * ops.sqrt(1 - keep_second**update) / (1 - keep_first**update)

    def move(weights: Any, first: Any, second: Any, gradient: Any) -> tuple:
        first = first + (gradient - first) * (1 - keep_first)
        second = second + (ops.square(gradient) - second) * (1 - keep_second)
        step = scale * first / (ops.sqrt(second) + epsilon)
        return weights * (1 - decay) - step, first, second

    return move


def update_rows(rule: Rule, variables: tuple[keras.Variable, ...], grad: Any) -> None:
    """Applies a rule to those rows whose gradient is not zero.

    Args:
        rule: What becomes of a row.
        variables: The table and its two moments, float32 `(rows, width)`.
        grad: Of the same shape, or rows of it as `summed_rows` returns them.
    """
    if is_rows(grad):
        import tensorflow as tf

        tables = [variable.value for variable in variables]
        weights, first, second = (tf.gather(table, grad.indices) for table in tables)
        moved_rows = rule(weights, first, second, grad.values)
        for table, moved in zip(tables, moved_rows, strict=True):
            table.scatter_update(tf.IndexedSlices(moved, grad.indices))
        return
    has_gradient = ops.any(ops.not_equal(grad, 0), axis=1, keepdims=True)  # (rows, 1)
    before = [ops.convert_to_tensor(variable) for variable in variables]
    weights, first, second = before
    after = rule(weights, first, second, grad)
    for variable, old, new in zip(variables, before, after, strict=True):
        variable.assign(ops.where(has_gradient, new, old))


def is_rows(gradient: Any) -> bool:
    """Whether a gradient is some rows of a table, as TensorFlow gives them."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return isinstance(gradient, tf.IndexedSlices)


def summed_rows(slices: "tf.IndexedSlices") -> "tf.IndexedSlices":
    """Returns each row once, with the sum of its entries, and none that are zero."""
    import tensorflow as tf

    ids, places = tf.unique(slices.indices)
    sums = tf.math.unsorted_segment_sum(slices.values, places, tf.size(ids))
    there = tf.where(tf.reduce_any(sums != 0, axis=1))[:, 0]
    return tf.IndexedSlices(
        tf.gather(sums, there), tf.gather(ids, there), slices.dense_shape
    )


def scaled(gradient: Any, factor: Any) -> Any:
    """Returns a gradient times a number, rows of a table as such."""
    if not is_rows(gradient):
        return gradient * factor
    import tensorflow as tf

    return tf.IndexedSlices(
        gradient.values * factor, gradient.indices, gradient.dense_shape
    )
