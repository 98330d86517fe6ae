"""Recurrent entity network."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.classic.sentences import (
    Sentences,
    places_in_sentences,
    split_sentences,
)
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import mean


class EntityNetwork(ClassicLayer):
    """A memory of several blocks, which reads sentence after sentence and is asked.

    Embeddings --> Sum in each sentence, weighed by place --> Dense --> Memory: each
    block takes of a sentence what its gate lets in --> Attention of the query over the
    blocks --> Dense, + query --> PReLU --> Dropout --> Dense

    The story are the sentences of the text, or pieces of `sizes["piece_tokens"]` tokens
    of a text of one, as headlines are: so the gates have something to choose from in
    any text that is longer than a piece, and the query always has all blocks. The query
    is the mean of all sentences: as in the code that made it popular on Chinese
    questions the text itself, for there is no other question.

    Other than in the paper sentences pass a linear layer from `embedding_dim` to
    `hidden_dim`; places beyond `sizes["places"]` weigh what the last of them does; the
    query has the place weights of the story; what sentences add and the answer have
    biases; embeddings of words are as large as other models have them. What is
    computed over sentences is float32 in any precision.

    Args:
        config: `hidden_dim` units of each of `sizes["blocks"]` blocks;
            `sizes["max_sentences"]`, the last of which is all the rest.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Tracking the World State with Recurrent Entity Networks](
          https://arxiv.org/abs/1612.03969)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        config = self.config
        units, blocks = config.hidden_dim, config.sizes["blocks"]
        self.reader = PlaceWeights(
            config.sizes["places"], dtype=self.dtype_policy, name="places"
        )
        self.sentence = dense(units, seeds, "sentence", "float32")
        self.inputs = dense(units, seeds, "inputs", "float32")
        self.memory = Memory(blocks, units, seeds, dtype="float32", name="memory")
        self.loop = layers.RNN(self.memory, dtype="float32", name="loop")
        self.answer = dense(units, seeds, "answer", "float32")
        self.activation = PReLU(dtype="float32", name="activation")

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        story, sentences = self.story(embedded, inputs)
        memory = self.remembered(story, sentences)
        query = mean(story, sentences.exist)[:, 0]  # (batch, hidden_dim)
        attention = ops.softmax(ops.einsum("bku,bu->bk", memory, query))
        found = ops.einsum("bk,bku->bu", attention, memory)
        return self.activation(query + self.answer(found))

    def story(
        self, embedded: KerasTensor, inputs: dict[str, KerasTensor]
    ) -> tuple[KerasTensor, Sentences]:
        """Returns a vector of each sentence, and which sentences there are.

        Args:
            embedded: `(batch, tokens, embedding_dim)`, zeros for padding.
            inputs: Of the same texts.

        Returns:
            float32 `(batch, sentences, hidden_dim)`; the sentences.
        """
        config = self.config
        sentences = split_sentences(
            inputs,
            config.sentence_end_ids,
            config.sizes["max_sentences"],
            config.sizes["piece_tokens"],
        )
        return self.sentence(self.reader(embedded, sentences)), sentences

    def remembered(self, story: KerasTensor, sentences: Sentences) -> KerasTensor:
        """Returns the memory behind a story, float32 `(batch, blocks, hidden_dim)`."""
        exist = ops.expand_dims(ops.cast(sentences.exist, "float32"), -1)
        memory = self.loop(ops.concatenate([story, self.inputs(story), exist], axis=-1))
        shape = self.config.sizes["blocks"], self.config.hidden_dim
        return ops.reshape(memory, (-1, *shape))


class PlaceWeights(layers.Layer):
    """Sums of the tokens of sentences, each unit weighed by the place in the sentence.

    Args:
        places: How many places have weights of their own.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, places: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = places

    def build(self, embedded_shape: Any, *_: Any) -> None:
        """Makes the weights."""
        self.table = self.add_weight(
            shape=(self.places, embedded_shape[-1]), initializer="ones", name="weights"
        )
        self.built = True

    def call(self, embedded: KerasTensor, sentences: Sentences) -> KerasTensor:
        """Returns float32 `(batch, sentences, width)`.

        Args:
            embedded: `(batch, tokens, width)`, zeros for padding.
            sentences: Of the same texts.
        """
        places = ops.minimum(places_in_sentences(sentences), self.places - 1)
        weighed = embedded * ops.take(self.table, places, axis=0)
        members = ops.cast(sentences.members, "float32")
        return ops.matmul(members, ops.cast(weighed, "float32"))


class PReLU(layers.Layer):
    """ReLU with a learned slope below 0 for each unit, which begins at 1."""

    def build(self, shape: Any) -> None:
        """Makes the slopes."""
        self.slopes = self.add_weight(
            shape=(shape[-1],), initializer="ones", name="slopes"
        )
        self.built = True

    def call(self, x: KerasTensor) -> KerasTensor:
        """Returns a tensor like `x`."""
        return ops.maximum(x, 0.0) + self.slopes * ops.minimum(x, 0.0)


class Memory(layers.Layer):
    """What a sentence does to the blocks of a memory; a cell of `keras.layers.RNN`.

    A block begins as its key. Its gate opens for sentences that are like its key or
    what it holds. In the end its length is 1, which forgets some of what was there.

    Args:
        blocks: How many there are.
        units: Width of each, and of a sentence.
        seeds: Where initial weights get their seeds.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, blocks: int, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.blocks, self.units = blocks, units
        self.state_size = blocks * units
        self.initializers = (
            keras.initializers.RandomNormal(0.0, 0.1, seeds.next()),
            keras.initializers.GlorotUniform(seeds.next()),
            keras.initializers.GlorotUniform(seeds.next()),
        )
        self.activation = PReLU(dtype=self.dtype_policy, name="activation")

    def build(self, *_: Any) -> None:
        """Makes the keys, and the kernels of what is in a block and of its key."""
        square = self.units, self.units
        shapes = (self.blocks, self.units), square, square
        self.keys, self.of_state, self.of_keys = (
            self.add_weight(shape=shape, initializer=initializer, name=name)
            for name, shape, initializer in zip(
                ("keys", "of_state", "of_keys"), shapes, self.initializers, strict=True
            )
        )
        self.activation.build((None, self.units))
        self.built = True

    def get_initial_state(self, batch_size: Any = None) -> list[KerasTensor]:
        """Returns the keys for each text, `(batch, blocks * units)`."""
        keys = ops.reshape(self.keys, (1, self.state_size))
        return [ops.repeat(keys, batch_size, axis=0)]

    def call(
        self, inputs: KerasTensor, states: Any
    ) -> tuple[KerasTensor, list[KerasTensor]]:
        """Returns the memory behind a sentence, as output and in a list.

        Args:
            inputs: `(batch, 2 * units + 1)`: the sentence, what it adds to each
                candidate, and 1 if there is one, 0 if all stays as it is.
            states: The memory before, `(batch, blocks * units)`.
        """
        units = self.units
        sentence, added, exists = ops.split(inputs, (units, 2 * units), axis=-1)
        before = ops.reshape(states[0], (-1, self.blocks, units))
        # (batch, blocks)
        gates = ops.sigmoid(ops.einsum("bku,bu->bk", before + self.keys, sentence))
        of_keys = ops.matmul(self.keys, self.of_keys)  # (blocks, units)
        candidates = ops.matmul(before, self.of_state) + of_keys
        candidates = self.activation(candidates + ops.expand_dims(added, 1))
        after = before + ops.expand_dims(gates, -1) * candidates
        after = ops.normalize(after, axis=-1)
        after = ops.where(ops.expand_dims(exists > 0, -1), after, before)
        after = ops.reshape(after, (-1, self.state_size))
        return after, [after]
