"""A GRU that can be told where to forget, and how far to change its state."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.layers.bricks import Seeds


class Cell(layers.Layer):
    """One step of a `GRU`, on inputs that are multiplied by their kernel already.

    Args:
        units: Width of the state.
        seed: Fixes the first values.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, units: int, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state_size = units
        self.initializer = keras.initializers.Orthogonal(seed=seed)

    def build(self, *_: Any) -> None:
        """Makes the weights."""
        units = self.state_size
        self.kernel = self.add_weight(
            shape=(units, 3 * units), initializer=self.initializer, name="kernel"
        )
        self.bias = self.add_weight(
            shape=(3 * units,), initializer="zeros", name="bias"
        )
        self.built = True

    def call(
        self, inputs: KerasTensor, states: Any
    ) -> tuple[KerasTensor, list[KerasTensor]]:
        """Returns the next state, as output and in a list.

        Args:
            inputs: `(batch, 3 * units + 2)`: what inputs add to update gate, reset gate
                and candidate; `keep` and `share`, as of `GRU`.
            states: The state before, `(batch, units)`.
        """
        units = self.state_size
        of_inputs, keep, share = ops.split(inputs, (3 * units, 3 * units + 1), axis=-1)
        before = states[0] * keep
        of_state = ops.matmul(before, self.kernel) + self.bias  # (batch, 3 * units)
        both = ops.sigmoid(of_inputs[:, : 2 * units] + of_state[:, : 2 * units])
        stays, reset = both[:, :units], both[:, units:]
        candidate = ops.tanh(
            of_inputs[:, 2 * units :] + reset * of_state[:, 2 * units :]
        )
        after = before + share * (1 - stays) * (candidate - before)
        return after, [after]


class GRU(layers.Layer):
    """A GRU over a sequence, whose state begins with zeros.

    Inputs are multiplied by their kernel all at once, before the loop. The reset gate
    is applied behind the product, as in cuDNN's form.

    Args:
        units: Width of the state.
        seeds: Where initial weights get their seeds.
        **kwargs: `name`, `dtype`.

    References:
        - [Learning Phrase Representations using RNN Encoder-Decoder](
          https://arxiv.org/abs/1406.1078)
    """

    def __init__(self, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.inputs = dense(3 * units, seeds, "inputs", policy)
        self.cell = Cell(units, seeds.next(), dtype=policy, name="state")
        self.loop = layers.RNN(
            self.cell, return_sequences=True, dtype=policy, name="loop"
        )
        self.built = True

    def call(
        self, inputs: KerasTensor, share: KerasTensor, keep: KerasTensor | None = None
    ) -> KerasTensor:
        """Returns the state behind each item, `(batch, items, units)`.

        Args:
            inputs: `(batch, items, width)`.
            share: `(batch, items)`, what share of its step each item does: 0 leaves
                the state as it is.
            keep: `(batch, items)`, 0 where the state is forgotten before an item, 1
                elsewhere; None for 1 everywhere.
        """
        keep = ops.ones_like(share) if keep is None else keep
        told = [ops.cast(x, self.compute_dtype) for x in (keep, share)]
        steps = [self.inputs(inputs), *(ops.expand_dims(x, -1) for x in told)]
        return self.loop(ops.concatenate(steps, axis=-1))


class GRUStep(layers.Layer):
    """One step of a GRU of its own, for what comes once.

    Args:
        units: Width of the state.
        seeds: Where initial weights get their seeds.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.inputs = dense(3 * units, seeds, "inputs", policy)
        self.cell = Cell(units, seeds.next(), dtype=policy, name="state")
        self.built = True

    def call(self, inputs: KerasTensor, state: KerasTensor) -> KerasTensor:
        """Returns the next state, `(batch, units)`.

        Args:
            inputs: `(batch, width)`.
            state: The state before, `(batch, units)`.
        """
        whole = ops.ones_like(state[:, :1])  # for keep, and for share
        steps = ops.concatenate([self.inputs(inputs), whole, whole], axis=-1)
        return self.cell(steps, [state])[0]


class BiGRU(layers.Layer):
    """Two GRUs, one of which reads from the end.

    Args:
        units: Width of the state of each.
        seeds: Where initial weights get their seeds.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, units: int, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.forward = GRU(units, seeds, dtype=policy, name="forward")
        self.backward = GRU(units, seeds, dtype=policy, name="backward")
        self.built = True

    def call(
        self,
        inputs: KerasTensor,
        is_real: KerasTensor,
        begins: KerasTensor | None = None,
        ends: KerasTensor | None = None,
    ) -> KerasTensor:
        """Returns both states at each item, `(batch, items, 2 * units)`.

        Args:
            inputs: `(batch, items, width)`.
            is_real: bool `(batch, items)`, False for items that are to be passed over.
            begins: bool `(batch, items)`, where something new begins, before which
                nothing is known; None for the first item alone.
            ends: bool `(batch, items)`, the same from the end; None for the last.
        """
        found = []
        for gru, new, turn in (
            (self.forward, begins, _as_it_is),
            (self.backward, ends, _reversed),
        ):
            keep = None if new is None else turn(ops.logical_not(new))
            found.append(turn(gru(turn(inputs), turn(is_real), keep)))
        return ops.concatenate(found, axis=-1)


def _as_it_is(x: KerasTensor) -> KerasTensor:
    return x


def _reversed(x: KerasTensor) -> KerasTensor:
    return ops.flip(x, axis=1)
