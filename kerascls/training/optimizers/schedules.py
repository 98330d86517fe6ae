"""Learning rates as functions of the step."""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("kerascls")
class WarmupLinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Rises linearly from 0 to the peak, then falls linearly to 0.

    Args:
        peak: Largest learning rate.
        warmup_steps: Updates of rising.
        total_steps: Update at which 0 is reached.
        accumulate_steps: Keras's steps per update: it counts every piece of a batch.
    """

    def __init__(
        self,
        peak: float,
        warmup_steps: int,
        total_steps: int,
        accumulate_steps: int = 1,
    ) -> None:
        self.peak = peak
        self.warmup_steps = max(1, warmup_steps)
        self.total_steps = max(total_steps, self.warmup_steps + 1)
        self.accumulate_steps = accumulate_steps

    def __call__(self, step: Any) -> Any:
        """Returns the float32 rate of one of Keras's steps, counted from 0."""
        # Counted from 1, so that the first update has a rate and the last one too.
        step = ops.cast(step // self.accumulate_steps, "float32") + 1.0
        rising = step / self.warmup_steps
        falling = (self.total_steps + 1.0 - step) / (
            self.total_steps + 1.0 - self.warmup_steps
        )
        return self.peak * ops.maximum(ops.minimum(rising, falling), 0.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        names = ("peak", "warmup_steps", "total_steps", "accumulate_steps")
        return {name: getattr(self, name) for name in names}


class GeometricRise(keras.optimizers.schedules.LearningRateSchedule):
    """Multiplies the rate by the same factor after each update.

    Args:
        lowest: Rate of the first update.
        highest: Rate of the last.
        num_steps: Updates.
        accumulate_steps: Keras's steps per update: it counts every piece of a batch.
    """

    def __init__(
        self, lowest: float, highest: float, num_steps: int, accumulate_steps: int = 1
    ) -> None:
        self.lowest = lowest
        self.highest = highest
        self.num_steps = num_steps
        self.accumulate_steps = accumulate_steps

    def __call__(self, step: Any) -> Any:
        """Returns the float32 rate of one of Keras's steps, counted from 0."""
        share = ops.cast(step // self.accumulate_steps, "float32")
        share /= max(1, self.num_steps - 1)
        return self.lowest * ops.exp(share * np.log(self.highest / self.lowest))
