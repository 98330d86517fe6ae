"""What classic models start from: words of the training text, random weights."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.data.labels import Task
from kerascls.models.classic.config import CLASSICS, classic_config
from kerascls.models.presets import get_preset
from kerascls.preprocessing.tokenizers.words import (
    build_word_tokenizer,
)
from kerascls.settings.model import ModelSettings
from kerascls.settings.run_settings import RunSettings
from kerascls.training.choose_start import training_text
from kerascls.training.starting_point import StartingPoint

if TYPE_CHECKING:
    from kerascls.models.backend.compute import Compute
    from kerascls.models.classic.classifier import ClassicClassifier
    from kerascls.training.job import Job

MIN_COUNT = 2


@dataclass(frozen=True)
class ClassicStart(StartingPoint):
    """What training a classic model starts from.

    Args:
        matrix: float32 `(vocab_size, embedding_dim)` that word embeddings start from;
            None for random ones.
    """

    matrix: np.ndarray | None = None

    def resolve(self, settings: RunSettings) -> RunSettings:
        """Returns the settings with the preset's values where none was given."""
        preset, row = self.preset, CLASSICS[self.preset.name]
        return settings.with_defaults(
            max_tokens=preset.max_tokens,
            dropout=row.dropout,
            batch_size=preset.batch_size,
            epochs=preset.epochs,
            learning_rate=preset.learning_rate,
        )


def classic_start(settings: ModelSettings, data: LabelledText) -> ClassicStart:
    """Makes the vocabulary of the training text, and reads word vectors for it.

    Raises:
        DataError: When word vectors cannot be read.
        SettingsError: When the model compares two texts and there are no pairs, or
            word vectors are of another width than was stated.
    """
    name = cast("str", settings.name)
    units, min_count = settings.units or "auto", settings.min_count or MIN_COUNT
    texts = training_text(data)
    tokenizer = build_word_tokenizer(texts, units, min_count=min_count)
    notes = [
        f"weights: random; vocabulary: {tokenizer.vocab_size} {tokenizer.title} of the "
        f"training text that occur at least {min_count} times, lower-cased"
    ]
    changes: dict[str, Any] = {"vocab_size": tokenizer.vocab_size}
    for size in ("embedding_dim", "hidden_dim", "num_layers"):
        if (value := getattr(settings, size)) is not None:
            changes[size] = value
    matrix = None
    if settings.word_vectors is not None:
        matrix, note = _word_vectors(settings, tokenizer, data)
        changes["embedding_dim"] = matrix.shape[1]
        notes.append(note)
    if CLASSICS[name].reads_sentences:
        ends = *tokenizer.sentence_end_ids, tokenizer.sep_id
        changes["sentence_end_ids"] = ends
    return ClassicStart(
        name=name,
        preset=get_preset(name),
        config=classic_config(name, **changes),
        tokenizer=tokenizer,
        checkpoint=None,
        notes=tuple(notes),
        matrix=matrix,
    )


def build_classic(
    job: "Job", compute: "Compute"
) -> "tuple[ClassicClassifier, list[str]]":
    """Returns the model to train; see `Architecture`."""
    from kerascls.models.classic.classifier import build_classic_model
    from kerascls.training.build import label_shares

    data, settings = job.data, job.settings
    model = build_classic_model(
        job.start.config,
        len(data.label_set),
        cast("float", settings.model.dropout),  # `resolve` has filled it in
        settings.train.seed,
        compute.policy,
    )
    model.start_at(label_shares(data), data.task is Task.MULTILABEL)
    return model, []
