"""The Keras part of a run: build, compile, fit, keep the best weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import keras
import numpy as np

from kerascls.decision.fit_decision import rule_for
from kerascls.errors import NotFiniteError
from kerascls.evaluation.reports.history import HISTORY_FILE
from kerascls.models.backend.compute import (
    Compute,
    data_parallel,
)
from kerascls.models.backend.forward import forward
from kerascls.models.transformer import TransformerClassifier
from kerascls.system.interrupts import Interrupts
from kerascls.system.machine import package_versions
from kerascls.system.runs import STATE_FOLDER
from kerascls.training.build import (
    build_classifier,
    build_feeds,
    compile_trainee,
    encode_feeds,
    start_computing,
    training_loss,
)
from kerascls.training.callbacks.early_stopping import EarlyStopping
from kerascls.training.callbacks.progress import EpochProgress
from kerascls.training.callbacks.rounds import Rounds
from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.callbacks.state_saving import StateSaving
from kerascls.training.feeds import Feed, fit_input
from kerascls.training.job import Job
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.plan import Plan
from kerascls.training.tracking.runs import close_trackers, trackers
from kerascls.training.used_rows import UsedRowsModel, with_used_rows


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
        embedding_rows: How many rows of the word embeddings were trained; None for
            all, or none.
    """

    model: TransformerClassifier
    valid_logits: np.ndarray
    best_epoch: float
    compute: Compute
    interrupted: bool
    states: dict[str, float]
    seconds_before: float
    embedding_rows: int | None = None


def fit_weights(
    job: Job,
    out: Path,
    resume: bool = False,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> Fitted:
    """Trains the encoder and a new head; chooses the epoch on the validation part.

    Args:
        job: What to train, on what.
        out: The run directory; gets the scores of every epoch, and states.
        resume: Whether to go on from the newest state there, if there is one.
        callbacks: More Keras callbacks; they see the scores in `logs`.

    Raises:
        KeyboardInterrupt: When Ctrl-C came before the first epoch was scored.
        NotFiniteError: When the training diverged in the first epoch.
    """
    train, screen = job.settings.train, job.screen
    compute = start_computing(job)
    screen.say(f"computing with {compute}")
    with data_parallel(compute), Interrupts() as interrupts:
        model = build_classifier(job, compute)
        feeds = build_feeds(job, compute)
        fed, states = feeds, out / STATE_FOLDER
        trained = with_used_rows(job, model, states if resume else None)
        names = trained.weights_by_name()
        if train.freeze_encoder:
            fed, trained = encode_feeds(job, model, feeds), model.head_model()
        epochs = cast("int", train.epochs)  # `StartingPoint.resolve` has filled it in
        plan = Plan(
            feeds["train"].num_batches, epochs, train.validate_steps, train.max_steps
        )
        trainee = compile_trainee(
            *(trained, names, train, job.data.task, training_loss(job)),
            *(compute, plan.num_steps),
        )
        history_csv, made_with = out / HISTORY_FILE, f"{compute}, {package_versions()}"
        saving = StateSaving(states, history_csv, train, made_with, screen.say)
        rounds = Rounds(
            plan,
            _table(job, fed["valid"], history_csv),
            EarlyStopping(plan, train.patience_epochs, train.max_minutes),
            saving,
            interrupts,
            train.accumulate_steps,
        )
        if resume:
            screen.say(rounds.restore(trainee))
        tracking = trackers(train.track, out, job.start.name, job.settings.to_dict())
        try:
            others = (*tracking, *callbacks)
            interrupted = _fit(trainee, fed["train"], rounds, job, others)
        finally:
            close_trackers(tracking)
        rounds.best.give_to(trainee)
        rows = None
        if isinstance(trained, UsedRowsModel):
            trained.give_to(model)
            rows = trained.num_rows
        logits = predict_logits(model, feeds["valid"], len(job.data.label_set))
    return Fitted(
        model=model,
        valid_logits=logits,
        best_epoch=cast("float", rounds.table.best_epoch_),
        compute=compute,
        interrupted=interrupted,
        states={"written": saving.written, "seconds": round(saving.seconds, 3)},
        seconds_before=rounds.stopping.seconds_before,
        embedding_rows=rows,
    )


def _table(job: Job, feed: Feed, history_csv: Path) -> ScoreTable:
    settings, data = job.settings, job.data
    return ScoreTable(
        feed,
        data.scored_labels("valid"),
        data.task,
        rule=partial(rule_for, settings.decision, data.task, tuple(data.label_set)),
        history_csv=history_csv,
        sink=job.screen.say,
        best_by=settings.train.best_by,
        loss=loss_for(data.task, settings.train.label_smoothing),
    )


def predict_logits(model: keras.Model, feed: Feed, num_classes: int) -> np.ndarray:
    """Returns float32 `(rows, num_classes)` logits in the order of the feed's rows."""
    logits = np.zeros((len(feed), num_classes), np.float32)
    for rows, logits_of_rows in feed.run(forward(model)):
        logits[rows] = logits_of_rows
    return logits


def _fit(
    model: keras.Model,
    feed: Feed,
    rounds: Rounds,
    job: Job,
    callbacks: Sequence[keras.callbacks.Callback],
) -> bool:
    """Trains until the plan or the patience ends; returns whether Ctrl-C came."""
    plan, train, screen = rounds.plan, job.settings.train, job.screen
    if rounds.exhausted:
        return False
    first_round, steps_done = divmod(rounds.step, plan.round_steps)
    pieces = train.accumulate_steps
    progress = EpochProgress(
        screen.console,
        rows_per_epoch=len(feed) * plan.round_steps // plan.steps_per_epoch,
        done=steps_done * pieces,
        unit="epoch" if plan.rounds_are_epochs else "validation round",
    )
    shown = [] if screen.quiet else [progress]
    try:
        model.fit(
            fit_input(feed, train.seed, rounds.step, pieces),
            initial_epoch=first_round,
            epochs=plan.num_rounds,
            steps_per_epoch=plan.round_steps * pieces,
            # Keras hands one `logs` from callback to callback: the scores come first.
            callbacks=[rounds, *callbacks, *shown],
            shuffle=False,
            verbose=0,
        )
    except (KeyboardInterrupt, NotFiniteError) as end:
        if rounds.best.arrays is None:
            raise
        if isinstance(end, KeyboardInterrupt):
            return True
        screen.say(f"TRAINING DIVERGED; going on with the best epoch. {end}")
    finally:
        progress.close()
    return False
