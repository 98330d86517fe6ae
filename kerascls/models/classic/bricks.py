"""Layers of several classic models, in which padding takes no part."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.layers.bricks import Seeds


def masked(hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
    """Returns `(batch, tokens, width)` with zeros for padding."""
    return hidden * ops.expand_dims(ops.cast(padding_mask, hidden.dtype), -1)


def dense(
    units: int, seeds: Seeds, name: str, policy: Any, activation: str | None = None
) -> layers.Dense:
    """Returns a dense layer with a seed of its own."""
    return layers.Dense(
        units,
        activation=activation,
        kernel_initializer=keras.initializers.GlorotUniform(seeds.next()),
        dtype=policy,
        name=name,
    )


class Convolution(layers.Layer):
    """A convolution over tokens, BatchNorm and ReLU.

    It sees zeros for padding, as it does before and behind a text, gives zeros for it,
    and does not count it when it normalises.

    Args:
        filters: Width of what it gives.
        width: Tokens that it sees at once.
        seeds: Where its initial weights get their seed.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, filters: int, width: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conv = layers.Conv1D(
            filters,
            width,
            padding="same",
            use_bias=False,  # the norm has one
            kernel_initializer=keras.initializers.HeNormal(seeds.next()),
            dtype=self.dtype_policy,
            name="conv",
        )
        # Averages that follow within an epoch: there may be but a few hundred steps.
        self.norm = layers.BatchNormalization(
            momentum=0.9, dtype=self.dtype_policy, name="norm"
        )

    def build(self, hidden_shape: Any, *_: Any) -> None:
        """Makes the weights."""
        self.conv.build(hidden_shape)
        self.norm.build((*hidden_shape[:-1], self.conv.filters))
        self.built = True

    def call(
        self, hidden: KerasTensor, padding_mask: KerasTensor, training: Any = None
    ) -> KerasTensor:
        """Returns `(batch, tokens, filters)`, zeros for padding.

        Args:
            hidden: `(batch, tokens, width)`, zeros for padding.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            training: Whether statistics are those of the batch.
        """
        is_real = ops.cast(padding_mask, "bool")
        normal = self.norm(self.conv(hidden), training=training, mask=is_real)
        return masked(ops.relu(normal), padding_mask)
