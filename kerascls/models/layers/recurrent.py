"""Recurrent layers in which padding takes no part, in one direction and in both."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.layers.bricks import Seeds


class _Step(layers.Layer):
    """A step over one token, whose inputs have met their weights already.

    Args:
        units: Width of the states.
        seed: Fixes the initial weights.
    """

    gates, num_states = 1, 1

    def __init__(self, units: int, seed: int) -> None:
        super().__init__(dtype="float32", name="step")
        self.units = self.output_size = units
        self.state_size = [units] * self.num_states
        self.initializer = keras.initializers.Orthogonal(seed=seed)

    def build(self, *_: Any) -> None:
        """Makes the weights."""
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.gates * self.units),
            initializer=self.initializer,
            name="recurrent_kernel",
        )


class _PlainStep(_Step):
    """Elman's: the new state is tanh of input and state."""

    def call(self, inputs: KerasTensor, states: list[KerasTensor]) -> Any:
        (state,) = states
        state = ops.tanh(inputs + ops.matmul(state, self.recurrent_kernel))
        return state, [state]


class _LSTMStep(_Step):
    """Long short-term memory; input gate, forget gate, candidate, output gate."""

    gates, num_states = 4, 2
    forget_bias = 1.0  # so that it remembers at first

    def call(self, inputs: KerasTensor, states: list[KerasTensor]) -> Any:
        state, memory = states
        summed = inputs + ops.matmul(state, self.recurrent_kernel)
        i, f, candidate, o = ops.split(summed, 4, axis=-1)
        memory = ops.sigmoid(f + self.forget_bias) * memory
        memory = memory + ops.sigmoid(i) * ops.tanh(candidate)
        state = ops.sigmoid(o) * ops.tanh(memory)
        return state, [state, memory]


_STEPS = {"plain": _PlainStep, "lstm": _LSTMStep}


class Recurrent(layers.Layer):
    """A recurrent layer over the real tokens of a text, in one direction.

    Padding leaves its states as they are, wherever it stands: backwards it begins with
    the last real token. What comes in meets its weights for all tokens at once, before
    the loop; Keras's own layers do that in each step. States are float32 in any
    precision, as they are sums over many tokens. There is nothing of cuDNN in it, so
    that XLA can compile it.

    Args:
        kind: `"lstm"`, with 1 added to its forget gate, or `"plain"`.
        units: Width of the states.
        seeds: Where its initial weights get their seeds.
        backwards: Whether it begins at the end.
        **kwargs: `name`; `dtype`, in which inputs meet their weights.

    References:
        - [Long Short-Term Memory](https://doi.org/10.1162/neco.1997.9.8.1735), with
          the [forget gate](https://doi.org/10.1162/089976600300015015)
    """

    def __init__(
        self,
        kind: str,
        units: int,
        seeds: Seeds,
        backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.backwards = backwards
        step = _STEPS[kind](units, seeds.next())
        self.initializer = keras.initializers.GlorotUniform(seeds.next())
        self.loop = layers.RNN(
            step,
            return_sequences=True,
            return_state=True,
            go_backwards=backwards,
            dtype=self.dtype_policy,
            name="loop",
        )

    def build(self, hidden_shape: Any, *_: Any) -> None:
        """Makes the weights."""
        step = self.loop.cell
        width = step.gates * step.units
        self.kernel = self.add_weight(
            shape=(hidden_shape[-1], width), initializer=self.initializer, name="kernel"
        )
        self.bias = self.add_weight(shape=(width,), initializer="zeros", name="bias")
        step.build()

    def call(
        self,
        hidden: KerasTensor,
        padding_mask: KerasTensor,
        initial_state: KerasTensor | None = None,
    ) -> tuple[KerasTensor, KerasTensor]:
        """Returns the state behind each token, and the last one.

        Args:
            hidden: `(batch, tokens, width)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            initial_state: `(batch, units)` for a layer of one state; zeros if None.

        Returns:
            `(batch, tokens, units)` in the order of the tokens, zeros for padding, and
            `(batch, units)`, the initial state where there is no token.
        """
        inputs = ops.matmul(hidden, self.kernel) + self.bias
        is_real = ops.cast(padding_mask, "bool")
        states, last, *_ = self.loop(inputs, initial_state=initial_state, mask=is_real)
        if self.backwards:
            states = ops.flip(states, axis=1)
        mask = ops.expand_dims(ops.cast(padding_mask, states.dtype), -1)
        return states * mask, last


class Bidirectional(layers.Layer):
    """Two recurrent layers over the real tokens of a text, one from either end.

    Args:
        kind, units, seeds, **kwargs: As of `Recurrent`.

    References:
        - [Bidirectional Recurrent Neural Networks](https://doi.org/10.1109/78.650093)
    """

    def __init__(self, kind: str, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.ahead = Recurrent(kind, units, seeds, dtype=policy, name="forward")
        self.back = Recurrent(
            kind, units, seeds, backwards=True, dtype=policy, name="backward"
        )
        self.built = True

    def call(
        self, hidden: KerasTensor, padding_mask: KerasTensor
    ) -> tuple[KerasTensor, KerasTensor]:
        """Returns the states of both directions behind each token, and the last ones.

        Args:
            hidden: `(batch, tokens, width)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.

        Returns:
            `(batch, tokens, 2 * units)`, zeros for padding, and `(batch, 2 * units)`:
            what either direction knows of the whole text.
        """
        forward, forward_last = self.ahead(hidden, padding_mask)
        backward, backward_last = self.back(hidden, padding_mask)
        return (
            ops.concatenate([forward, backward], axis=-1),
            ops.concatenate([forward_last, backward_last], axis=-1),
        )
