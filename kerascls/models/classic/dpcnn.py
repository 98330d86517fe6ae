"""DPCNN."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.classic.bricks import masked
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import lowest, maximum

WIDTH = 3  # tokens that a convolution sees, and a pooling


class DPCNN(ClassicLayer):
    """A pyramid: blocks of convolutions, each on half as many tokens as the one below.

    Embeddings --> Convolution --> Block --> (Maximum of 3, every 2nd --> Block) x
    num_layers --> Maximum --> Dropout --> Dense, where a block is
    (ReLU --> Convolution) x 2 --> Add

    Each block and pooling is masked, so that of n tokens half, rounded up, are left,
    whatever stands behind a text; one that is left stays. With 8 poolings that is one
    of up to 256 tokens. Of longer texts, or with fewer poolings, the maximum is taken
    of all that are left.

    Other than in the paper the number of poolings does not depend on the text, and the
    blocks above the last token compute on, on it alone; the region embedding reads
    embeddings of words that are learned with it, and no embeddings of regions from
    unlabelled text; weights begin as He's, and smaller where a shortcut is added.

    Args:
        config: `hidden_dim` filters; `num_layers` poolings.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Deep Pyramid Convolutional Neural Networks for Text Categorization](
          https://aclanthology.org/P17-1052/)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        num_blocks = self.config.num_layers + 1
        self.region = self._convolution("region", seeds)
        self.blocks = [
            (
                self._convolution(f"block_{block}_first", seeds),
                # Sums of many blocks are to begin no larger than what they began with.
                self._convolution(f"block_{block}_second", seeds, 1 / num_blocks),
            )
            for block in range(num_blocks)
        ]

    def _convolution(self, name: str, seeds: Seeds, scale: float = 1.0) -> Any:
        return layers.Conv1D(
            self.config.hidden_dim,
            WIDTH,
            padding="same",
            kernel_initializer=keras.initializers.VarianceScaling(
                2 * scale, "fan_in", "truncated_normal", seeds.next()
            ),
            dtype=self.dtype_policy,
            name=name,
        )

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        mask = inputs["padding_mask"]
        hidden = masked(self.region(embedded), mask)
        for number, convolutions in enumerate(self.blocks):
            if number:
                hidden, mask = halved(hidden, mask)
            shortcut = hidden
            for convolution in convolutions:
                hidden = masked(convolution(ops.relu(hidden)), mask)
            hidden = hidden + shortcut
        return maximum(hidden, mask)[:, 0]


def halved(
    hidden: KerasTensor, padding_mask: KerasTensor
) -> tuple[KerasTensor, KerasTensor]:
    """Returns the maximum of every second token and the two behind it, and its mask.

    Args:
        hidden: `(batch, tokens, width)`.
        padding_mask: int32 `(batch, tokens)`, 1 for real tokens, padding behind them.

    Returns:
        `(batch, tokens / 2 rounded up, width)`, zeros for padding; int32
        `(batch, tokens / 2 rounded up)`.
    """
    is_real = ops.expand_dims(ops.cast(padding_mask, "bool"), -1)
    filling = lowest(hidden.dtype)
    hidden = ops.where(is_real, hidden, filling)
    # By hand: "same" would begin before the first token of an odd number of them.
    ends = ((0, 0), (0, WIDTH - 1), (0, 0))
    hidden = ops.pad(hidden, ends, constant_values=filling)
    pooled = _every_second(hidden, WIDTH)
    # Not by a slice: JAX could not prove that its shape is the same.
    are_left = _every_second(ops.cast(is_real, "float32"), 1)
    mask = ops.cast(are_left[..., 0], "int32")
    return ops.where(are_left > 0, pooled, 0.0), mask


def _every_second(x: KerasTensor, width: int) -> KerasTensor:
    return ops.max_pool(x, width, strides=2, padding="valid")
