"""The Keras part of a run: build, compile, fit, keep the best weights."""

import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from kerascls.batches import Layout
from kerascls.callbacks import EpochProgress, ScoreTable
from kerascls.compute import Compute, choose_compute, limit_threads
from kerascls.decision import Rule
from kerascls.errors import NotFiniteError
from kerascls.feeds import Feed, fit_input, forward, length_buckets
from kerascls.labels import Task
from kerascls.losses import loss_for
from kerascls.models.transformer import TransformerClassifier
from kerascls.optimizers import adamw
from kerascls.preparation import LabelledText
from kerascls.screen import Screen
from kerascls.settings import RunSettings, TrainSettings
from kerascls.starting_points import StartingPoint
from kerascls.token_store import TokenStore


@dataclass(frozen=True, eq=False)
class Fitted:
    """What training gives.

    Args:
        model: With the weights of the best epoch.
        valid_logits: float32 `(rows, num_classes)`, these weights on the validation
            part, in its order.
        best_epoch: Counted from 1.
        compute: What it was computed with.
        interrupted: Whether Ctrl-C ended it.
    """

    model: TransformerClassifier
    valid_logits: np.ndarray
    best_epoch: int
    compute: Compute
    interrupted: bool


class TimeLimit(keras.callbacks.Callback):
    """Ends training at the first step after some minutes; the epoch is scored.

    Args:
        minutes: From the start of training.
    """

    def __init__(self, minutes: float):
        super().__init__()
        self.minutes = minutes

    def on_train_begin(self, logs=None):
        """Starts the clock."""
        self._end = time.monotonic() + 60 * self.minutes

    def on_train_batch_end(self, batch, logs=None):
        """Looks at the clock."""
        if time.monotonic() > self._end:
            self.model.stop_training = True


def fit_weights(
    settings: RunSettings,
    data: LabelledText,
    start: StartingPoint,
    stores: dict[str, TokenStore],
    layout: Layout,
    screen: Screen,
    history_csv: Path,
) -> Fitted:
    """Trains the encoder and a new head; chooses the epoch by validation macro-F1.

    Args:
        settings: With every value filled in.
        data: The parts and their labels.
        start: What the encoder starts from.
        stores: Token ids of each part.
        layout: Truncation and special tokens.
        screen: Where tables and bars go.
        history_csv: Where the scores of every epoch go.

    Raises:
        KeyboardInterrupt: When Ctrl-C came before the first epoch was scored.
        NotFiniteError: When the training diverged in the first epoch.
    """
    compute = choose_compute(settings.train.precision, settings.train.compile)
    limit_threads()
    screen.say(f"computing with {compute}")
    model = _build(settings, data, start, compute, screen)
    feeds = _feeds(settings, data, stores, layout, compute)
    _compile(model, settings.train, data.task, compute, feeds["train"].num_batches)
    table = ScoreTable(
        feeds["valid"],
        data.scored_labels("valid"),
        data.task,
        rule=_fixed_rule(settings, data.task),
        objective=settings.decision.objective,
        history_csv=history_csv,
        sink=screen.say,
    )
    best_epoch, interrupted = _fit(model, settings.train, feeds["train"], table, screen)
    logits = predict_logits(model, feeds["valid"], len(data.label_set))
    return Fitted(model, logits, best_epoch, compute, interrupted)


def predict_logits(model, feed: Feed, num_classes: int) -> np.ndarray:
    """Returns float32 `(rows, num_classes)` logits in the order of the feed's rows."""
    logits = np.zeros((len(feed), num_classes), np.float32)
    run = forward(model)
    for chosen in feed.order():
        inputs, _, _ = feed.batch(chosen)
        logits[chosen] = run(inputs)[: len(chosen)]
    return logits


def _build(
    settings: RunSettings,
    data: LabelledText,
    start: StartingPoint,
    compute: Compute,
    screen: Screen,
) -> TransformerClassifier:
    encoder, notes = start.encoder(settings.train.seed, compute.policy)
    for note in notes:
        screen.say(note)
    model = TransformerClassifier(
        encoder,
        len(data.label_set),
        settings.model.pooling,
        settings.model.dropout,
        settings.train.seed,
    )
    screen.say(f"model: {start.name}, {model.count_params():,} parameters")
    return model


def _compile(
    model: TransformerClassifier,
    train: TrainSettings,
    task: Task,
    compute: Compute,
    num_batches: int,
):
    optimizer = adamw(
        model.trainable_variables,
        train.learning_rate,
        num_batches * train.epochs,
        train.warmup_share,
        train.weight_decay,
        train.clip_norm,
    )
    if compute.precision == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(
        optimizer=optimizer,
        loss=loss_for(task),
        jit_compile=compute.jit_compile,
        auto_scale_loss=False,
    )


def _fit(
    model: TransformerClassifier,
    train: TrainSettings,
    feed: Feed,
    table: ScoreTable,
    screen: Screen,
) -> tuple[int, bool]:
    """Leaves the best epoch's weights; returns its number and whether Ctrl-C came."""
    stopping = keras.callbacks.EarlyStopping(
        monitor="val_macro_f1",
        mode="max",
        patience=train.patience_epochs,
        restore_best_weights=True,
    )
    callbacks = [table, stopping]
    progress = EpochProgress(screen.console, rows_per_epoch=len(feed))
    if screen.shows_bars:
        callbacks.append(progress)
    if train.max_minutes is not None:
        callbacks.append(TimeLimit(train.max_minutes))
    try:
        model.fit(
            fit_input(feed, train.seed),
            steps_per_epoch=feed.num_batches,
            epochs=train.epochs,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )
    except (KeyboardInterrupt, NotFiniteError) as end:
        if stopping.best_weights is None:
            raise
        model.set_weights(stopping.best_weights)
        interrupted = isinstance(end, KeyboardInterrupt)
        if not interrupted:
            screen.say(f"TRAINING DIVERGED; going on with the best epoch. {end}")
        return stopping.best_epoch + 1, interrupted
    finally:
        progress.close()
    return stopping.best_epoch + 1, False


def _feeds(
    settings: RunSettings,
    data: LabelledText,
    stores: dict[str, TokenStore],
    layout: Layout,
    compute: Compute,
) -> dict[str, Feed]:
    buckets = length_buckets(layout.max_tokens) if compute.fixed_shapes else None
    return {
        name: Feed(
            stores[name],
            data.parts[name].rows,
            data.targets(name),
            layout,
            settings.train.batch_size,
            len(data.scored_labels(name)),
            buckets,
        )
        for name in ("train", "valid")
    }


def _fixed_rule(settings: RunSettings, task: Task) -> Rule | None:
    threshold = settings.decision.threshold
    if task is Task.MULTICLASS or threshold is None:
        return None
    return Rule("threshold", threshold)
