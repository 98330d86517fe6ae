"""TextCNN and RCNN, mixed."""

from keras import KerasTensor, ops

from kerascls.models.classic.rcnn import RCNN
from kerascls.models.classic.textcnn import TextCNN
from kerascls.models.layers.bricks import Seeds


class TextCNNAndRCNN(TextCNN, RCNN):
    """TextCNN and RCNN on the same embeddings, mixed by one learned number.

    Embeddings --> (share * TextCNN, (1 - share) * RCNN) beside each other --> Dropout
    --> Dense

    The last layer has weights of its own for either part, so that what is mixed is
    their logits, as in the code for Chinese questions that this comes from. The share
    is the sigmoid of a learned number that begins at 0.

    Args:
        config: As of `TextCNN` and `RCNN`, of either the same `hidden_dim`.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - See `TextCNN` and `RCNN`.
    """

    def _make_layers(self, seeds: Seeds) -> None:
        TextCNN._make_layers(self, seeds)
        RCNN._make_layers(self, seeds)
        self.mix = self.add_weight(shape=(), initializer="zeros", name="mix")

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        share = ops.sigmoid(self.mix)
        cnn = TextCNN._text_vector(self, embedded, inputs, training)
        rcnn = RCNN._text_vector(self, embedded, inputs, training)
        # (batch, widths * filters + units)
        return ops.concatenate([share * cnn, (1.0 - share) * rcnn], axis=-1)
