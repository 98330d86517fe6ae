"""TextCNN."""

from keras import KerasTensor, ops

from kerascls.models.classic.bricks import Convolutions, masked
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import maximum


class TextCNN(ClassicLayer):
    """Convolutions of several widths, each with the maximum over time.

    Embeddings --> for each width: (Convolution --> ReLU) x num_layers --> Maximum over
    tokens --> all widths beside each other --> Dropout --> Dense

    Embeddings are one channel, and they are trained; other than in the paper the norm
    of the last layer's weights has no limit. The code that made it popular on Chinese
    questions has BatchNorm, and a layer of tanh before the last, which saturates and
    learns slowly. BatchNorm stands behind each convolution if asked for. Its statistics
    are those of a batch: where that has texts of one length, as our batches do for
    speed, they are not those of all texts, and validation suffers; so batches are mixed
    with it, and slower. Padding takes no part: convolutions see zeros there, BatchNorm
    and the maximum leave it out.

    Args:
        config: `hidden_dim` filters of each of `sizes["widths"]`; `num_layers` 1 or
            more; `sizes["batch_norm"]`, 1 for with it.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Convolutional Neural Networks for Sentence Classification](
          https://arxiv.org/abs/1408.5882)
        - [Batch Normalization](https://arxiv.org/abs/1502.03167)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        config = self.config
        self.stack = [
            Convolutions(
                config.hidden_dim,
                config.sizes["widths"],
                bool(config.sizes["batch_norm"]),
                seeds,
                dtype=self.dtype_policy,
                name=f"layer_{layer}",
            )
            for layer in range(config.num_layers)
        ]

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        mask, hidden = inputs["padding_mask"], embedded
        for below in self.stack[:-1]:
            found = masked(ops.relu(below(hidden, mask, training=training)), mask)
            # Each width goes on with its own.
            hidden = ops.stack(ops.split(found, len(below.convolutions), axis=-1))
        found = self.stack[-1](hidden, mask, training=training)
        # The ReLU of a maximum is the maximum of the ReLU, at a share of its price.
        return ops.relu(maximum(found, mask)[:, 0])  # (batch, widths * filters)
