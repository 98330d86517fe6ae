"""TextCNN."""

from keras import KerasTensor, ops

from kerascls.models.classic.bricks import Convolution, dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import maximum


class TextCNN(ClassicLayer):
    """Convolutions of several widths, each with the maximum over time.

    Embeddings --> for each width: (Convolution --> BatchNorm --> ReLU) x num_layers
    --> Maximum over tokens --> all widths beside each other --> Dropout --> Dense
    --> tanh --> Dropout --> Dense

    Other than in the paper there are BatchNorm and the layer of tanh, as in the code
    that made it popular on Chinese questions; embeddings are one channel, and they are
    trained. Padding takes no part: convolutions see zeros there, BatchNorm and the
    maximum leave it out.

    Args:
        config: `hidden_dim` filters of each of `sizes["widths"]`, and units of the
            layer of tanh; `num_layers` 1 or more.
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
        self.dense = dense(config.hidden_dim, seeds, "dense", policy, "tanh")

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
        vector = ops.concatenate(found, axis=-1)  # (batch, widths * filters)
        return self.dense(self.dropout(vector, training=training))
