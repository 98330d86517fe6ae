"""Hierarchical attention."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.classic.gru import BiGRU
from kerascls.models.classic.sentences import shares, split_sentences
from kerascls.models.layers.bricks import Seeds


class HierarchicalAttention(ClassicLayer):
    """Sentences of words, and a text of sentences, each by a BiGRU and attention.

    Embeddings --> BiGRU in each sentence --> Attention in each sentence --> BiGRU over
    sentences --> Attention over sentences --> Dropout --> Dense

    The GRUs over words begin anew with each sentence, in both directions, so that a
    sentence is read as if it stood alone. A text of one sentence has all its attention
    on that one: there is nothing else, and its vector is what is attended to within
    it.

    Other than in the paper sentences are found by `split_sentences`, and there is room
    for `sizes["max_sentences"]`, the last of which is all the rest; GRUs are those of
    `GRU`; embeddings begin random, and there is dropout. What is computed over
    sentences is float32 in any precision.

    Args:
        config: `hidden_dim` units of each direction of both BiGRUs, and half of the
            units of both attentions.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Hierarchical Attention Networks for Document Classification](
          https://aclanthology.org/N16-1174/)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        units, policy = self.config.hidden_dim, self.dtype_policy
        self.word_gru = BiGRU(units, seeds, dtype=policy, name="word_gru")
        self.word_attention = Attention(
            2 * units, seeds, dtype=policy, name="word_attention"
        )
        self.sentence_gru = BiGRU(units, seeds, dtype="float32", name="sentence_gru")
        self.sentence_attention = Attention(
            2 * units, seeds, dtype="float32", name="sentence_attention"
        )

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        vectors, exist = self.sentence_vectors(embedded, inputs)
        read = self.sentence_gru(vectors, exist)
        of_text = ops.expand_dims(exist, 1)  # (batch, 1, sentences)
        return self.sentence_attention(read, of_text)[:, 0]

    def sentence_vectors(
        self, embedded: KerasTensor, inputs: dict[str, KerasTensor]
    ) -> tuple[KerasTensor, KerasTensor]:
        """Returns a vector of each sentence, and which sentences there are.

        Args:
            embedded: `(batch, tokens, embedding_dim)`, zeros for padding.
            inputs: Of the same texts.

        Returns:
            float32 `(batch, sentences, 2 * units)`; bool `(batch, sentences)`.
        """
        config = self.config
        sentences = split_sentences(
            inputs, config.sentence_end_ids, config.sizes["max_sentences"]
        )
        is_real = ops.cast(inputs["padding_mask"], "bool")
        words = self.word_gru(embedded, is_real, sentences.begins, sentences.ends)
        return self.word_attention(words, sentences.members), sentences.exist


class Attention(layers.Layer):
    """Averages of groups, in which an item weighs how well it answers a learned query.

    Dense --> tanh --> product with the query --> softmax in each group

    Args:
        units: Units of the dense layer, and width of the query.
        seeds: Where initial weights get their seeds.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dense = dense(units, seeds, "dense", self.dtype_policy, "tanh")
        self.units = units
        self.initializer = keras.initializers.GlorotUniform(seeds.next())

    def build(self, *_: Any) -> None:
        """Makes the query."""
        self.query = self.add_weight(
            shape=(self.units, 1), initializer=self.initializer, name="query"
        )
        self.built = True

    def call(self, hidden: KerasTensor, members: KerasTensor) -> KerasTensor:
        """Returns float32 `(batch, groups, width)`, zeros for a group of none.

        Args:
            hidden: `(batch, items, width)`.
            members: bool `(batch, groups, items)`, which items each group has.
        """
        scores = ops.matmul(self.dense(hidden), self.query)[..., 0]  # (batch, items)
        # (batch, groups, items) to (batch, groups, width)
        return ops.matmul(shares(scores, members), ops.cast(hidden, "float32"))
