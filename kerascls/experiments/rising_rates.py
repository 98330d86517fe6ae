"""The Keras half of the learning-rate range test."""

from collections.abc import Callable

import keras
import numpy as np

from kerascls.models.backend.compute import data_parallel
from kerascls.training.build import (
    build_classifier,
    build_feeds,
    compile_trainee,
    start_computing,
    training_loss,
)
from kerascls.training.feeds import fit_input
from kerascls.training.job import Job
from kerascls.training.optimizers.schedules import GeometricRise
from kerascls.training.used_rows import with_used_rows


class LossPerStep(keras.callbacks.Callback):
    """Keeps the loss of each epoch, which is one step; stops where it explodes."""

    def __init__(self, is_broken: Callable[[list[float]], bool]) -> None:
        super().__init__()
        self.is_broken = is_broken
        self.losses: list[float] = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Looks at the loss; one that is not finite is not kept."""
        loss = float((logs or {})["loss"])
        if not np.isfinite(loss):
            self.model.stop_training = True
            return
        self.losses.append(loss)
        self.model.stop_training = self.is_broken(self.losses)


def losses_at_rising_rates(
    job: Job, rates: np.ndarray, is_broken: Callable[[list[float]], bool]
) -> list[float]:
    """Returns the loss of each step of a training whose rate rises with every step.

    Args:
        job: What to train, on what.
        rates: float `(steps,)`, a geometric sequence.
        is_broken: Says whether to stop after these losses. One that is not finite
            ends the training, too, and is left out.
    """
    train, task = job.settings.train, job.data.task
    compute = start_computing(job)
    with data_parallel(compute):
        feed = build_feeds(job, compute)["train"]
        model = with_used_rows(job, build_classifier(job, compute))
        names, pieces = model.weights_by_name(), train.accumulate_steps
        trainee = compile_trainee(
            *(model, names, train, task, training_loss(job), compute, len(rates))
        )
        optimizer = trainee.optimizer
        # Behind a LossScaleOptimizer, which has no rate of its own.
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        optimizer.learning_rate = GeometricRise(rates[0], rates[-1], len(rates), pieces)
        recorder = LossPerStep(is_broken)
        # An epoch of one step, so that its loss is that of the step.
        trainee.fit(
            fit_input(feed, train.seed, pieces=pieces),
            epochs=len(rates),
            steps_per_epoch=pieces,
            callbacks=[recorder],
            shuffle=False,
            verbose=0,
        )
    return recorder.losses
