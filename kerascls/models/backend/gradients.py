"""Gradients of logits by embeddings, on either backend."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from kerascls.preprocessing.sequence_layout import INPUTS

# Of embeddings, inputs and columns: gradients, shaped as the embeddings, and logits.
Gradients = Callable[
    [np.ndarray, dict[str, np.ndarray], np.ndarray], tuple[np.ndarray, np.ndarray]
]


def embedding_gradients(model: keras.Model, embedding_dim: int) -> Gradients:
    """Returns what computes the gradients of logits by embeddings, without dropout.

    It is called with float32 embeddings as `model.embed` returns them, with the inputs,
    and with int32 `(batch,)`, of which label each row's logit is. It returns the
    gradient of that, float32 as the embeddings, and all logits, float32
    `(batch, num_classes)`.

    Args:
        model: Has `logits_of` of embeddings and `INPUTS`, of as many axes as its
            `input_rank`, if it has such.
        embedding_dim: Width of the embeddings.
    """
    if keras.backend.backend() == "tensorflow":
        return _by_tensorflow(model, embedding_dim)
    return _by_jax(model)


def _by_tensorflow(model: keras.Model, embedding_dim: int) -> Gradients:
    import tensorflow as tf

    axes = (None,) * getattr(model, "input_rank", 2)
    inputs_spec = {name: tf.TensorSpec(axes, tf.int32) for name in INPUTS}

    @tf.function(
        input_signature=[
            tf.TensorSpec((*axes, embedding_dim), tf.float32),
            inputs_spec,
            tf.TensorSpec((None,), tf.int32),
        ]
    )
    def run(embedded: Any, inputs: Any, columns: Any) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(embedded)
            logits = tf.cast(model.logits_of(embedded, inputs), tf.float32)
            chosen = tf.gather(logits, columns, batch_dims=1)
        zero = tf.UnconnectedGradients.ZERO
        return tape.gradient(chosen, embedded, unconnected_gradients=zero), logits

    def gradients(
        embedded: np.ndarray, inputs: dict[str, np.ndarray], columns: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        tensors = {name: tf.constant(inputs[name], tf.int32) for name in INPUTS}
        found = run(tf.constant(embedded), tensors, tf.constant(columns, tf.int32))
        return found[0].numpy(), found[1].numpy()

    return gradients


def _by_jax(model: keras.Model) -> Gradients:
    import jax

    variables = model.variables

    def chosen(embedded: Any, inputs: Any, columns: Any, values: Any) -> Any:
        # As arguments: weights inside the compiled program would be there twice.
        pairs = list(zip(variables, values, strict=True))
        with keras.StatelessScope(state_mapping=pairs):
            logits = ops.cast(model.logits_of(embedded, inputs), "float32")
        of_rows = ops.take_along_axis(logits, columns[:, None], axis=1)
        return ops.sum(of_rows), logits

    run = jax.jit(jax.grad(chosen, has_aux=True))

    def gradients(
        embedded: np.ndarray, inputs: dict[str, np.ndarray], columns: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        values = [variable.value for variable in variables]
        found = run(embedded, inputs, columns, values)
        return np.asarray(found[0]), np.asarray(found[1])

    return gradients
