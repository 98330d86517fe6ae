"""Dynamic memory network."""

from typing import Any

from keras import KerasTensor, layers, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.classic.gru import GRU, GRUStep
from kerascls.models.classic.sentences import split_sentences
from kerascls.models.layers.bricks import Seeds


class DynamicMemory(ClassicLayer):
    """Passes over the sentences of a text, each attending to what the last one found.

    Embeddings --> GRU --> its states at the ends of sentences, the facts --> (gates
    from facts, question and memory --> GRU that each gate lets in --> GRU that updates
    the memory) x `sizes["passes"]` --> GRU that answers --> Dropout --> Dense

    The facts are those of the sentences of the text, or of pieces of
    `sizes["piece_tokens"]` tokens of a text of one, as headlines are, so that the gates
    have something to choose from in any text that is longer than a piece; in the paper
    each word is a fact there. The question is the text itself, as in the code that made
    it popular on Chinese questions, for there is no other: the state behind its last
    token, with which the memory begins.

    Other than in the paper question and facts are of one GRU; the answer is a single
    step of the answering GRU, without an answer before it; gates are learned by the
    labels alone, as no data say which facts matter; the bilinear form in them has a
    bias; the reset gate of GRUs is applied as `GRU` says. What is computed over
    sentences is float32 in any precision.

    Args:
        config: `hidden_dim` units of everything; `sizes["max_sentences"]`, the last of
            which is all the rest.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Ask Me Anything: Dynamic Memory Networks for Natural Language Processing](
          https://arxiv.org/abs/1506.07285)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        units = self.config.hidden_dim
        self.reader = GRU(units, seeds, dtype=self.dtype_policy, name="reader")
        self.gates = Gates(units, seeds, dtype="float32", name="gates")
        self.episode = GRU(units, seeds, dtype="float32", name="episode")
        self.update = GRUStep(units, seeds, dtype="float32", name="update")
        self.answer = GRUStep(units, seeds, dtype="float32", name="answer")

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        facts, exist, question = self.facts(embedded, inputs)
        memory = question
        for _ in range(self.config.sizes["passes"]):
            gates = self.gates(facts, question, memory) * ops.cast(exist, "float32")
            episode = self.episode(facts, gates)[:, -1]
            memory = self.update(episode, memory)  # (batch, hidden_dim)
        return self.answer(question, memory)

    def facts(
        self, embedded: KerasTensor, inputs: dict[str, KerasTensor]
    ) -> tuple[KerasTensor, KerasTensor, KerasTensor]:
        """Returns the facts of texts, which of them there are, and the question.

        Args:
            embedded: `(batch, tokens, embedding_dim)`, zeros for padding.
            inputs: Of the same texts.

        Returns:
            float32 `(batch, sentences, hidden_dim)`; bool `(batch, sentences)`;
            float32 `(batch, hidden_dim)`.
        """
        config = self.config
        sentences = split_sentences(
            inputs,
            config.sentence_end_ids,
            config.sizes["max_sentences"],
            config.sizes["piece_tokens"],
        )
        states = self.reader(embedded, inputs["padding_mask"])
        states = ops.cast(states, "float32")  # (batch, tokens, hidden_dim)
        at_ends = ops.logical_and(sentences.members, ops.expand_dims(sentences.ends, 1))
        # (batch, sentences, hidden_dim)
        facts = ops.matmul(ops.cast(at_ends, "float32"), states)
        # Padding has left the last state as it was.
        return facts, sentences.exist, states[:, -1]


class Gates(layers.Layer):
    """How much of each fact is let in: two dense layers over how it compares.

    Args:
        units: Width of facts, question and memory, and of the first dense layer.
        seeds: Where initial weights get their seeds.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.bilinear = dense(units, seeds, "bilinear", policy)
        self.hidden = dense(units, seeds, "hidden", policy, "tanh")
        self.gate = dense(1, seeds, "gate", policy, "sigmoid")
        self.built = True

    def call(
        self, facts: KerasTensor, question: KerasTensor, memory: KerasTensor
    ) -> KerasTensor:
        """Returns `(batch, facts)`, from 0 to 1.

        Args:
            facts: `(batch, facts, units)`.
            question: `(batch, units)`.
            memory: `(batch, units)`.
        """
        turned = self.bilinear(facts)
        features = [facts]
        for other in (memory, question):
            other = ops.expand_dims(other, 1)  # (batch, 1, units)
            product = ops.sum(turned * other, axis=-1, keepdims=True)
            everywhere = ops.zeros_like(facts) + other
            features += [everywhere, facts * other, ops.abs(facts - other), product]
        # (batch, facts, 7 * units + 2)
        hidden = self.hidden(ops.concatenate(features, axis=-1))
        return self.gate(hidden)[..., 0]
