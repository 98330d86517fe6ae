"""Sequence to sequence: labels one after another, folded into a score for each."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.recurrent import Bidirectional

ALWAYS = 1e9  # log-odds of what is certain


class Seq2Seq(ClassicLayer):
    """A decoder that chooses one label after another, none twice, and then ends.

    Embeddings --> BiGRU --> `steps` times: (additive attention --> GRU --> Dense -->
    tanh --> Dropout --> Dense --> choice among labels and the end) --> log-odds that
    any step chose the label

    The decoder begins with a Dense and tanh of the encoder's last states. Each step
    sees what the step before chose: the labels' embeddings, weighed by their chances.
    It chooses with a softmax, in which the weight of a label is multiplied by the
    chance that no earlier step has chosen it; behind the end nothing is chosen. All of
    that is computed with chances, not with drawn labels, so that one forward pass gives
    a logit for each label, and the ordinary losses train it: no order of labels has to
    be made up, and none is fed to the decoder (no teacher forcing, no beam search).
    These are the deviations from SGM, which has in addition an LSTM and forbids
    labels once they were drawn, and from the code for Chinese questions, which padded
    label sequences and compared them place by place. Label embeddings are the columns
    of the last layer's kernel. The last layer's bias does not know of the end, whose
    first score is 0: frequencies are then nearly the first answer.

    With one step, as for rows of one label, its scores are the logits, without an end.

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
        self.encoder = Bidirectional("gru", units, seeds, dtype=policy, name="encoder")
        self.first_state = dense(units, seeds, "first_state", policy, "tanh")
        self.keys = dense(units, seeds, "keys", policy)
        self.attention = AdditiveAttention(units, seeds, dtype=policy, name="attention")
        self.decoder = layers.GRUCell(
            units,
            kernel_initializer=keras.initializers.GlorotUniform(seeds.next()),
            recurrent_initializer=keras.initializers.Orthogonal(seed=seeds.next()),
            dtype=policy,
            name="decoder",
        )
        self.readout = dense(units, seeds, "readout", policy, "tanh")
        self.end = dense(1, seeds, "end", "float32")

    def _logits(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        mask = inputs["padding_mask"]
        states, last = self.encoder(embedded, mask)
        keys = self.keys(states)  # (batch, tokens, units)
        state = self.first_state(last)  # (batch, units)
        chosen = ops.zeros_like(state)
        given, goes_on = -ALWAYS, ALWAYS
        for _ in range(self.config.sizes["steps"]):
            context = self.attention(state, states, keys, mask)
            beside = ops.concatenate([chosen, context], axis=-1)
            _, (state,) = self.decoder(beside, [state])
            read = self.readout(ops.concatenate([state, context], axis=-1))
            read = self.dropout(read, training=training)
            scores = self.classifier(read)  # (batch, num_classes)
            if self.config.sizes["steps"] == 1:
                return scores
            emitted, given, goes_on = choose(scores, self.end(read), given, goes_on)
            embeddings = ops.transpose(self.classifier.kernel)
            chosen = ops.matmul(ops.sigmoid(emitted), embeddings)  # (batch, units)
        return given


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
        # Not `ops.softmax`, which warns of one token alone.
        shares = ops.exp(scores - ops.logsumexp(scores, axis=1, keepdims=True))
        shares = ops.expand_dims(ops.cast(shares, states.dtype), 1)
        return ops.matmul(shares, states)[:, 0]


def choose(
    scores: KerasTensor, end: KerasTensor, given: Any, goes_on: Any
) -> tuple[KerasTensor, KerasTensor, KerasTensor]:
    """Returns what one step does, all as log-odds, float32.

    Args:
        scores: `(batch, num_classes)` of labels, any that were given among them.
        end: `(batch, 1)`, the score of the end.
        given: `(batch, num_classes)`, that earlier steps have given the label.
        goes_on: `(batch, 1)`, that no earlier step was the end.

    Returns:
        That this step gives the label; and `given` and `goes_on` behind it.
    """
    # The logarithm of the chance that it was not given.
    free = scores - ops.softplus(given)
    choice = choice_log_odds(ops.concatenate([free, end], axis=-1))
    emitted = both(goes_on, choice[:, :-1])
    return emitted, either(given, emitted), both(goes_on, -choice[:, -1:])


def choice_log_odds(scores: KerasTensor) -> KerasTensor:
    """Returns the log-odds of the softmax of scores, exact also where it is nearly 1.

    Args:
        scores: float32 `(batch, choices)`, two or more.
    """
    likeliest = ops.one_hot(ops.argmax(scores, axis=-1), scores.shape[-1], dtype="bool")
    others = ops.logsumexp(ops.where(likeliest, -ALWAYS, scores), -1, keepdims=True)
    log_chance = scores - ops.logsumexp(scores, axis=-1, keepdims=True)
    # All but one are half at most, of which 1 - chance has no rounding to fear. That
    # one is left out before the logarithm, whose gradient would be NaN.
    at_most_half = ops.where(likeliest, -1.0, log_chance)
    return ops.where(
        likeliest, scores - others, log_chance - ops.log1p(-ops.exp(at_most_half))
    )


def either(first: Any, second: Any) -> KerasTensor:
    """Returns the log-odds that one of two independent things is so, or both."""
    # The odds are a + b + ab, in which nothing is rounded away.
    return ops.logaddexp(ops.logaddexp(first, second), first + second)


def both(first: Any, second: Any) -> KerasTensor:
    """Returns the log-odds that two independent things are both so."""
    return -either(-first, -second)
