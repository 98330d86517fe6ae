"""R-Drop and FGM: two ways of training against memorising few examples."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.training.optimizers.adamw import dense, summed_over_replicas


class RegularizedModel(keras.Model):
    """Trains a classifier with R-Drop, FGM or both; predicts like it.

    To be compiled and fitted in place of the classifier, whose variables it shares.

    With `r_drop`, each row passes twice, with different dropout; the loss is the mean
    of both passes' losses plus `r_drop / 2` times `symmetric_divergence`. That is
    half of the paper's, so `r_drop` is the paper's alpha. Multi-label is no part of
    the paper.

    With `fgm`, a second gradient is taken where the table of word embeddings is moved
    along its gradient by a step of this length; the update follows the sum of both.
    The paper moves the normalised embeddings of each text; this moves the table, as
    is usual for BERT: all occurrences of a token alike, once for the whole batch, or
    for each piece where gradients are accumulated. The table is moved in thought only,
    no variable changes. The loss shown is that of the first, clean pass.

    Args:
        model: Built; returns logits `(batch, num_classes)`. What is frozen is chosen
            before.
        task: What a row's labels mean.
        r_drop: Weight of the penalty on two different answers.
        fgm: Length of the step.
        embeddings: The table of word embeddings, for `fgm`.
        **kwargs: `name`.

    Raises:
        SettingsError: When `fgm` is given without a trainable table of the model.

    References:
        - [R-Drop](https://arxiv.org/abs/2106.14448)
        - [Adversarial Training Methods for Semi-Supervised Text
          Classification](https://arxiv.org/abs/1605.07725)
    """

    def __init__(
        self,
        model: keras.Model,
        task: Task,
        *,
        r_drop: float = 0.0,
        fgm: float = 0.0,
        embeddings: keras.Variable | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.model = model
        self.task = Task(task)
        self.r_drop = r_drop
        self.fgm = fgm
        # Not the variable: Keras would list it a second time, and first.
        self._table_id = id(embeddings)
        self.built = True
        if fgm:
            self._table_index()

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Returns the model's logits.

        Args:
            inputs: What the model takes.
            training: Whether dropout is on.

        Returns:
            float32 `(batch, num_classes)`; with `r_drop`, in training, those of both
            passes: `(batch, 2, num_classes)`.
        """
        if not (training and self.r_drop):
            return self.model(inputs, training=training)
        twice = keras.tree.map_structure(lambda x: ops.repeat(x, 2, axis=0), inputs)
        logits = self.model(twice, training=True)  # (2 * batch, num_classes)
        # (batch, 2, num_classes)
        return ops.reshape(logits, (-1, 2, logits.shape[-1]))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Returns the compiled loss, with R-Drop's penalty where rows passed twice."""
        if not _passed_twice(y_pred):
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        first, second = y_pred[:, 0], y_pred[:, 1]  # (batch, num_classes)
        loss = super().compute_loss(x, y, first, sample_weight, training)
        loss += super().compute_loss(x, y, second, sample_weight, training)
        penalty = symmetric_divergence(first, second, self.task)
        if sample_weight is not None:
            penalty *= ops.cast(sample_weight, penalty.dtype)
        return loss / 2 + self.r_drop / 2 * ops.sum(penalty)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Returns the metrics' values; of two passes they see the first."""
        if _passed_twice(y_pred):
            y_pred = y_pred[:, 0]
        return super().compute_metrics(x, y, y_pred, sample_weight)

    def train_step(self, *args: Any) -> Any:
        """Makes one step: Keras's own, or FGM's with its two gradients."""
        if not self.fgm:
            return super().train_step(*args)
        if keras.backend.backend() == "tensorflow":
            return self._tensorflow_step(*args)
        return self._jax_step(*args)

    def _tensorflow_step(self, data: Any) -> dict[str, Any]:
        import tensorflow as tf

        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        variables, table = self.trainable_variables, self._table_index()

        def gradients(sources: list, watched: Sequence[Any] = ()) -> tuple:
            with tf.GradientTape() as tape:
                tape.watch(watched)
                logits = self(x, training=True)
                loss = self.compute_loss(x, y, logits, weights, training=True)
                scaled = self.optimizer.scale_loss(loss)
            grads = [dense(grad) for grad in tape.gradient(scaled, sources)]
            return grads, loss, logits

        clean, loss, logits = gradients(variables)
        (along,) = summed_over_replicas([clean[table]])
        moved = variables[table] + self._step_along(along)
        with keras.StatelessScope([(variables[table], moved)]) as scope:
            sources = [*variables[:table], moved, *variables[table + 1 :]]
            adversarial, _, _ = gradients(sources, [moved])
        self._take_over(scope)
        self.optimizer.apply(_sums(clean, adversarial), variables)

        rows = tf.shape(keras.tree.flatten(x)[0])[0]
        replicas = self.distribute_strategy.num_replicas_in_sync
        self._loss_tracker.update_state(loss * replicas, sample_weight=rows)
        return self.compute_metrics(x, y, logits, weights)

    def _take_over(self, scope: keras.StatelessScope) -> None:
        """Keeps what a pass counted: the random numbers that dropout has used."""
        for variable in self.non_trainable_variables:
            value = scope.get_current_value(variable)
            if value is not None:
                variable.assign(value)

    def _jax_step(self, state: tuple, data: Any) -> tuple:
        import jax

        variables, others, optimizer, metrics = state
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        table = self._table_index()

        def gradients(variables: list, others: list, metrics: list) -> tuple:
            function = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)
            (_, outcome), gradients = function(
                *(variables, others, metrics, x, y, weights),
                training=True,
                optimizer_variables=optimizer,
            )
            return gradients, *outcome

        clean, loss, logits, others, metrics = gradients(variables, others, metrics)
        moved = variables[table] + self._step_along(clean[table])
        moved = [*variables[:table], moved, *variables[table + 1 :]]
        adversarial, _, _, others, metrics = gradients(moved, others, metrics)
        variables, optimizer = self.optimizer.stateless_apply(
            optimizer, _sums(clean, adversarial), variables
        )
        logs, metrics = self._update_metrics_variables(
            metrics, loss, x, y, logits, weights
        )
        return logs, (variables, others, optimizer, metrics)

    def _step_along(self, gradient: Any) -> Any:
        length = ops.sqrt(ops.sum(ops.square(gradient)))
        # `where` within the division: a gradient of 0 would give NaN, not no step.
        return gradient * (self.fgm / ops.where(length == 0, 1.0, length))

    def _table_index(self) -> int:
        ids = [id(variable) for variable in self.trainable_variables]
        if self._table_id not in ids:
            raise SettingsError(
                f"FGM moves the table of word embeddings, which must be trainable. "
                f"Received: fgm={self.fgm}, and a table that is none of the "
                f"{len(ids)} trainable variables. Set fgm to 0, or freeze nothing."
            )
        return ids.index(self._table_id)


def symmetric_divergence(first: Any, second: Any, task: Task) -> Any:
    """Returns how far two predictions are apart: the mean of KL(P|Q) and KL(Q|P).

    Args:
        first: Logits `(batch, num_classes)`, for P.
        second: Logits of the same shape, for Q.
        task: `"multiclass"` and `"distribution"` compare distributions over classes,
            `"multilabel"` yes and no of each label, and takes the mean over labels.

    Returns:
        `(batch,)`, 0 where both are the same.
    """
    # The normalising terms of the logarithms fall out of the sum of both directions.
    if Task(task).sums_to_one:
        difference = ops.softmax(first) - ops.softmax(second)  # (batch, num_classes)
        return ops.sum(difference * (first - second), axis=-1) / 2
    difference = ops.sigmoid(first) - ops.sigmoid(second)
    return ops.mean(difference * (first - second), axis=-1) / 2


def _passed_twice(logits: Any) -> bool:
    return len(logits.shape) == 3


def _sums(gradients: list, others: list) -> list:
    # None: of a weight that the loss does not depend on.
    return [
        gradient if other is None else gradient + other
        for gradient, other in zip(gradients, others, strict=True)
    ]
