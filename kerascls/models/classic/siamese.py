"""Two texts read alike and compared: siamese networks."""

from collections.abc import Callable

from keras import KerasTensor, ops

from kerascls.models.classic.textcnn import TextCNN
from kerascls.models.classic.textrnn import TextRNN

Inputs = dict[str, KerasTensor]
TextVector = Callable[[KerasTensor, Inputs, bool | None], KerasTensor]


class SiameseCNN(TextCNN):
    """Two texts through one TextCNN, then what they have in common and what not.

    Either text --> convolutions of TextCNN, their maxima --> u, v -->
    (u, v, |u - v|, u * v) beside each other --> Dropout --> Dense

    The comparison is InferSent's, which had an LSTM below and dense layers above it.
    The other order of the texts gives other logits: u and v are there themselves, and
    the first text begins with [CLS].

    Args:
        config: As of `TextCNN`.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Supervised Learning of Universal Sentence Representations](
          https://arxiv.org/abs/1705.02364), figure 1
        - [Signature Verification using a "Siamese" Time Delay Neural Network](
          https://proceedings.neurips.cc/paper/1993/hash/288cc0ff022877bd3df94bc9360b9c5d-Abstract.html)
    """

    def _text_vector(
        self, embedded: KerasTensor, inputs: Inputs, training: bool | None
    ) -> KerasTensor:
        u, v = both_texts(super()._text_vector, embedded, inputs, training)
        # (batch, 4 * units)
        return ops.concatenate([u, v, ops.abs(u - v), u * v], axis=-1)


class SiameseRNN(TextRNN):
    """Two texts through one BiLSTM, then a bilinear form for each label.

    Either text --> TextRNN --> u, v --> all products of (u, 1) and (v, 1) --> Dropout
    --> Dense

    The logit of a label is (u, 1) M (v, 1), M being the label's own: its column of the
    last layer's kernel. Dropout drops products. Other than in the code for Chinese
    questions there are the ones, by which each text also says something alone, as in
    biaffine attention. M is not symmetric, so that the other order of the texts gives
    other logits; u begins with [CLS] besides.

    Args:
        config: As of `TextRNN`.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Siamese Recurrent Architectures for Learning Sentence Similarity](
          https://doi.org/10.1609/aaai.v30i1.10350)
        - [Deep Biaffine Attention](https://arxiv.org/abs/1611.01734)
    """

    def _text_vector(
        self, embedded: KerasTensor, inputs: Inputs, training: bool | None
    ) -> KerasTensor:
        u, v = both_texts(super()._text_vector, embedded, inputs, training)
        one = ops.ones_like(u[:, :1])
        u, v = ops.concatenate([u, one], -1), ops.concatenate([v, one], -1)
        products = ops.expand_dims(u, 2) * ops.expand_dims(v, 1)
        # (batch, width, width) to (batch, width * width)
        return ops.reshape(products, (-1, u.shape[-1] * v.shape[-1]))


def both_texts(
    text_vector: TextVector,
    embedded: KerasTensor,
    inputs: Inputs,
    training: bool | None,
) -> list[KerasTensor]:
    """Returns the vectors of the first and of the second text, `(batch, width)` each.

    They are read at once, as rows of one batch, in which the other text is padding.
    """
    of_second = inputs["segment_ids"] * inputs["padding_mask"]
    of_first = inputs["padding_mask"] - of_second
    mask = ops.concatenate([of_first, of_second], axis=0)  # (2 * batch, tokens)
    twice = {name: ops.concatenate([x, x], axis=0) for name, x in inputs.items()}
    embedded = ops.concatenate([embedded, embedded], axis=0)
    embedded = embedded * ops.expand_dims(ops.cast(mask, embedded.dtype), -1)
    vectors = text_vector(embedded, {**twice, "padding_mask": mask}, training)
    return ops.split(vectors, 2, axis=0)
