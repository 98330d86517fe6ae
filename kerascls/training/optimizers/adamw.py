"""AdamW with a rate for each weight; its updates depend on no pieces or devices."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from kerascls.errors import SettingsError
from kerascls.models.backend import tensorflow_ops
from kerascls.models.backend.compute import has_own_operations
from kerascls.training.optimizers.lazy_rows import (
    adam_rule,
    is_rows,
    scaled,
    summed_rows,
    update_rows,
)


@keras.saving.register_keras_serializable("kerascls")
class AdamW(keras.optimizers.AdamW):
    """Keras's AdamW with a rate for each weight, and the same update in any pieces.

    Where it differs from Keras's: a row of a table is clipped by the sum of what its
    tokens say; gradients are summed over the replicas of a `tf.distribute` strategy
    before they are clipped, not behind, and can be accumulated there. Moving averages
    move once per update, not with every piece of a batch, faster in the beginning
    (momentum at most `(1 + updates) / (10 + updates)`, as in TensorFlow), and are
    never written into the model: for that there is
    `kerascls.training.optimizers.fine_tuning.averaged_weights`.

    Args:
        learning_rate: A float or a schedule, as Keras takes it.
        rate_factors: Multiplies the rate, and so the decay, of each weight: as many
            as there are trainable variables, in their order. None for 1 everywhere.
        lazy: Indices of those trainable variables that are tables whose rows stay as
            they are where their gradient is zero, see `lazy_rows`.
        **kwargs: What `keras.optimizers.AdamW` takes; no `amsgrad` with `lazy`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rate_factors: Sequence[float] | None = None,
        lazy: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.lazy = tuple(lazy)
        # To be set where XLA does not compile, which moves other rows than asked for.
        self.gathers_rows = False
        self.rate_factors: tuple[float, ...] | None = None
        if rate_factors is not None:
            self.rate_factors = tuple(map(float, rate_factors))

    def build(self, variables: Sequence[keras.Variable]) -> None:
        """Makes the optimiser's variables; Keras calls it.

        Raises:
            SettingsError: When there are more or fewer variables than factors, or
                with `amsgrad`, which has no lazy form here.
        """
        factors = self.rate_factors
        if factors is not None and len(factors) != len(variables):
            raise SettingsError(
                f"Expected one rate factor for each of {len(variables)} trainable "
                f"variables. Received: len(rate_factors)={len(factors)}. Choose which "
                f"layers are frozen before the factors are."
            )
        if self.lazy and self.amsgrad:
            raise SettingsError(
                f"Expected Adam's own rule for tables that are updated row by row. "
                f"Received: amsgrad=True, lazy={self.lazy}. Leave one of them out."
            )
        super().build(variables)

    def update_step(
        self, gradient: Any, variable: keras.Variable, learning_rate: Any
    ) -> None:
        """Decays a variable, then steps along its gradient."""
        index = self._get_variable_index(variable)
        if self.rate_factors is not None:
            learning_rate = learning_rate * self.rate_factors[index]
        rate = ops.cast(learning_rate, variable.dtype)
        decay = self.weight_decay if self._use_weight_decay(variable) else 0.0
        share = ops.cast(decay, variable.dtype) * rate
        betas = self.beta_1, self.beta_2
        update = ops.cast(self.iterations + 1, "float32")
        moments = self._momentums[index], self._velocities[index]
        if index in self.lazy:
            rule = adam_rule(rate, share, betas, update, self.epsilon)
            update_rows(rule, (variable, *moments), gradient)
            return
        if decay:
            self.assign_sub(variable, variable * share)
        if self.amsgrad or not has_own_operations(gradient):
            super().update_step(gradient, variable, learning_rate)
            return
        tensorflow_ops.adam_step(
            variable, moments, gradient, rate, betas, update, epsilon=self.epsilon
        )

    def _clip_gradients(self, grads: list) -> list:
        limit = self.global_clipnorm
        if not limit or not all(map(has_own_operations, grads)):
            return super()._clip_gradients(grads)
        # As Keras: an infinite gradient makes all of them NaN.
        values = [grad.values if is_rows(grad) else grad for grad in grads]
        norm = ops.sqrt(tensorflow_ops.squared_norm(values))
        scale = limit * ops.minimum(1.0 / norm, 1.0 / limit) + (norm - norm)
        return [scaled(gradient, scale) for gradient in grads]

    def _apply_weight_decay(self, variables: Any) -> None:
        """Nothing: `update_step` decays, where it knows the rate."""

    def _backend_apply_gradients(self, grads: list, trainable_variables: list) -> None:
        grads = [
            summed_rows(gradient)
            if self._keeps_rows(gradient, variable)
            else dense(gradient)
            for gradient, variable in zip(grads, trainable_variables, strict=True)
        ]
        grads = summed_over_replicas(grads)
        super()._backend_apply_gradients(grads, trainable_variables)

    def _keeps_rows(self, gradient: Any, variable: keras.Variable) -> bool:
        """Whether rows of a gradient need not become a table: none is added to it."""
        return (
            self.gathers_rows
            and self._get_variable_index(variable) in self.lazy
            and is_rows(gradient)
            and has_own_operations(gradient.values)
            and not (
                self.gradient_accumulation_steps or self.clipnorm or self.clipvalue
            )
            and num_replicas() == 1
        )

    # Behind the sum all replicas do the same, each on its own copy of the variables.
    # Keras lets them meet once more, which is impossible in a branch of the graph,
    # and so wherever gradients are accumulated.
    def _backend_update_step(
        self, grads: list, trainable_variables: list, learning_rate: Any
    ) -> None:
        for gradient, variable in zip(grads, trainable_variables, strict=True):
            self.update_step(gradient, variable, learning_rate)

    def _backend_increment_gradient_accumulators(
        self, grads: list, acc_grads: list
    ) -> None:
        for gradient, accumulator in zip(grads, acc_grads, strict=True):
            accumulator.assign(gradient + accumulator)

    def _update_model_variables_moving_average(self, trainable_variables: list) -> None:
        steps = self.gradient_accumulation_steps or 1
        updates = ops.cast(self.iterations, "float32")
        momentum = ops.minimum(self.ema_momentum, (1 + updates) / (10 + updates))
        # The averages start as zeros: the first update's weights replace them.
        share = ops.where(updates > 0, 1 - momentum, 1.0)
        share = ops.where((self._iterations + 1) % steps == 0, share, 0.0)
        averages = self._model_variables_moving_average
        for variable, average in zip(trainable_variables, averages, strict=True):
            average.assign(average + share * (variable - average))

    def finalize_variable_values(self, var_list: list) -> None:
        """Nothing: at the end of `fit` Keras would put the averages into the model.

        Its weights would no longer be those the optimiser's moments belong to, and
        zeros if there was no update.
        """

    def averages(self) -> list[tuple]:
        """Returns pairs of variable and moving average; none before an update."""
        if not self.use_ema or not self.built or int(ops.copy(self.iterations)) == 0:
            return []
        averages = self._model_variables_moving_average
        return list(zip(self._trainable_variables, averages, strict=True))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = {"rate_factors": self.rate_factors, "lazy": self.lazy}
        return {**super().get_config(), **own}


def dense(gradient: Any) -> Any:
    """Returns a gradient as a tensor, not as rows of a table with repetitions.

    Args:
        gradient: As TensorFlow gives it; those of other backends are dense. None for
            a weight that the loss does not depend on.
    """
    if keras.backend.backend() != "tensorflow" or gradient is None:
        return gradient
    import tensorflow as tf

    return tf.convert_to_tensor(gradient)


def num_replicas() -> int:
    """Returns how many of a `tf.distribute` strategy work on this step together."""
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    return 1 if context is None else context.num_replicas_in_sync


def summed_over_replicas(tensors: list) -> list:
    """Returns sums over the replicas of a `tf.distribute` strategy.

    Args:
        tensors: Of this replica. Returned as they are where there is but one, and on
            other backends, whose arrays are of all devices together.
    """
    if num_replicas() == 1:
        return tensors
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, tensors)
