"""The bricks of an encoder's layers: seeds, dense layers, norms and dropout."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.backend import tensorflow_ops
from kerascls.models.backend.compute import has_own_operations
from kerascls.models.encoder_config import EncoderConfig


class Seeds:
    """Gives every random layer its own seed, so that one number fixes a model."""

    def __init__(self, seed: int) -> None:
        self._next = seed % 2**31

    def next(self) -> int:
        """Returns the next seed, from 0 to 2**31 - 1."""
        # Runs through all numbers below 2**31 before one comes again.
        self._next = (self._next * 1103515245 + 12345) % 2**31
        return self._next


class Normalization(layers.LayerNormalization):
    """LayerNorm over the last axis, by hand where that is faster."""

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Returns a tensor like `inputs`, `(..., width)`."""
        if not has_own_operations(inputs):
            return super().call(inputs)
        rows = ops.reshape(inputs, (-1, inputs.shape[-1]))  # (rows, width)
        gamma = ops.convert_to_tensor(self.gamma)
        beta = (
            ops.convert_to_tensor(self.beta) if self.center else ops.zeros_like(gamma)
        )
        rows = tensorflow_ops.layer_norm(rows, gamma, beta, self.epsilon)
        return ops.reshape(rows, ops.shape(inputs))


class Dropout(layers.Dropout):
    """Dropout, by hand where that is faster; the same units are dropped."""

    def call(self, inputs: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Returns a tensor like `inputs`."""
        if not (training and 0 < self.rate < 1 and has_own_operations(inputs)):
            return super().call(inputs, training=training)
        # Keras draws from the same state of the seed, so it drops the same units.
        seed = ops.cast(self.seed_generator.next(), "int32")
        return tensorflow_ops.dropout(inputs, self.rate, seed)


class Bricks:
    """Makes built layers of a configuration, which draw their seeds as they are made.

    Args:
        config: The encoder.
        seeds: Where initial weights and dropout get their seeds.
        policy: The dtype policy of the layer that they are parts of.
        has_biases: Whether dense layers and norms add one.
    """

    def __init__(
        self, config: EncoderConfig, seeds: Seeds, policy: Any, has_biases: bool = True
    ) -> None:
        self.config = config
        self.seeds = seeds
        self.policy = policy
        self.has_biases = has_biases

    def initializer(
        self, stddev: float | None = None
    ) -> keras.initializers.Initializer:
        """Returns what draws weights; `stddev` defaults to the configuration's."""
        if stddev is None:
            stddev = self.config.initializer_range
        return keras.initializers.TruncatedNormal(stddev=stddev, seed=self.seeds.next())

    def dense(
        self, inputs: int, units: int, name: str, stddev: float | None = None
    ) -> layers.Dense:
        """Returns a dense layer from `(..., inputs)` to `(..., units)`."""
        layer = layers.Dense(
            units,
            use_bias=self.has_biases,
            kernel_initializer=self.initializer(stddev),
            dtype=self.policy,
            name=name,
        )
        layer.build((None, inputs))
        return layer

    def norm(self, name: str) -> Normalization:
        """Returns a LayerNorm of hidden states."""
        layer = Normalization(
            epsilon=self.config.layer_norm_epsilon,
            center=self.has_biases,
            dtype=self.policy,
            name=name,
        )
        layer.build((None, self.config.hidden_dim))
        return layer

    def dropout(self, rate: float, name: str | None = None) -> Dropout:
        """Returns dropout with a seed of its own."""
        return Dropout(rate, seed=self.seeds.next(), dtype=self.policy, name=name)
