"""What TensorFlow computes on a CPU faster than through Keras, to the same numbers.

Its own elementwise kernels use no AVX: each pass over a tensor costs. Gradients
written by hand need fewer of them, and sums along rows go through matrix products,
whose kernels do use it. All in float32.
"""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf


def layer_norm(
    x: "tf.Tensor", gamma: "tf.Tensor", beta: "tf.Tensor", epsilon: float
) -> "tf.Tensor":
    """Normalises float32 `(rows, width)`; gamma and beta are `(width,)`.

    References:
        - [Layer Normalization](https://arxiv.org/abs/1607.06450)
    """
    import tensorflow as tf

    @tf.custom_gradient
    def normalise(x: "tf.Tensor", gamma: "tf.Tensor", beta: "tf.Tensor") -> Any:
        share = tf.fill((x.shape[-1], 1), 1.0 / x.shape[-1])  # (width, 1)
        centred = x - tf.matmul(x, share)
        variance = tf.matmul(tf.square(centred), share)  # (rows, 1)
        scale = tf.math.rsqrt(variance + epsilon)
        normal = centred * scale

        def gradient(upstream: "tf.Tensor") -> tuple["tf.Tensor", ...]:
            ones = tf.ones((1, tf.shape(x)[0]))  # (1, rows)
            along = upstream * normal
            shares = gamma[:, None] / x.shape[-1]  # (width, 1)
            mean, slope = tf.matmul(upstream, shares), tf.matmul(along, shares)
            return (
                (upstream * gamma - (mean + normal * slope)) * scale,
                tf.matmul(ones, along)[0],
                tf.matmul(ones, upstream)[0],
            )

        return normal * gamma + beta, gradient

    # Variables themselves would have to be told to the gradient.
    return normalise(x, tf.convert_to_tensor(gamma), tf.convert_to_tensor(beta))


def gelu_erf(x: "tf.Tensor") -> "tf.Tensor":
    """Returns GELU of float32 `x`, of any shape."""
    import tensorflow as tf

    @tf.custom_gradient
    def activate(x: "tf.Tensor") -> Any:
        below = 0.5 + 0.5 * tf.math.erf(x * math.sqrt(0.5))

        def gradient(upstream: "tf.Tensor") -> "tf.Tensor":
            density = tf.exp(tf.square(x) * -0.5) * (1 / math.sqrt(2 * math.pi))
            return upstream * (below + x * density)

        return x * below, gradient

    return activate(x)


def gelu_tanh(x: "tf.Tensor") -> "tf.Tensor":
    """Returns the tanh form of GELU of float32 `x`, as `x` times a sigmoid."""
    import tensorflow as tf

    # (1 + tanh(z)) / 2 is the sigmoid of 2 z.
    linear = 2 * math.sqrt(2 / math.pi)
    cubic = 0.044715 * linear

    @tf.custom_gradient
    def activate(x: "tf.Tensor") -> Any:
        square = tf.square(x)
        share = tf.sigmoid(x * (linear + cubic * square))
        output = x * share

        def gradient(upstream: "tf.Tensor") -> "tf.Tensor":
            slope = linear + (3 * cubic) * square
            return upstream * (share + (output - output * share) * slope)

        return output, gradient

    return activate(x)


def dropout(x: "tf.Tensor", rate: float, seed: "tf.Tensor") -> "tf.Tensor":
    """Drops what `keras.layers.Dropout` drops with the same state of its seed.

    `x` is float32 of any shape, `rate` from 0 to below 1, `seed` int32 `(2,)`.
    """
    import tensorflow as tf

    @tf.custom_gradient
    def drop(x: "tf.Tensor") -> Any:
        kept = tf.random.stateless_uniform(tf.shape(x), seed) >= rate
        factors = tf.cast(kept, x.dtype) * (1 / (1 - rate))
        return x * factors, lambda upstream: upstream * factors

    return drop(x)


def table_rows(table: Any, ids: "tf.Tensor") -> "tf.Tensor":
    """Returns rows of a table, one for each id.

    Args:
        table: A TensorFlow variable, from which alone the rows are read: one of which
            single rows were written is copied when all of it is read.
        ids: int32, of any shape.
    """
    import tensorflow as tf

    return tf.gather(table, ids)


def squared_norm(tensors: "list[tf.Tensor]") -> "tf.Tensor":
    """Returns the float32 sum of squares of all tensors together."""
    import tensorflow as tf

    return 2.0 * tf.add_n(list(map(tf.nn.l2_loss, tensors)))


def adam_step(
    variable: Any,
    moments: tuple[Any, Any],
    gradient: "tf.Tensor",
    rate: "tf.Tensor",
    betas: tuple[float, float],
    update: "tf.Tensor",
    *,
    epsilon: float,
) -> None:
    """Moves a variable and its moments as `keras.optimizers.Adam` does.

    Args:
        variable: float32 Keras variable.
        moments: Its first and second moment, Keras variables.
        gradient: float32, of the variable's shape.
        rate: float32 `()`.
        betas: What stays of each moment.
        update: float32 `()`, the number of this update, from 1 on.
        epsilon: Added to the root of the second moment.
    """
    import tensorflow as tf

    first, second = moments
    tf.raw_ops.ResourceApplyAdam(
        var=variable.value.handle,
        m=first.value.handle,
        v=second.value.handle,
        beta1_power=tf.pow(betas[0], update),
        beta2_power=tf.pow(betas[1], update),
        lr=rate,
        beta1=betas[0],
        beta2=betas[1],
        epsilon=epsilon,
        grad=gradient,
    )
