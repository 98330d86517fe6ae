"""RCNN."""

from keras import KerasTensor, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import maximum
from kerascls.models.layers.recurrent import Recurrent


class RCNN(ClassicLayer):
    """Each word between what stands left and right of it, the maximum over time.

    Embeddings --> left context, embedding and right context beside each other -->
    Dense --> tanh --> Maximum over tokens --> Dropout --> Dense

    The left context of a word is a plain recurrent layer's state behind the word before
    it, which has not seen the word itself; the right one that of a layer from the end,
    behind the word after it. The left context of the first word and the right context
    of the last real one are learned. So in the paper; there the recurrences have no
    bias, their non-linearity is not named (here it is tanh), and there is no dropout.

    Args:
        config: `hidden_dim` units of each context, and of the layer of tanh.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Recurrent Convolutional Neural Networks for Text Classification](
          https://doi.org/10.1609/aaai.v29i1.9513)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        units, policy = self.config.hidden_dim, self.dtype_policy
        self.left = Recurrent("plain", units, seeds, dtype=policy, name="left")
        self.right = Recurrent("plain", units, seeds, True, dtype=policy, name="right")
        self.first_left, self.last_right = (
            self.add_weight(shape=(units,), initializer="zeros", name=name)
            for name in ("first_left", "last_right")
        )
        self.of_word = dense(units, seeds, "word", policy, "tanh")

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        mask = inputs["padding_mask"]
        left, right = self._contexts(embedded, mask)
        # (batch, tokens, 2 * units + embedding_dim)
        words = ops.concatenate([left, embedded, right], axis=-1)
        return maximum(self.of_word(words), mask)[:, 0]  # (batch, units)

    def _contexts(
        self, embedded: KerasTensor, padding_mask: KerasTensor
    ) -> tuple[KerasTensor, KerasTensor]:
        """Returns what stands left and right of each token, `(batch, tokens, units)`.

        Those of padding have no meaning.
        """
        one = (ops.shape(embedded)[0], 1)
        first = self._for_each(self.first_left, embedded)
        last = self._for_each(self.last_right, embedded)
        behind, _ = self.left(embedded, padding_mask, first[:, 0])
        before, _ = self.right(embedded, padding_mask, last[:, 0])
        left = ops.concatenate([first, behind[:, :-1]], axis=1)
        right = ops.concatenate([before[:, 1:], last], axis=1)
        follows = ops.concatenate(
            [padding_mask[:, 1:], ops.zeros(one, padding_mask.dtype)], axis=1
        )
        is_last = ops.expand_dims(ops.logical_not(ops.cast(follows, "bool")), -1)
        return left, ops.where(is_last, last, right)

    def _for_each(self, vector: KerasTensor, embedded: KerasTensor) -> KerasTensor:
        """Returns a vector for each row, `(batch, 1, units)`."""
        shape = (ops.shape(embedded)[0], 1, self.config.hidden_dim)
        return ops.broadcast_to(ops.cast(vector, self.compute_dtype), shape)
