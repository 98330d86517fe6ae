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
        model: Takes `INPUTS`, of as many axes as its `input_rank`, if it has such.
        function: Called with `inputs` and `training=False` in place of the model; one
            that uses its variables.
    """
    if keras.backend.backend() != "tensorflow":
        run = function and partial(function, training=False) or model.predict_on_batch
        return lambda inputs: np.asarray(run(inputs)).astype(np.float32)
    import tensorflow as tf

    @tf.function(autograph=False)  # as Keras traces its own steps
    def call(inputs: dict[str, "tf.Tensor"]) -> "tf.Tensor":
        return tf.cast((function or model)(inputs, training=False), tf.float32)

    shape = tf.TensorSpec((None,) * getattr(model, "input_rank", 2), tf.int32)
    traced = call.get_concrete_function({name: shape for name in INPUTS})
    return lambda inputs: traced(
        {name: tf.constant(inputs[name], tf.int32) for name in INPUTS}
    ).numpy()


def length_buckets(max_tokens: int, max_windows: int = 1) -> tuple[int, ...]:
    """Returns few sequence lengths, dense where texts are short.

    Args:
        max_tokens: The longest that occurs.
        max_windows: Most windows of a text, each of so many tokens: behind the lengths
            of one come 2, 4, 8, ... times the longest.
    """
    sizes = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384)
    windows = (1 << power for power in range((max_windows - 1).bit_length()))
    return (
        *(size for size in sizes if size < max_tokens),
        *(count * max_tokens for count in windows),
        max_windows * max_tokens,
    )
