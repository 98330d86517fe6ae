"""From settings to what Keras works on: the model, its batches, its optimiser."""

from typing import cast

import keras
import numpy as np

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.models.backend.compute import (
    Compute,
    choose_compute,
    data_parallel,
    limit_threads,
)
from kerascls.models.backend.forward import length_buckets
from kerascls.models.registry import POOLINGS
from kerascls.models.transformer import TransformerClassifier
from kerascls.settings.imbalance import method_of
from kerascls.settings.training import TrainSettings
from kerascls.system.tables import named
from kerascls.training.features import feature_feed
from kerascls.training.feeds import Feed
from kerascls.training.job import Job
from kerascls.training.losses.label_loss import LabelLoss
from kerascls.training.optimizers.fine_tuning import adamw, layer_factors
from kerascls.training.regularization import RegularizedModel


def build_classifier(job: Job, compute: Compute) -> keras.Model:
    """Returns the model to train; the screen is told its size and what was left out.

    Raises:
        SettingsError: When it cannot be built as the settings ask.
    """
    model, notes = named(job.start.preset.architecture.build)(job, compute)
    if getattr(model, "input_rank", 2) != job.layout.input_rank:
        raise SettingsError(
            f"Expected a model that reads windows. Received: "
            f"max_windows={job.layout.max_windows} for {job.start.title}, which reads "
            f"one sequence of each text. Leave --max-windows out, or choose another "
            f"--model."
        )
    size = f"model: {job.start.title}, {model.count_params():,} parameters"
    for line in (*notes, size):
        job.screen.say(line)
    return model


def start_computing(job: Job) -> Compute:
    """Returns how a job is computed, and sets TensorFlow's threads for it.

    Raises:
        SettingsError: When it cannot be as the settings ask.
    """
    train = job.settings.train
    may_halve = job.start.preset.architecture.may_halve
    stated = train.precision, train.compile, train.devices
    compute = choose_compute(*stated, may_halve=may_halve)
    limit_threads(compute)
    return compute


def try_build(job: Job) -> None:
    """Builds the model of a job once, to see that it can be, and lets it go.

    Raises:
        KerasclsError: When weights or settings do not fit.
    """
    compute = start_computing(job)
    with data_parallel(compute):
        build_classifier(job, compute)


def build_transformer(
    job: Job, compute: Compute
) -> tuple[TransformerClassifier, list[str]]:
    """Returns encoder and head, and notes on what was left out of the checkpoint.

    Raises:
        SettingsError: When more layers are to be frozen or mixed than there are.
    """
    data, train = job.data, job.settings.train
    settings, seed = job.settings.model, train.seed
    pooling = cast("str", settings.pooling)  # `StartingPoint.resolve` has filled it in
    encoder, notes = job.start.encoder(
        seed,
        compute.policy,
        with_pool=POOLINGS[pooling].with_pool,
        num_outputs=settings.mix_layers,
    )
    encoder.freeze(None if train.freeze_encoder else train.freeze_layers)
    model = TransformerClassifier(
        encoder,
        len(data.label_set),
        pooling,
        cast("float", settings.dropout),
        seed,
        settings.mix_layers,
        settings.mlp_dim,
        settings.window_pooling,
    )
    model.in_halves = compute.in_halves
    model.head.start_at(start_shares(job), not data.task.sums_to_one)
    return model, notes


def training_loss(job: Job) -> keras.losses.Loss:
    """Returns what training makes small, by the method for skewed labels."""
    imbalance = job.settings.imbalance
    return named(method_of(imbalance).loss)(
        job.data.task,
        job.label_counts,
        imbalance,
        job.settings.train.label_smoothing,
    )


def start_shares(job: Job) -> np.ndarray:
    """Returns the shares of labels that the first logits say, `(num_classes,)`.

    Those of the training rows, as the loss weighs them; never quite 0 or 1, whose
    logits are infinite. Of labels with weights their means.
    """
    if job.data.task.has_weights:
        return job.training_rows.targets.mean_weights()
    loss, shares = training_loss(job), job.label_counts.shares
    return loss.start(shares) if isinstance(loss, LabelLoss) else shares


def build_feeds(job: Job, compute: Compute) -> dict[str, Feed]:
    """Returns the batches to train and to validate on, `"train"` and `"valid"`."""
    data, layout, learned = job.data, job.layout, job.training_rows
    mixes_lengths = (
        job.start.config.has_batch_norm
        or method_of(job.settings.imbalance).mixes_lengths
    )
    buckets = None
    if compute.fixed_shapes:
        buckets = length_buckets(layout.max_tokens, layout.max_windows)
    rows = {
        "train": (*job.learned, learned.targets),
        "valid": (job.stores["valid"], data.parts["valid"].rows, data.targets("valid")),
    }
    return {
        name: Feed(
            *rows_of_part,
            layout,
            cast("int", job.settings.train.batch_size),
            len(data.scored_labels(name)),
            buckets,
            compute.num_devices,
            job.row_weights if name == "train" else None,
            learned.sampler if name == "train" else None,
            mixes_lengths,
        )
        for name, rows_of_part in rows.items()
    }


def encode_feeds(
    job: Job, model: TransformerClassifier, feeds: dict[str, Feed]
) -> dict[str, Feed]:
    """Returns the feeds with features of a frozen encoder in place of tokens."""
    encoded: dict[str, Feed] = {}
    for name, feed in feeds.items():
        with job.screen.bars() as bars:
            show = bars and bars(f"Encoding {name}")
            encoded[name] = feature_feed(model, feed, job.kept, show)
    return encoded


def compile_trainee(
    model: keras.Model,
    names: dict[str, keras.Variable],
    train: TrainSettings,
    task: Task,
    loss: keras.losses.Loss,
    compute: Compute,
    num_steps: int,
) -> keras.Model:
    """Returns what `fit` is called on: the model, or one around it, compiled.

    What is frozen is chosen before; `names` are those of all weights, `loss` is that
    of `training_loss`.
    """
    factors = layer_factors(names, train.layer_decay)
    factor_of = {id(names[name]): factor for name, factor in factors.items()}
    optimizer = adamw(
        model.trainable_variables,
        cast("float", train.learning_rate),
        num_steps,
        train.warmup_share,
        train.weight_decay,
        train.clip_norm,
        rate_factors=[factor_of[id(v)] for v in model.trainable_variables],
        accumulate_steps=train.accumulate_steps,
        ema_momentum=train.ema_momentum,
    )
    optimizer.gathers_rows = not compute.jit_compile
    if compute.precision == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    trainee = model
    if train.r_drop and not _drops(model):
        raise SettingsError(
            f"Expected a model with dropout for R-Drop, which compares two runs that "
            f"differ in it. Received: r_drop={train.r_drop} and no dropout anywhere. "
            f"Add --set model.dropout=0.1, or leave r_drop out."
        )
    if train.r_drop or train.fgm:
        trainee = RegularizedModel(
            model,
            task=task,
            r_drop=train.r_drop,
            fgm=train.fgm,
            embeddings=names["embeddings/word_embeddings"],
        )
    trainee.compile(
        optimizer=optimizer,
        loss=loss,
        jit_compile=compute.jit_compile,
        # Keras asks the outer model for its number format, not the encoder.
        auto_scale_loss=False,
    )
    optimizer.build(model.trainable_variables)
    return trainee


def _drops(model: keras.Model) -> bool:
    dropouts = (
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.Dropout)
    )
    return any(layer.rate > 0 for layer in dropouts)
