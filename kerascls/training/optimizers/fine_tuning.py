"""AdamW as BERT was fine-tuned with: decay on matrices only, warm-up, linear decay."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from kerascls.training.optimizers.adamw import AdamW
from kerascls.training.optimizers.lazy_rows import is_lazy
from kerascls.training.optimizers.schedules import WarmupLinearDecay


def adamw(
    variables: Sequence[keras.Variable],
    learning_rate: float,
    total_steps: int,
    warmup_share: float = 0.1,
    weight_decay: float = 0.01,
    clip_norm: float = 1.0,
    *,
    rate_factors: Sequence[float] | None = None,
    accumulate_steps: int = 1,
    ema_momentum: float | None = None,
) -> AdamW:
    """Returns the optimiser for a model's trainable variables.

    With `keras.optimizers.LossScaleOptimizer` around it, a piece of a batch whose
    gradient is not finite is left out; the next one takes its place in the update.

    Args:
        variables: Trainable variables; those with fewer than two axes (biases,
            LayerNorm) are not decayed, and those that say so are tables whose rows
            move only with a gradient, see `lazy_rows`.
        learning_rate: Peak rate.
        total_steps: Updates until the rate is 0.
        warmup_share: Share of the updates in which the rate rises.
        weight_decay: Decoupled decay per update, times the learning rate.
        clip_norm: Longest gradient, over all variables together.
        rate_factors: Multiplies the rate of each of `variables`, see `layer_factors`.
        accumulate_steps: Keras's steps, each on a piece of a batch, per update. Their
            gradients are averaged, then clipped; the update is that of the whole
            batch when the pieces' losses sum to this many times the batch's loss.
        ema_momentum: Keep a moving average of the weights, for `averaged_weights`:
            what stays of it per update, in the long run. None for none.

    References:
        - [Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101)
    """
    warmup_steps = round(total_steps * warmup_share)
    schedule = WarmupLinearDecay(
        learning_rate, warmup_steps, total_steps, accumulate_steps
    )
    averaging: dict[str, Any] = {}
    if ema_momentum is not None:
        averaging = {"use_ema": True, "ema_momentum": ema_momentum}
    optimizer = AdamW(
        schedule,
        rate_factors,
        lazy=[index for index, table in enumerate(variables) if is_lazy(table)],
        weight_decay=weight_decay,
        beta_2=0.999,
        epsilon=1e-6,  # BERT's
        global_clipnorm=clip_norm,
        gradient_accumulation_steps=accumulate_steps if accumulate_steps > 1 else None,
        **averaging,
    )
    optimizer.exclude_from_weight_decay(
        var_list=[variable for variable in variables if len(variable.shape) < 2]
    )
    return optimizer


def layer_factors(names: Iterable[str], decay: float) -> dict[str, float]:
    """Returns factors for the learning rate that fall from the top layer down.

    The head, the pooler and the top layer have 1, each layer below `decay` times
    that of the one above, the embeddings with their projection that of another layer
    below the lowest. ALBERT's one block is one layer.

    Args:
        names: Stable names of weights, as of `weights_by_name`.
        decay: Factor from one layer to the one below.

    References:
        - [How to Fine-Tune BERT](https://arxiv.org/abs/1905.05583), where the top
          layer has the base rate; ELECTRA's code gives it `decay ** 2`.
    """
    layers = {name: _layer_of(name) for name in names}
    top = max((layer for layer in layers.values() if layer is not None), default=0)
    return {
        name: 1.0 if layer is None else decay ** (top - layer)
        for name, layer in layers.items()
    }


def _layer_of(name: str) -> int | None:
    """Returns a weight's layer, -1 for embeddings, None for what is above."""
    block, _, rest = name.partition("/")
    if block in ("embeddings", "embeddings_project"):
        return -1
    layer, _, number = rest.partition("/")[0].rpartition("_")
    is_block = block == "encoder" and layer == "layer"
    return int(number) if is_block else None


@contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """Lends a model the moving averages of its weights; without any, does nothing.

    Args:
        model: Compiled with `adamw(..., ema_momentum=...)`, loss scaling around it or
            not; may be in the middle of `fit`, between steps.

    Example:
        >>> with averaged_weights(model):
        ...     scores = evaluate(model)
    """
    if keras.backend.backend() == "jax":
        model.jax_state_sync()  # within `fit`, Keras keeps JAX's values elsewhere
    # Behind a LossScaleOptimizer.
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    pairs = optimizer.averages() if isinstance(optimizer, AdamW) else []
    trained = [ops.copy(variable) for variable, _ in pairs]
    try:
        for variable, average in pairs:
            # JAX frees what it predicts with: the average itself must not be that.
            variable.assign(ops.copy(average))
        yield
    finally:
        for (variable, _), value in zip(pairs, trained, strict=True):
            variable.assign(value)
