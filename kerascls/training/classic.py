"""What classic models start from: words of the training text, random weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.data.ragged import span_indices
from kerascls.errors import SettingsError
from kerascls.models.classic.config import CLASSICS, classic_config
from kerascls.models.presets import get_preset
from kerascls.preprocessing.token_store import TokenStore
from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.preprocessing.tokenizers.words import (
    WordTokenizer,
    build_word_tokenizer,
)
from kerascls.preprocessing.word_vectors import (
    WordVectors,
    embedding_matrix,
    read_word_vectors,
)
from kerascls.settings.model import ModelSettings
from kerascls.settings.run_settings import RunSettings
from kerascls.system.words import count
from kerascls.training.choose_start import training_text
from kerascls.training.starting_point import StartingPoint

if TYPE_CHECKING:
    from kerascls.models.backend.compute import Compute
    from kerascls.models.classic.classifier import ClassicClassifier
    from kerascls.models.classic.config import ClassicConfig
    from kerascls.training.job import Job

MIN_COUNT = 2
MAX_STEPS = 16  # of a decoder: each takes time
_SIZES = "embedding_dim", "hidden_dim", "num_layers", "ngrams", "batch_norm"


@dataclass(frozen=True)
class ClassicStart(StartingPoint):
    """What training a classic model starts from.

    Args:
        vectors: What word embeddings start from; None for random ones.
    """

    vectors: WordVectors | None = None

    def resolve(self, settings: RunSettings) -> RunSettings:
        """Returns the settings with the preset's values where none was given.

        Raises:
            SettingsError: When the model compares two texts and there are no pairs.
        """
        preset, row = self.preset, CLASSICS[self.preset.name]
        if row.reads_pairs and settings.data.text_pair is None:
            raise SettingsError(
                f"Expected pairs of texts for the model {self.name!r}, which compares "
                f"two. Received: text_pair=None. Name the column of the second text "
                f"with --text-pair, or choose another --model."
            )
        pieces = settings.train.accumulate_steps
        if pieces > 1 and self.config.has_batch_norm:
            raise SettingsError(
                f"Expected batches in one piece, which BatchNorm takes its statistics "
                f"from. Received: accumulate_steps={pieces}, batch_norm=True. Leave "
                f"one of them out."
            )
        return settings.with_defaults(
            max_tokens=preset.max_tokens,
            dropout=row.dropout,
            batch_size=preset.batch_size,
            epochs=preset.epochs,
            learning_rate=preset.learning_rate,
        )

    def token_notes(self, train: TokenStore, rows: np.ndarray) -> list[str]:
        """Returns a line on how many words have a vector."""
        if self.vectors is None:
            return []
        return [self.word_embeddings(train, rows, seed=0)[1]]

    def word_embeddings(
        self, train: TokenStore, rows: np.ndarray, seed: int
    ) -> tuple[np.ndarray, str]:
        """Returns what they start from, and a line on it; there are word vectors.

        Args:
            train: Token ids of the file of the training part.
            rows: Which of its rows are that part.
            seed: Of words without a vector.

        Returns:
            float32 `(vocab_size, embedding_dim)`, and the line.
        """
        tokenizer = cast("WordTokenizer", self.tokenizer)
        fields = train.num_fields
        ends = train.offsets[fields * (rows + 1)]
        starts = train.offsets[fields * rows]
        ids = train.token_ids[span_indices(starts, ends - starts)]
        counts = np.bincount(ids, minlength=tokenizer.vocab_size)
        vectors = cast("WordVectors", self.vectors)
        return embedding_matrix(tokenizer, vectors, seed, counts)


def classic_start(settings: ModelSettings, data: LabelledText) -> ClassicStart:
    """Makes the vocabulary of the training text, and reads word vectors for it.

    Raises:
        CheckpointError: When word vectors cannot be read.
        DataError: When the text has no words.
        SettingsError: When word vectors are of another width than was stated.
    """
    name = cast("str", settings.name)
    sizes = _stated_sizes(name, settings)
    units, min_count = settings.units or "auto", settings.min_count or MIN_COUNT
    tokenizer = build_word_tokenizer(training_text(data), units, min_count=min_count)
    notes = [
        f"weights: random; vocabulary: {tokenizer.vocab_size:,} tokens that occur at "
        f"least {min_count} times in the training text ({units}: "
        f"{UNITS[units].meaning}), lower-cased"
    ]
    changes = {"vocab_size": tokenizer.vocab_size, **sizes}
    vectors = None
    if settings.word_vectors is not None:
        vectors = _read_vectors(settings, tokenizer)
        changes["embedding_dim"] = vectors.dim
        notes.append(f"word vectors: {settings.word_vectors}")
    if CLASSICS[name].reads_sentences:
        ends = *tokenizer.sentence_end_ids, tokenizer.sep_id
        changes["sentence_end_ids"] = ends
    if CLASSICS[name].gives_in_turn:
        steps, note = _steps(data)
        changes["sizes"] |= {"steps": steps}
        notes.append(note)
    return ClassicStart(
        name=name,
        preset=get_preset(name),
        config=cast("Any", classic_config(name, **changes)),
        tokenizer=tokenizer,
        checkpoint=None,
        notes=tuple(notes),
        vectors=vectors,
    )


def _stated_sizes(name: str, settings: ModelSettings) -> dict[str, Any]:
    row = CLASSICS[name]
    stated = {
        size: value for size in _SIZES if (value := getattr(settings, size)) is not None
    }
    if others := [size for size in stated if size not in row.follows]:
        told = ", ".join(f"{size}={stated[size]}" for size in others)
        raise SettingsError(
            f"Expected sizes that the model {name!r} has: {', '.join(row.follows)}. "
            f"Received: {told}. Leave them out, or choose another --model."
        )
    own = {size: int(stated.pop(size)) for size in row.own if size in stated}
    return stated | {"sizes": {**row.own, **own}}


def _steps(data: LabelledText) -> tuple[int, str]:
    """Returns how many labels a decoder gives one after another, and a line on it."""
    if data.task.has_weights:
        raise SettingsError(
            f"Expected a model that gives all labels at once, for shares of them. "
            f"Received: model='seq2seq', which chooses one after another, task="
            f"{data.task.value!r}. Choose another --model, such as textcnn."
        )
    most = max(map(len, data.parts["train"].labels))
    steps = min(max(most, 1), MAX_STEPS)
    return steps, (
        f"decoder: {count(steps, 'step')}; a row of training has {most} labels at most"
    )


def _read_vectors(settings: ModelSettings, tokenizer: WordTokenizer) -> WordVectors:
    path, stated = settings.word_vectors, settings.embedding_dim
    vectors = read_word_vectors(cast("Path", path), tokenizer.words)
    if stated not in (None, vectors.dim):
        raise SettingsError(
            f"Expected the width of the word vectors, {vectors.dim}. Received: "
            f"embedding_dim={stated}, word_vectors={str(path)!r}. Leave embedding_dim "
            f"out."
        )
    return vectors


def build_classic(
    job: "Job", compute: "Compute"
) -> "tuple[ClassicClassifier, list[str]]":
    """Returns the model to train; see `Architecture`."""
    from kerascls.models.classic.classifier import build_classic_model
    from kerascls.training.build import start_shares
    from kerascls.training.optimizers.lazy_rows import is_lazy

    data, settings = job.data, job.settings
    start, seed = cast("ClassicStart", job.start), settings.train.seed
    model = build_classic_model(
        cast("ClassicConfig", start.config),
        len(data.label_set),
        cast("float", settings.model.dropout),  # `resolve` has filled it in
        seed,
        compute.policy,
    )
    if start.vectors is not None:
        rows = data.parts["train"].rows
        table, _ = start.word_embeddings(job.stores["train"], rows, seed)
        model.body.words.table.assign(table)
    model.start_at(start_shares(job), not data.task.sums_to_one)
    tables = [table for table in model.trainable_variables if is_lazy(table)]
    notes = [
        f"{table.path.split('/')[-2]}: {table.shape[0]:,} rows, of which an update "
        f"moves those that its batch has (lazy Adam)"
        for table in tables
    ]
    return model, notes
