"""Where a run's encoder and vocabulary come from: a checkpoint, or random weights."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kerascls.encoder_config import EncoderConfig
from kerascls.errors import CheckpointError, SettingsError
from kerascls.preparation import LabelledText
from kerascls.presets import (
    Preset,
    find_pretrained,
    get_preset,
    nearest_preset,
    require_pretrained,
)
from kerascls.pruning import kept_tokens
from kerascls.settings import ModelSettings, RunSettings
from kerascls.tokenizer import Tokenizer, build_vocab

if TYPE_CHECKING:
    from kerascls.checkpoints.finding import FoundCheckpoint
    from kerascls.encoders import Encoder

HEAD_DROPOUT = 0.1
# Without an encoder's many layers to disturb, small steps are wasted; epochs are cheap.
FROZEN_LEARNING_RATE, FROZEN_EPOCHS = 1e-2, 20


@dataclass(frozen=True)
class StartingPoint:
    """What training starts from; holds no weights yet and needs no Keras.

    Args:
        name: For people and for directories.
        preset: Whose fitting defaults apply.
        config: Sizes of the encoder, after all that was asked for.
        tokenizer: Its vocabulary.
        found: The checkpoint, or None for random weights.
        notes: Lines for people.
        keep_tokens: Ids that the vocabulary's tokens have in the checkpoint; None
            where it has all of them.
    """

    name: str
    preset: Preset
    config: EncoderConfig
    tokenizer: Tokenizer
    found: "FoundCheckpoint | None"
    notes: tuple[str, ...]
    keep_tokens: tuple[int, ...] | None = None

    @property
    def has_pooler(self) -> bool:
        """Whether there are pretrained weights for a pooler."""
        if self.found is None or self.found.family == "electra":
            return False
        from kerascls.checkpoints.accounting import account

        return not account(self.found, with_pool=True).missing

    def encoder(
        self,
        seed: int,
        policy: str,
        *,
        with_pool: bool = False,
        num_outputs: int = 1,
    ) -> tuple["Encoder", list[str]]:
        """Builds the encoder and fills it, if there is a checkpoint.

        Args:
            seed: Fixes random weights and dropout.
            policy: Keras dtype policy, e.g. `"float32"` or `"mixed_bfloat16"`.
            with_pool: Whether the encoder also returns the pooled `[CLS]` vector. A
                pooler that the checkpoint does not have starts from random weights.
            num_outputs: How many of the last layers' hidden states it returns.

        Returns:
            The encoder, and notes on what was left out by name or is random.
        """
        from kerascls.encoders import Encoder

        encoder = Encoder(self.config, with_pool, seed, num_outputs, dtype=policy)
        reads_pooler = with_pool and self.has_pooler
        notes = []
        if with_pool and not reads_pooler:
            notes.append(f"pooler: random weights, as {self.name} comes without one")
        if self.found is None:
            return encoder, notes
        from kerascls.checkpoints.loading import read_encoder_weights

        weights, left_out = read_encoder_weights(
            self.found,
            with_pool=reads_pooler,
            num_hidden_layers=self.config.num_layers,
            keep_tokens=self.keep_tokens,
        )
        fresh = {
            name: np.asarray(variable)
            for name, variable in encoder.weights_by_name().items()
            if name.startswith("pooler/")
        }
        encoder.load_named_weights(fresh | weights)
        return encoder, [*left_out, *notes]

    def resolve(self, settings: RunSettings) -> RunSettings:
        """Returns the settings with the preset's values where none was given.

        A head on a frozen encoder gets a rate and epochs of its own.

        Raises:
            SettingsError: When the encoder does not know sequences so long, has not
                so many layers, or has no pooler that could be frozen.
        """
        preset, scratch = self.preset, self.found is None
        longest = self.config.max_positions
        epochs, learning_rate = preset.epochs, preset.learning_rate
        if scratch:
            epochs = preset.from_scratch_epochs
            learning_rate = preset.from_scratch_learning_rate
        if settings.train.freeze_encoder:
            epochs, learning_rate = FROZEN_EPOCHS, FROZEN_LEARNING_RATE
        defaults = {
            "max_tokens": min(preset.max_tokens, longest),
            "pooling": "mean" if scratch else "cls",
            "dropout": HEAD_DROPOUT,
            "batch_size": preset.batch_size,
            "epochs": epochs,
            "learning_rate": learning_rate,
        }
        given = {**settings.model.model_dump(), **settings.train.model_dump()}
        settings = settings.with_options(
            **{name: value for name, value in defaults.items() if given[name] is None}
        )
        if settings.model.max_tokens > longest:
            raise SettingsError(
                f"Expected at most {longest} tokens, the positions this encoder "
                f"knows. Received: max_tokens={settings.model.max_tokens}. Give fewer "
                f"with --max-tokens."
            )
        self._check_head(settings)
        return settings

    def _check_head(self, settings: RunSettings):
        pooling, mix_layers = settings.model.pooling, settings.model.mix_layers
        most = 1 if pooling == "pooler" else self.config.num_layers
        if mix_layers > most:
            why = "what a pooler reads" if pooling == "pooler" else "all there are"
            raise SettingsError(
                f"Expected at most {most} of the encoder's last layers to mix, {why}. "
                f"Received: mix_layers={mix_layers}, pooling={pooling!r}. Give "
                f"--set model.mix_layers={most}."
            )
        frozen = settings.train.freeze_encoder
        if pooling == "pooler" and frozen and not self.has_pooler:
            raise SettingsError(
                f"Expected pretrained weights for a pooler that is frozen with its "
                f"encoder. Received: pooling='pooler', freeze_encoder=True for "
                f"{self.name}, which comes without one: it would stay random. Choose "
                f"another with --set model.pooling=mean."
            )


def choose_start(settings: ModelSettings, data: LabelledText) -> StartingPoint:
    """Finds what a run starts from.

    Args:
        settings: Model name, checkpoint directory, or from scratch.
        data: The training text, for a vocabulary where none is given. The sample
            that comes with the package may go on without weights; other data not.

    Raises:
        CheckpointError: When no weights are found (it lists where they were looked
            for and the ways out), or those found are not the encoder's.
        SettingsError: When a vocabulary is given that would not be used, more layers
            are to be kept than there are, or the vocabulary of random weights is to
            be pruned.
    """
    if settings.vocab is not None and not settings.from_scratch:
        raise SettingsError(
            f"Expected --from-scratch beside --vocab: pretrained weights come with "
            f"their own vocabulary. Received: vocab={str(settings.vocab)!r}, "
            f"from_scratch=False. Add the one or leave out the other."
        )
    if settings.checkpoint is not None:
        return _from_checkpoint(settings.checkpoint, settings, data)
    preset = get_preset(settings.name)
    if settings.from_scratch:
        return _from_scratch(preset, settings, data, ())
    directory = find_pretrained(preset)
    if directory is not None:
        return _from_checkpoint(directory, settings, data)
    if not data.is_sample:
        require_pretrained(preset)
    warning = (
        f"NO PRETRAINED WEIGHTS for {preset.name}: the sample goes on from RANDOM "
        f"weights, to show how a run works. Its scores say nothing about the model. "
        f"`kerascls models` says where weights are looked for."
    )
    return _from_scratch(preset, settings, data, (warning,))


def _from_checkpoint(
    directory: Path, settings: ModelSettings, data: LabelledText
) -> StartingPoint:
    from kerascls.checkpoints.accounting import account, require_complete
    from kerascls.checkpoints.finding import find_checkpoint
    from kerascls.checkpoints.loading import load_tokenizer

    name, found = settings.name, find_checkpoint(directory)
    require_complete(found, account(found))  # names and shapes; before Keras starts
    preset = get_preset(name) if name else nearest_preset(found.config)
    if name and preset.config.family != found.config.family:
        raise CheckpointError(
            f"Expected a checkpoint of the {preset.config.family} family for "
            f"model={name!r}. Received: {str(directory)!r}, which is "
            f"{found.config.family}. Leave --model out, or name another."
        )
    start = StartingPoint(
        name=name or found.directory.resolve().name,
        preset=preset,
        config=found.config,
        tokenizer=load_tokenizer(found),
        found=found,
        notes=(f"weights: {directory} ({found.layout})", *found.notes),
    )
    start = _with_first_layers(start, settings.num_layers)
    return _with_pruned_vocab(start, settings.prune_vocab, data)


def _with_first_layers(start: StartingPoint, num_layers: int | None) -> StartingPoint:
    most = start.config.num_layers
    if num_layers is None or num_layers == most:
        return start
    if num_layers > most:
        raise SettingsError(
            f"Expected at most {most} layers to keep, all that {start.name} has. "
            f"Received: num_layers={num_layers}. Give fewer with "
            f"--set model.num_layers={most}, or leave it out."
        )
    note = f"layers: the first {num_layers} of {most}"
    config = replace(start.config, num_layers=num_layers)
    return replace(start, config=config, notes=(*start.notes, note))


def _with_pruned_vocab(
    start: StartingPoint, min_count: int | None, data: LabelledText
) -> StartingPoint:
    if min_count is None:
        return start
    from kerascls.checkpoints.loading import load_tokenizer

    kept = tuple(kept_tokens(start.tokenizer, _training_text(data), min_count).tolist())
    note = (
        f"vocabulary: {len(kept)} of {start.config.vocab_size} tokens, those that "
        f"occur at least {min_count} times in the training text and what spells the "
        f"words of the others"
    )
    return replace(
        start,
        config=replace(start.config, vocab_size=len(kept)),
        tokenizer=load_tokenizer(start.found, kept),
        notes=(*start.notes, note),
        keep_tokens=kept,
    )


def _training_text(data: LabelledText) -> Iterator[str]:
    return (text for row in data.parts["train"].texts for text in row)


def _from_scratch(
    preset: Preset, settings: ModelSettings, data: LabelledText, notes: tuple[str, ...]
) -> StartingPoint:
    if settings.prune_vocab is not None:
        raise SettingsError(
            f"Expected pretrained weights, whose vocabulary can be pruned. Received: "
            f"prune_vocab={settings.prune_vocab} for random weights, whose vocabulary "
            f"is made from the training text or given. Leave it out, or give a smaller "
            f"one with --vocab."
        )
    if settings.vocab is not None:
        tokenizer = Tokenizer(settings.vocab, do_lower_case=True)
        origin = str(settings.vocab)
    else:
        tokenizer = Tokenizer(build_vocab(_training_text(data)), do_lower_case=True)
        origin = "the training text"
    note = (
        f"weights: random; vocabulary: {tokenizer.vocab_size} tokens from {origin}, "
        f"lower-cased"
    )
    start = StartingPoint(
        name=preset.name,
        preset=preset,
        config=replace(preset.config, vocab_size=tokenizer.vocab_size),
        tokenizer=tokenizer,
        found=None,
        notes=(*notes, note),
    )
    return _with_first_layers(start, settings.num_layers)
