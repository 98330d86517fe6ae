"""A model as a function of batches, traced once."""

from collections.abc import Callable
from functools import partial

import keras
import numpy as np

from kerascls.preprocessing.sequence_layout import INPUTS


def forward(
    model: keras.Model, function: Callable | None = None
) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """Returns a function from a batch of inputs to float32 logits, without dropout.

    On TensorFlow it is traced once, for batches of any shape; `predict_on_batch`
    would trace anew for the second shape, which takes as long as many batches.

    Args:
        model: Takes `INPUTS`.
        function: Called with `inputs` and `training=False` in place of the model; one
            that uses its variables.
    """
    if keras.backend.backend() != "tensorflow":
        run = function and partial(function, training=False) or model.predict_on_batch
        return lambda inputs: np.asarray(run(inputs)).astype(np.float32)
    import tensorflow as tf

    @tf.function
    def call(inputs: dict[str, "tf.Tensor"]) -> "tf.Tensor":
        return tf.cast((function or model)(inputs, training=False), tf.float32)

    shape = tf.TensorSpec((None, None), tf.int32)
    traced = call.get_concrete_function({name: shape for name in INPUTS})
    return lambda inputs: traced(
        {name: tf.constant(inputs[name], tf.int32) for name in INPUTS}
    ).numpy()


def length_buckets(max_tokens: int) -> tuple[int, ...]:
    """Returns few sequence lengths, dense where texts are short.

    Args:
        max_tokens: The longest that occurs.
    """
    sizes = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384)
    return (*(size for size in sizes if size < max_tokens), max_tokens)
