"""Sequence to sequence: labels one after another, folded into a score for each."""

from typing import Any, NamedTuple, Self

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.classic.gru import BiGRU, GRUStep
from kerascls.models.layers.bricks import Seeds

ALWAYS = 1e9  # log-odds of what is certain


class Seq2Seq(ClassicLayer):
    """A decoder that chooses one label after another, none twice, and then ends.

    Embeddings --> BiGRU --> `steps` times: (additive attention --> GRU --> Dense -->
    tanh --> Dropout --> Dense --> choice among labels and the end) --> log-odds that
    any step chose the label

    The decoder begins with a Dense and tanh of the encoder's last states, and follows
    the likeliest sequence: what one step likes best no later one can choose. Each step
    sees the labels' embeddings, weighed by what the step before thought of them, as
    SGM's global embedding does; label embeddings are the columns of the last layer's
    kernel. What all steps think of a label is folded into one number: the log-odds that
    one of them chooses it before the end. So one forward pass gives a logit for each
    label, and the ordinary losses train it. SGM is trained to repeat sequences of
    labels in order of frequency, of which each step is told the true one before
    (teacher forcing), and looks for the best sequence with a beam; so is the code for
    Chinese questions, without the beam. Here nobody makes an order up: the decoder
    finds one, and is trained on its own choices. SGM has an LSTM, and a gate for the
    global embedding.

    The end's first score is 0 and the bias of labels their log-odds, by which
    frequencies are nearly the first answer. With one step, as for rows of one label,
    its scores are the logits, without an end.

    Args:
        config: `hidden_dim` units of each direction of the encoder, of decoder and
            attention; `sizes["steps"]`, how many labels a row can have.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [SGM: Sequence Generation Model for Multi-Label Classification](
          https://arxiv.org/abs/1806.04822), whose global embedding is the weighed one
        - [Neural Machine Translation by Jointly Learning to Align and Translate](
          https://arxiv.org/abs/1409.0473)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        units, policy = self.config.hidden_dim, self.dtype_policy
        self.encoder = BiGRU(units, seeds, dtype=policy, name="encoder")
        self.first_state = dense(units, seeds, "first_state", policy, "tanh")
        self.keys = dense(units, seeds, "keys", policy)
        self.attention = AdditiveAttention(units, seeds, dtype=policy, name="attention")
        self.decoder = GRUStep(units, seeds, dtype=policy, name="decoder")
        self.readout = dense(units, seeds, "readout", policy, "tanh")
        self.end = dense(1, seeds, "end", "float32")

    @property
    def has_gradients(self) -> bool:
        """Not where another label becomes the likeliest: logits jump there."""
        return False

    def _logits(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        mask = inputs["padding_mask"]
        # (batch, tokens, 2 * units), padding has what the token before it has.
        states = self.encoder(embedded, ops.cast(mask, "bool"))
        keys = self.keys(states)  # (batch, tokens, units)
        units = self.config.hidden_dim
        last = ops.concatenate([states[:, -1, :units], states[:, 0, units:]], axis=-1)
        state = self.first_state(last)  # (batch, units)
        thought = ops.zeros_like(state)
        choices = Choices.none(ops.shape(mask)[0], self.num_classes)
        for _ in range(self.config.sizes["steps"]):
            context = self.attention(state, states, keys, mask)
            beside = ops.concatenate([thought, context], axis=-1)
            state = self.decoder(beside, state)
            read = self.readout(ops.concatenate([state, context], axis=-1))
            read = self.dropout(read, training=training)
            scores = self.classifier(read)  # (batch, num_classes)
            if self.config.sizes["steps"] == 1:
                return scores
            embeddings = ops.transpose(self.classifier.kernel)
            thought = ops.matmul(shares(choices.free(scores)), embeddings)
            choices = choices.after(scores, self.end(read))
        return choices.given


class AdditiveAttention(layers.Layer):
    """The average of states, weighed by a score of each with a query.

    The score is that of Bahdanau et al., v tanh(key + Dense(query)).

    Args:
        units: Width of keys and queries.
        seeds: Where its initial weights get their seeds.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.of_query = dense(units, seeds, "query", self.dtype_policy)
        self.score = self.add_weight(
            shape=(units, 1),
            initializer=keras.initializers.GlorotUniform(seeds.next()),
            name="score",
        )
        self.built = True

    def call(
        self,
        query: KerasTensor,
        states: KerasTensor,
        keys: KerasTensor,
        padding_mask: KerasTensor,
    ) -> KerasTensor:
        """Returns `(batch, width)`.

        Args:
            query: `(batch, units)`.
            states: `(batch, tokens, width)`.
            keys: `(batch, tokens, units)`, what a dense layer makes of the states.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        """
        seen = ops.tanh(keys + ops.expand_dims(self.of_query(query), 1))
        scores = ops.cast(ops.matmul(seen, self.score), "float32")[:, :, 0]
        scores = ops.where(ops.cast(padding_mask, "bool"), scores, -1e9)
        weights = ops.expand_dims(ops.cast(shares(scores), states.dtype), 1)
        return ops.matmul(weights, states)[:, 0]


