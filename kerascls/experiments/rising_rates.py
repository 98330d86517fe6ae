"""The Keras half of the learning-rate range test."""

from collections.abc import Callable

import keras
import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.models.backend.compute import choose_compute, data_parallel, limit_threads
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import TokenStore
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training.build import build_classifier, build_feeds, compile_trainee
from kerascls.training.feeds import fit_input
from kerascls.training.optimizers.schedules import GeometricRise
from kerascls.training.starting_point import StartingPoint


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
