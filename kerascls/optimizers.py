"""AdamW as BERT was fine-tuned with: decay on matrices only, warm-up, linear decay."""

import keras
from keras import ops


class WarmupLinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Rises linearly from 0 to the peak, then falls linearly to 0.

    Args:
        peak: Largest learning rate.
        warmup_steps: Steps of rising.
        total_steps: Step at which 0 is reached.
    """

    def __init__(self, peak: float, warmup_steps: int, total_steps: int):
        self.peak = peak
        self.warmup_steps = max(1, warmup_steps)
        self.total_steps = max(total_steps, self.warmup_steps + 1)

    def __call__(self, step):
        """Returns the float32 rate of a step, counted from 0."""
        step = ops.cast(step, "float32") + 1.0
        rising = step / self.warmup_steps
        falling = (self.total_steps + 1.0 - step) / (
            self.total_steps + 1.0 - self.warmup_steps
        )
        return self.peak * ops.maximum(ops.minimum(rising, falling), 0.0)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
            "total_steps": self.total_steps,
        }


def adamw(
    variables: list,
    learning_rate: float,
    total_steps: int,
    warmup_share: float = 0.1,
    weight_decay: float = 0.01,
    clip_norm: float = 1.0,
) -> keras.optimizers.AdamW:
    """Returns the optimiser for a model's trainable variables.

    Args:
        variables: Trainable variables; those with fewer than two axes (biases,
            LayerNorm) are not decayed.
        learning_rate: Peak rate.
        total_steps: Steps until the rate is 0.
        warmup_share: Share of the steps in which the rate rises.
        weight_decay: Decoupled decay per step, times the learning rate.
        clip_norm: Longest gradient, over all variables together.

    References:
        - [Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101)
    """
    schedule = WarmupLinearDecay(
        learning_rate, round(total_steps * warmup_share), total_steps
    )
    optimizer = keras.optimizers.AdamW(
        schedule,
        weight_decay=weight_decay,
        beta_2=0.999,
        epsilon=1e-6,
        global_clipnorm=clip_norm,
    )
    optimizer.exclude_from_weight_decay(
        var_list=[variable for variable in variables if len(variable.shape) < 2]
    )
    return optimizer
