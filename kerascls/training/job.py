"""What a training consists of, prepared and checked before Keras is loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labelled_text import LabelledText
from kerascls.data.row_weights import row_weights
from kerascls.decision.fit_decision import check_decision
from kerascls.inference.bundle import Bundle
from kerascls.inference.predictor import Predictor
from kerascls.models.presets import architecture_of
from kerascls.preprocessing.cache import Cache, limit_bytes
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import TokenStore, build_token_store
from kerascls.settings.applicable import require_applicable, require_defined
from kerascls.settings.imbalance import METHODS, method_of
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import class_of_score, settled
from kerascls.system.console import Screen
from kerascls.system.extras import TRAINING, require, require_keras, require_trackers
from kerascls.system.tables import named
from kerascls.training.job_notes import (
    chosen_line,
    cut_notes,
    steps_notes,
    unknown_notes,
)
from kerascls.training.preparation import (
    check_compute,
    load_labelled_text,
    tokenize_parts,
)
from kerascls.training.starting_point import StartingPoint
from kerascls.training.trainable import Trained
from kerascls.training.training_rows import TrainingRows

if TYPE_CHECKING:
    from keras.callbacks import Callback


@dataclass(frozen=True, eq=False)
class Job:
    """What a training consists of, all but where it goes; see `prepare`.

    The settings have every value filled in. With `cache`, token ids, and features of a
    frozen encoder, are kept for the next run on the same file.
    """

    settings: RunSettings
    data: LabelledText
    start: StartingPoint
    screen: Screen
    cache: bool = True

    @cached_property
    def stores(self) -> dict[str, TokenStore]:
        """Token ids of each part, made when they are first asked for."""
        tokenizer = self.start.tokenizer
        with self.screen.bars() as bars:
            return tokenize_parts(self.data, tokenizer, self.kept, bars)

    @cached_property
    def training_rows(self) -> TrainingRows:
        """Rows of the training part as they are trained on."""
        train = self.settings.train
        return TrainingRows(self.data, self.settings.imbalance, train.seed)

    @cached_property
    def learned(self) -> tuple[TokenStore, np.ndarray]:
        """Token ids, and which of their rows are trained on, int64 `(rows,)`."""
        store, rows = self.stores["train"], self.data.parts["train"].rows
        copies = self.training_rows.copies
        if not copies:
            return store, rows
        more = build_token_store(copies.texts, self.start.tokenizer)
        rows = np.append(rows, len(store) + np.arange(len(more)))
        return TokenStore.joined([store, more]), rows

    @cached_property
    def row_weights(self) -> np.ndarray | None:
        """How much each training row counts, float32 `(rows,)`; None for alike."""
        if not (weights := self.settings.train.label_weights):
            return None
        rows = self.training_rows
        drawn = None if rows.sampler is None else rows.first_epoch
        hot = rows.targets.multi_hot()
        return row_weights(hot, self.data.label_set, weights, drawn)

    @property
    def label_counts(self) -> LabelCounts:
        """How many rows of an epoch have each label."""
        return self.training_rows.counts

    @cached_property
    def kept(self) -> Cache | None:
        """Where token ids and features are kept, if they are to be."""
        return Cache(self.screen.say) if self.cache else None

    @cached_property
    def token_notes(self) -> list[str]:
        """Lines on what the vocabulary does not know, and what is cut off."""
        data, stores = self.data, self.stores
        return [
            *self.start.token_notes(stores["train"], data.parts["train"].rows),
            *unknown_notes(data, stores, self.start.tokenizer),
            *cut_notes(data, stores, self.layout, self.settings.model.name),
        ]

    @cached_property
    def layout(self) -> Layout:
        """Truncation and special tokens."""
        return self.input_spec.layout(self.start.tokenizer)

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.start.name

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines on what it starts from and is trained on."""
        notes = [*self.start.notes]
        if self._has_pairs and not self.input_spec.pair:
            notes.append(
                "pairs: no segments here; separators alone stand between texts"
            )
        if (name := self.settings.imbalance.method) != "none":
            notes.append(
                f"imbalance: {name} ({METHODS[name].title}); val_loss is the plain "
                f"cross-entropy, the same with all methods"
            )
            if self.settings.train.best_by == "loss":
                notes.append(
                    f"train.best_by=loss keeps the epoch of the smallest val_loss, and "
                    f"so likely one in which {name} changed little; --set "
                    f"train.best_by=macro_f1 chooses by the labels that are given"
                )
        rows = self.training_rows
        few_steps = steps_notes(self.settings, len(rows.targets), len(rows.first_epoch))
        return (*notes, *rows.notes, *few_steps)

    @property
    def _has_pairs(self) -> bool:
        return self.settings.data.text_pair is not None

    @property
    def weights(self) -> Path | None:
        """The directory of pretrained weights, if there are any."""
        checkpoint = self.start.checkpoint
        return None if checkpoint is None else checkpoint.directory

    @property
    def chosen(self) -> str:
        """The line on what comes from a preset unless it was stated."""
        return chosen_line(self.settings, self.start.defaults_from)

    def train(
        self, out: Path, resume: bool = False, callbacks: "Sequence[Callback]" = ()
    ) -> Trained:
        """Trains encoder and head with Keras, see `Trainable`."""
        from kerascls.inference.runtimes.keras_runtime import write_keras_model
        from kerascls.training.trainer import fit_weights

        fitted = fit_weights(self, out, resume, callbacks)
        facts: dict[str, Any] = {"compute": str(fitted.compute)}
        if fitted.embedding_rows is not None:
            facts["embedding_rows"] = fitted.embedding_rows
        return Trained(
            runtime="keras",
            write_model=lambda folder: write_keras_model(
                folder, fitted.model, self.start.tokenizer
            ),
            valid_logits=fitted.valid_logits,
            best_epoch=fitted.best_epoch,
            facts=facts | {"states": fitted.states},
            interrupted=fitted.interrupted,
            seconds_before=fitted.seconds_before,
            label_effects=fitted.label_effects,
        )

    def logits(
        self,
        bundle: Bundle,
        part: str,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Returns what a written bundle says of a part, see `Trainable`."""
        store, rows = self.stores[part], self.data.parts[part].rows
        return Predictor(bundle).logits(store, rows, on_progress)

    @property
    def input_spec(self) -> InputSpec:
        """How texts become batches, as the bundle stores it."""
        dataset = self.data.parts["train"].dataset
        return self.start.input_spec(self.settings.model, dataset, self._has_pairs)


def prepare(
    settings: RunSettings,
    screen: Screen,
    cache: bool = True,
    data: LabelledText | None = None,
) -> Any:
    """Does all that can show a mistake of the user's before Keras is loaded.

    Keras is loaded only where number format, compilation or devices are stated.

    Args:
        settings: What was asked for.
        screen: What is told to people.
        cache: Whether token ids are kept for the next run on the same file.
        data: What these settings read, where it has been read already.

    Returns:
        What trains the model: a `Job` for a Keras model, or another `Trainable`. Its
        settings have every value filled in.

    Raises:
        KerasclsError: When data, settings or checkpoint cannot be used.
    """
    architecture = architecture_of(settings.model.name)
    require_applicable(settings)
    needed = require_keras if architecture.build else require
    needed("Training", *TRAINING)
    require_trackers(settings.train.track)
    if cache:
        limit_bytes()  # that it can be read
    if data is None:
        with screen.bars() as bars:
            data = load_labelled_text(settings.data, settings.split_seed, bars)
    require_defined(settings, data.task)
    train = settled(settings.train, data.task)
    settings = settings.model_copy(update={"train": train})
    if data.task.has_one_label:
        method = settings.imbalance.method
        require(f"imbalance={method}", *method_of(settings.imbalance).packages)
    check_decision(settings.decision, data.task, tuple(data.label_set))
    label = class_of_score(settings.train.best_by)
    for name in (*([] if label is None else [label]), *settings.train.label_weights):
        data.label_set.column(name)
    return named(architecture.job)(settings, data, screen, cache)


def keras_job(
    settings: RunSettings, data: LabelledText, screen: Screen, cache: bool
) -> Job:
    """Finds what training starts from, and fills the settings in."""
    architecture = architecture_of(settings.model.name)
    start = named(architecture.start)(settings.model, data)
    check_compute(settings.train)
    job = Job(start.resolve(settings), data, start, screen, cache)
    # Refuse what has no room, or no meaning, and too long an epoch.
    _ = job.layout, job.training_rows.sampler
    return job
