"""The Keras part of a run: build, compile, fit, keep the best weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.decision.fit_decision import rule_for
from kerascls.errors import NotFiniteError
from kerascls.models.backend.compute import (
    Compute,
    choose_compute,
    data_parallel,
    limit_threads,
)
from kerascls.models.backend.forward import forward
from kerascls.models.transformer import TransformerClassifier
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import TokenStore
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.system.interrupts import Interrupts
from kerascls.system.machine import package_versions
from kerascls.training.build import (
    build_classifier,
    build_feeds,
    compile_trainee,
    encode_feeds,
)
from kerascls.training.callbacks.progress import EpochProgress
from kerascls.training.callbacks.rounds import Rounds
from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.feeds import Feed, fit_input
from kerascls.training.plan import Plan
from kerascls.training.run_directory import HISTORY_FILE, STATE_FOLDER
from kerascls.training.starting_point import StartingPoint
from kerascls.training.tracking import close_trackers, trackers


@dataclass(frozen=True, eq=False)
class Fitted:
    """What training gives.

    Args:
        model: With the weights of the best epoch.
        valid_logits: float32 `(rows, num_classes)`, these weights on the validation
            part, in its order.
        best_epoch: Epochs done when it was scored; 1.5 is within the second.
        compute: What it was computed with.
        interrupted: Whether Ctrl-C ended it.
        states: How many states were written, and the seconds that took.
        seconds_before: How long the processes before this one trained, up to the
            state it went on from.
    """

    model: TransformerClassifier
    valid_logits: np.ndarray
    best_epoch: float
    compute: Compute
    interrupted: bool
    states: dict[str, float]
    seconds_before: float


def fit_weights(
    settings: RunSettings,
    data: LabelledText,
    start: StartingPoint,
    stores: dict[str, TokenStore],
    layout: Layout,
    screen: Screen,
    out: Path,
    resume: bool = False,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    cache: bool = True,
) -> Fitted:
    """Trains the encoder and a new head; chooses the epoch on the validation part.

    Args:
        settings: With every value filled in.
        data: The parts and their labels.
        start: What the encoder starts from.
        stores: Token ids of each part.
        layout: Truncation and special tokens.
        screen: Where tables and bars go.
        out: The run directory; gets the scores of every epoch, and states.
        resume: Whether to go on from the newest state there, if there is one.
        callbacks: More Keras callbacks; they see the scores in `logs`.
        cache: Whether features of a frozen encoder are kept for the next run.

    Raises:
        KeyboardInterrupt: When Ctrl-C came before the first epoch was scored.
        NotFiniteError: When the training diverged in the first epoch.
    """
    train = settings.train
    compute = choose_compute(train.precision, train.compile, train.devices)
    limit_threads(compute)
    screen.say(f"computing with {compute}")
    with data_parallel(compute), Interrupts() as interrupts:
        model = build_classifier(settings, data, start, compute, screen)
        feeds = build_feeds(settings, data, stores, layout, compute)
        fed, fitted = feeds, model
        if train.freeze_encoder:
            fed, fitted = encode_feeds(model, feeds, cache, screen), model.head_model()
        plan = Plan(feeds["train"].num_batches, train.epochs, train.validate_steps)
        names = model.weights_by_name()
        trainee = compile_trainee(
            fitted, names, train, data.task, compute, plan.num_steps
        )
        table = _table(settings, data, fed["valid"], out / HISTORY_FILE, screen)
        made_with = f"{compute}, {package_versions()}"
        rounds = Rounds(plan, table, train, out / STATE_FOLDER, interrupts, made_with)
        if resume:
            screen.say(rounds.restore(trainee))
        tracking = trackers(train.track, out, start.name, settings.to_dict())
        try:
            more = (*tracking, *callbacks)
            interrupted = _fit(trainee, fed["train"], rounds, screen, more)
        finally:
            close_trackers(tracking)
        rounds.keep_best_weights(trainee)
        logits = predict_logits(model, feeds["valid"], len(data.label_set))
    return Fitted(
        model=model,
        valid_logits=logits,
        best_epoch=rounds.best_epoch,
        compute=compute,
        interrupted=interrupted,
        states={"written": rounds.states_written, "seconds": round(rounds.states_s, 3)},
        seconds_before=rounds.seconds_before,
    )


def _table(
    settings: RunSettings,
    data: LabelledText,
    feed: Feed,
    history_csv: Path,
    screen: Screen,
) -> ScoreTable:
    return ScoreTable(
        feed,
        data.scored_labels("valid"),
        data.task,
        rule=partial(rule_for, settings.decision, data.task, tuple(data.label_set)),
        history_csv=history_csv,
        sink=screen.say,
        best_by=settings.train.best_by,
    )


def predict_logits(model, feed: Feed, num_classes: int) -> np.ndarray:
    """Returns float32 `(rows, num_classes)` logits in the order of the feed's rows."""
    logits = np.zeros((len(feed), num_classes), np.float32)
    for chosen, given in feed.run(forward(model)):
        logits[chosen] = given
    return logits


def _fit(
    model: keras.Model,
    feed: Feed,
    rounds: Rounds,
    screen: Screen,
    callbacks: Sequence[keras.callbacks.Callback],
) -> bool:
    """Trains until the plan or the patience ends; returns whether Ctrl-C came."""
    plan, train = rounds.plan, rounds.train
    if rounds.exhausted:
        return False
    round_, done = divmod(rounds.step, plan.round_steps)
    parts = train.accumulate_steps
    progress = EpochProgress(
        screen.console,
        rows_per_epoch=len(feed) * plan.round_steps // plan.steps_per_epoch,
        done=done * parts,
    )
    shown = [progress] if screen.shows_bars else []
    try:
        model.fit(
            fit_input(feed, train.seed, rounds.step, parts),
            initial_epoch=round_,
            epochs=plan.num_rounds,
            steps_per_epoch=plan.round_steps * parts,
            callbacks=[rounds, *callbacks, *shown],
            shuffle=False,
            verbose=0,
        )
    except (KeyboardInterrupt, NotFiniteError) as end:
        if rounds.best_weights is None:
            raise
        if isinstance(end, KeyboardInterrupt):
            return True
        screen.say(f"TRAINING DIVERGED; going on with the best epoch. {end}")
    finally:
        progress.close()
    return False
