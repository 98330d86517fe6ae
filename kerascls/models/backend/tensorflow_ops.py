"""What TensorFlow computes on a CPU faster than through Keras, to the same numbers.

Its own elementwise kernels use no AVX: each pass over a tensor costs. Gradients
written by hand need fewer of them, and sums along rows go through matrix products,
whose kernels do use it. All in float32.
"""

import math


def layer_norm(x, gamma, beta, epsilon: float):
    """Normalises rows.

    Args:
        x: float32 `(rows, width)`.
        gamma: float32 `(width,)`.
        beta: float32 `(width,)`.
        epsilon: Added to the variance.

    Returns:
        float32 `(rows, width)`.

    References:
        - [Layer Normalization](https://arxiv.org/abs/1607.06450)
    """
    import tensorflow as tf

    @tf.custom_gradient
    def normalise(x, gamma, beta):
        share = tf.fill((x.shape[-1], 1), 1.0 / x.shape[-1])
        centred = x - tf.matmul(x, share)
        variance = tf.matmul(tf.square(centred), share)
        scale = tf.math.rsqrt(variance + epsilon)
        normal = centred * scale

        def gradient(upstream):
            ones = tf.ones((1, tf.shape(x)[0]))
            along = upstream * normal
            shares = gamma[:, None] / x.shape[-1]
            mean, slope = tf.matmul(upstream, shares), tf.matmul(along, shares)
            return (
                (upstream * gamma - (mean + normal * slope)) * scale,
                tf.matmul(ones, along)[0],
                tf.matmul(ones, upstream)[0],
            )

        return normal * gamma + beta, gradient

    # Variables themselves would have to be told to the gradient.
    return normalise(x, tf.convert_to_tensor(gamma), tf.convert_to_tensor(beta))


def gelu_erf(x):
    """Returns GELU of float32 `x`.

    References:
        - [Gaussian Error Linear Units](https://arxiv.org/abs/1606.08415)
    """
    import tensorflow as tf

    @tf.custom_gradient
    def activate(x):
        below = 0.5 + 0.5 * tf.math.erf(x * math.sqrt(0.5))

        def gradient(upstream):
            density = tf.exp(tf.square(x) * -0.5) * (1 / math.sqrt(2 * math.pi))
            return upstream * (below + x * density)

        return x * below, gradient

    return activate(x)


def gelu_tanh(x):
    """Returns the tanh form of GELU of float32 `x`, as `x` times a sigmoid.

    References:
        - [Gaussian Error Linear Units](https://arxiv.org/abs/1606.08415)
    """
    import tensorflow as tf

    # (1 + tanh(z)) / 2 is the sigmoid of 2 z.
    linear = 2 * math.sqrt(2 / math.pi)
    cubic = 0.044715 * linear

    @tf.custom_gradient
    def activate(x):
        square = tf.square(x)
        share = tf.sigmoid(x * (linear + cubic * square))
        output = x * share

        def gradient(upstream):
            slope = linear + (3 * cubic) * square
            return upstream * (share + (output - output * share) * slope)

        return output, gradient

    return activate(x)


def dropout(x, rate: float, seed):
    """Drops what `keras.layers.Dropout` drops with the same state of its seed.

    Args:
        x: float32 of any shape.
        rate: Share to drop, from 0 to below 1.
        seed: int32 `(2,)`.
    """
    import tensorflow as tf

    @tf.custom_gradient
    def drop(x):
        kept = tf.random.stateless_uniform(tf.shape(x), seed) >= rate
        factors = tf.cast(kept, x.dtype) * (1 / (1 - rate))

        def gradient(upstream):
            return upstream * factors

        return x * factors, gradient

    return drop(x)


def squared_norm(tensors: list):
    """Returns the float32 sum of squares of all tensors together."""
    import tensorflow as tf

    return 2.0 * tf.add_n([tf.nn.l2_loss(one) for one in tensors])


def adam_step(
    variable, moments, gradient, rate, betas, update, *, epsilon: float
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
