"""The Keras half of the learning-rate range test."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from kerascls.assembly import build_classifier, build_feeds, compile_trainee
from kerascls.batches import Layout
from kerascls.compute import choose_compute, data_parallel, limit_threads
from kerascls.feeds import fit_input
from kerascls.preparation import LabelledText
from kerascls.screen import Screen
from kerascls.settings import RunSettings
from kerascls.starting_points import StartingPoint
from kerascls.token_store import TokenStore


class GeometricRise(keras.optimizers.schedules.LearningRateSchedule):
    """Multiplies the rate by the same factor after each update.

    Args:
        lowest: Rate of the first update.
        highest: Rate of the last.
        num_steps: Updates.
        accumulate_steps: Keras's steps per update: it counts every part of a batch.
    """

    def __init__(
        self, lowest: float, highest: float, num_steps: int, accumulate_steps: int = 1
    ):
        self.lowest = lowest
        self.highest = highest
        self.num_steps = num_steps
        self.accumulate_steps = accumulate_steps

    def __call__(self, step):
        """Returns the float32 rate of one of Keras's steps, counted from 0."""
        share = ops.cast(step // self.accumulate_steps, "float32")
        share /= max(1, self.num_steps - 1)
        return self.lowest * ops.exp(share * np.log(self.highest / self.lowest))

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            "lowest": self.lowest,
            "highest": self.highest,
            "num_steps": self.num_steps,
            "accumulate_steps": self.accumulate_steps,
        }


class LossPerStep(keras.callbacks.Callback):
    """Keeps the loss of each epoch, which is one step; stops where it explodes.

    Args:
        is_broken: Says whether to stop after these losses.
    """

    def __init__(self, is_broken: Callable[[list[float]], bool]):
        super().__init__()
        self.is_broken = is_broken
        self.losses: list[float] = []

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the loss; one that is not finite is not kept."""
        loss = float(logs["loss"])
        if not np.isfinite(loss):
            self.model.stop_training = True
            return
        self.losses.append(loss)
        self.model.stop_training = self.is_broken(self.losses)


def losses_at_rising_rates(
    rates: np.ndarray,
    settings: RunSettings,
    data: LabelledText,
    start: StartingPoint,
    stores: dict[str, TokenStore],
    layout: Layout,
    screen: Screen,
    is_broken: Callable[[list[float]], bool],
) -> list[float]:
    """Returns the loss of each step of a training whose rate rises with every step.

    Args:
        rates: float `(steps,)`, a geometric sequence.
        settings: With every value filled in.
        data: The parts and their labels.
        start: What the encoder starts from.
        stores: Token ids of each part.
        layout: Truncation and special tokens.
        screen: Told about the model.
        is_broken: Says whether to stop after these losses. One that is not finite
            ends the training, too, and is left out.
    """
    train = settings.train
    compute = choose_compute(train.precision, train.compile, train.devices)
    limit_threads(compute)
    with data_parallel(compute):
        model = build_classifier(settings, data, start, compute, screen)
        feed = build_feeds(settings, data, stores, layout, compute)["train"]
        names, parts = model.weights_by_name(), train.accumulate_steps
        trainee = compile_trainee(model, names, train, data.task, compute, len(rates))
        optimizer = trainee.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        optimizer.learning_rate = GeometricRise(rates[0], rates[-1], len(rates), parts)
        watch = LossPerStep(is_broken)
        # An epoch of one step, so that its loss is that of the step.
        trainee.fit(
            fit_input(feed, train.seed, parts=parts),
            epochs=len(rates),
            steps_per_epoch=parts,
            callbacks=[watch],
            shuffle=False,
            verbose=0,
        )
    return watch.losses
