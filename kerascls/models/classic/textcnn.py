"""TextCNN."""

from keras import KerasTensor, ops

from kerascls.models.classic.bricks import Convolution
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import maximum


class TextCNN(ClassicLayer):
    """Convolutions of several widths, each with the maximum over time.

    Embeddings --> for each width: (Convolution --> BatchNorm --> ReLU) x num_layers
    --> Maximum over tokens --> all widths beside each other --> Dropout --> Dense

    Other than in the paper there is BatchNorm, as in the code that made it popular on
    Chinese questions, whose layer of tanh before the last is left out: it saturates
    and learns slowly. Embeddings are one channel, and they are trained; the norm of the
    last layer's weights has no limit. Padding takes no part: convolutions see zeros
    there, BatchNorm and the maximum leave it out.

    Args:
        config: `hidden_dim` filters of each of `sizes["widths"]`; `num_layers` 1 or
            more.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Convolutional Neural Networks for Sentence Classification](
          https://arxiv.org/abs/1408.5882)
        - [Batch Normalization](https://arxiv.org/abs/1502.03167)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        config, policy = self.config, self.dtype_policy
        self.stacks = [
            [
                Convolution(
                    config.hidden_dim,
                    width,
                    seeds,
                    dtype=policy,
                    name=f"width_{width}_layer_{layer}",
                )
                for layer in range(config.num_layers)
            ]
            for width in config.sizes["widths"]
        ]

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        mask = inputs["padding_mask"]
        found = []
        for stack in self.stacks:
            hidden = embedded
            for convolution in stack:
                hidden = convolution(hidden, mask, training=training)
            found.append(maximum(hidden, mask)[:, 0])  # (batch, filters)
        return ops.concatenate(found, axis=-1)  # (batch, widths * filters)