class Choices(NamedTuple):
    """What the steps so far have chosen, float32.

    Args:
        taken: `(batch, num_classes)`, 1 for what a step liked best.
        given: `(batch, num_classes)`, log-odds that a step has chosen the label.
        goes_on: `(batch, 1)`, log-odds that none was the end.
    """

    taken: KerasTensor
    given: KerasTensor
    goes_on: KerasTensor

    @classmethod
    def none(cls, rows: Any, num_classes: int) -> Self:
        """Returns the choices before the first step."""
        nothing = ops.zeros((rows, num_classes), "float32")
        return cls(nothing, nothing - ALWAYS, nothing[:, :1] + ALWAYS)

    def free(self, scores: KerasTensor) -> KerasTensor:
        """Returns the scores, hopeless ones for labels that are taken."""
        return scores - ALWAYS * self.taken

    def after(self, scores: KerasTensor, end: KerasTensor) -> Self:
        """Returns the choices behind one more step.

        Args:
            scores: `(batch, num_classes)`.
            end: `(batch, 1)`, the score of the end.
        """
        free = self.free(scores)
        choice = choice_log_odds(ops.concatenate([free, end], axis=-1))
        return type(self)(
            self.taken + ops.cast(likeliest(free), "float32"),
            either(self.given, both(self.goes_on, choice[:, :-1])),
            both(self.goes_on, -choice[:, -1:]),
        )


def shares(scores: KerasTensor) -> KerasTensor:
    """Returns the softmax over the last axis; Keras's warns where that is of one."""
    return ops.exp(scores - ops.logsumexp(scores, axis=-1, keepdims=True))


def likeliest(scores: KerasTensor) -> KerasTensor:
    """Returns where the largest score of the last axis is, of equal ones the first.

    Not by `argmax`, whose bits of numbers other formats cannot look at.

    Returns:
        bool, of the shape of `scores`.
    """
    are_best = ops.equal(scores, ops.max(scores, axis=-1, keepdims=True))
    number = ops.cumsum(ops.cast(are_best, "int32"), axis=-1)
    return ops.logical_and(are_best, ops.equal(number, 1))


def choice_log_odds(scores: KerasTensor) -> KerasTensor:
    """Returns the log-odds of the softmax of scores, exact also where it is nearly 1.

    Args:
        scores: float32 `(batch, choices)`, two or more.
    """
    best = likeliest(scores)
    others = ops.logsumexp(ops.where(best, -ALWAYS, scores), -1, keepdims=True)
    log_chance = scores - ops.logsumexp(scores, axis=-1, keepdims=True)
    # All but one are half at most, of which 1 - chance has no rounding to fear. That
    # one is left out before the logarithm, whose gradient would be NaN.
    at_most_half = ops.where(best, -1.0, log_chance)
    return ops.where(
        best, scores - others, log_chance - ops.log1p(-ops.exp(at_most_half))
    )


def either(first: Any, second: Any) -> KerasTensor:
    """Returns the log-odds that one of two independent things is so, or both."""
    # The odds are a + b + ab, in which nothing is rounded away.
    return ops.logaddexp(ops.logaddexp(first, second), first + second)


def both(first: Any, second: Any) -> KerasTensor:
    """Returns the log-odds that two independent things are both so."""
    return -either(-first, -second)
