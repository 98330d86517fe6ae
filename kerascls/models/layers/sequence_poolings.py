"""Poolings that read hidden states in their order: convolutions, an LSTM both ways.

Hidden states and padding masks are those of `poolings`; real tokens come first.
Whatever stands at padded places changes neither a vector nor a gradient.
"""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import maximum

WIDTHS, FILTERS = (2, 3, 4), 100
UNITS = 128


class ConvolutionPooling(layers.Layer):
    """The strongest answer of each of 300 filters to any place of a text: TextCNN.

    There are 100 filters each that see 2, 3 and 4 tokens, a ReLU and a maximum over
    places. Each real token is a place, with zeros before the first and behind the
    last, so that a text may be shorter than a filter. Unlike Kim's, filters read
    hidden states, which know their surroundings, and so are 2 to 4 wide, not 3 to 5.
    Computes in float32.

    Args:
        num_queries: Of no effect; it makes one vector.
        hidden_dim: Width of the hidden states.
        initializer: Gives the kernels their first values, each by a seed of its own.

    Attributes:
        output_dim: Width of the vector, 300.

    References:
        - [Convolutional Neural Networks for Sentence Classification](
          https://arxiv.org/abs/1408.5882)
    """

    def __init__(
        self,
        num_queries: int,
        hidden_dim: int,
        initializer: keras.initializers.Initializer,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("name", "cnn")
        super().__init__(dtype="float32", **kwargs)
        self.output_dim = FILTERS * len(WIDTHS)
        seeds = Seeds(initializer.seed)
        self.convolutions = [
            layers.Conv1D(
                FILTERS,
                width,
                padding="same",
                kernel_initializer=_with_seed(initializer, seeds.next()),
                dtype="float32",
                name=f"width_{width}",
            )
            for width in WIDTHS
        ]
        for convolution in self.convolutions:
            convolution.build((None, None, hidden_dim))
        self.built = True

    def call(self, hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
        """Returns float32 `(batch, 1, output_dim)`, zero for a text without a token.

        Args:
            hidden: `(batch, tokens, hidden_dim)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        """
        hidden = _without_padding(hidden, padding_mask)
        answers = [convolution(hidden) for convolution in self.convolutions]
        # (batch, tokens, output_dim)
        answers = ops.relu(ops.concatenate(answers, axis=-1))
        return maximum(answers, padding_mask)

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns the variables under their stable names."""
        return {
            f"{convolution.name}/{name}": getattr(convolution, name)
            for convolution in self.convolutions
            for name in ("kernel", "bias")
        }


class LSTMPooling(layers.Layer):
    """The largest value of each unit of two LSTMs, one from either end of a text.

    Each has 128 units. The backward one starts at the last real token. Unlike
    InferSent's, they read hidden states, and are much smaller. Computes in float32,
    without cuDNN, which refuses sequences without a token, as windows are that pad a
    batch.

    Args:
        num_queries: Of no effect; it makes one vector.
        hidden_dim: Width of the hidden states.
        initializer: Gives the input kernels their first values, each by a seed of its
            own; the recurrent ones are orthogonal.

    Attributes:
        output_dim: Width of the vector, 256, the forward units first.

    References:
        - [Supervised Learning of Universal Sentence Representations](
          https://arxiv.org/abs/1705.02364), BiLSTM with max pooling
    """

    def __init__(
        self,
        num_queries: int,
        hidden_dim: int,
        initializer: keras.initializers.Initializer,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("name", "lstm")
        super().__init__(dtype="float32", **kwargs)
        self.output_dim = 2 * UNITS
        seeds = Seeds(initializer.seed)
        self.forward, self.backward = (
            layers.LSTM(
                UNITS,
                kernel_initializer=_with_seed(initializer, seeds.next()),
                recurrent_initializer=keras.initializers.Orthogonal(seed=seeds.next()),
                return_sequences=True,
                go_backwards=name == "backward",
                seed=seeds.next(),
                use_cudnn=False,
                dtype="float32",
                name=name,
            )
            for name in ("forward", "backward")
        )
        for direction in (self.forward, self.backward):
            direction.build((None, None, hidden_dim))
        self.built = True

    def call(self, hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
        """Returns float32 `(batch, 1, output_dim)`, zero for a text without a token.

        Args:
            hidden: `(batch, tokens, hidden_dim)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        """
        hidden = _without_padding(hidden, padding_mask)
        is_real = ops.cast(padding_mask, "bool")
        forward = self.forward(hidden, mask=is_real)
        # Its first output is that of the last place.
        backward = ops.flip(self.backward(hidden, mask=is_real), axis=1)
        # (batch, tokens, output_dim)
        states = ops.concatenate([forward, backward], axis=-1)
        return maximum(states, padding_mask)

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns the variables under their stable names."""
        return {
            f"{direction.name}/{name}": getattr(direction.cell, name)
            for direction in (self.forward, self.backward)
            for name in ("kernel", "recurrent_kernel", "bias")
        }


def _without_padding(hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
    # Not a product: padding may be infinite, and 0 times that is not 0.
    is_real = ops.expand_dims(ops.cast(padding_mask, "bool"), -1)
    return ops.where(is_real, hidden, 0.0)


def _with_seed(
    initializer: keras.initializers.Initializer, seed: int
) -> keras.initializers.Initializer:
    return type(initializer).from_config({**initializer.get_config(), "seed": seed})
