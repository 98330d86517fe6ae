"""Layers of several classic models, in which padding takes no part."""

from collections.abc import Sequence
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


class Convolutions(layers.Layer):
    """Convolutions of several widths over tokens beside each other, and BatchNorm.

    They see zeros for padding, as they do before and behind a text, and padding does
    not count when they are normalised. One norm of all filters is that of each width
    alone, in fewer and larger operations.

    Args:
        filters: Numbers that each width gives.
        widths: Tokens that a convolution sees at once.
        batch_norm: Whether there is a BatchNorm; a bias otherwise.
        seeds: Where their initial weights get their seeds.
        **kwargs: `name`, `dtype`.
    """

    def __init__(
        self,
        filters: int,
        widths: Sequence[int],
        batch_norm: bool,
        seeds: Seeds,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.convolutions = [
            layers.Conv1D(
                filters,
                width,
                padding="same",
                use_bias=not batch_norm,  # the norm has one
                kernel_initializer=keras.initializers.HeNormal(seeds.next()),
                dtype=self.dtype_policy,
                name=f"width_{width}",
            )
            for width in widths
        ]
        self.norm: layers.Layer | None = None
        if batch_norm:
            # Averages that follow within an epoch, which may have some hundred steps.
            self.norm = layers.BatchNormalization(
                momentum=0.9, dtype=self.dtype_policy, name="norm"
            )
        self.output_dim = filters * len(widths)

    def build(self, hidden_shape: Any, *_: Any) -> None:
        """Makes the weights."""
        shape = hidden_shape[-3:]
        for convolution in self.convolutions:
            convolution.build(shape)
        if self.norm is not None:
            self.norm.build((*shape[:-1], self.output_dim))
        self.built = True

    def call(
        self, hidden: KerasTensor, padding_mask: KerasTensor, training: Any = None
    ) -> KerasTensor:
        """Returns `(batch, tokens, widths * filters)`, anything for padding.

        Args:
            hidden: `(batch, tokens, width)`, zeros for padding; or `(widths, batch,
                tokens, width)`, what each convolution reads.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            training: Whether statistics are those of the batch.
        """
        of_each = [hidden] * len(self.convolutions)
        if len(hidden.shape) == 4:
            of_each = ops.unstack(hidden)
        answers = [
            convolution(one)
            for convolution, one in zip(self.convolutions, of_each, strict=True)
        ]
        together = ops.concatenate(answers, axis=-1)
        if self.norm is None:
            return together
        is_real = ops.cast(padding_mask, "bool")
        return self.norm(together, training=training, mask=is_real)
