"""Where a run's encoder and vocabulary come from: a checkpoint, or random weights."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from kerascls.data.labelled_text import LabelledText
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.presets import (
    Preset,
    find_pretrained,
    get_preset,
    nearest_preset,
    require_pretrained,
)
from kerascls.preprocessing.tokenizers.pruning import kept_tokens
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer, build_vocab
from kerascls.settings.model import ModelSettings
from kerascls.training.starting_point import StartingPoint


def choose_start(settings: ModelSettings, data: LabelledText) -> StartingPoint:
    """Finds what a run starts from; the training text may give the vocabulary.

    The sample that comes with the package goes on without weights; other data do not.

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
    preset = get_preset(cast("str", settings.name))  # None only with a checkpoint
    if settings.from_scratch or not preset.folders:
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

    name, checkpoint = settings.name, find_checkpoint(directory)
    # Names and shapes, before Keras starts.
    require_complete(checkpoint, account(checkpoint))
    preset = get_preset(name) if name else nearest_preset(checkpoint.config)
    family = getattr(preset.config, "family", name)  # other models have none
    if name and family != checkpoint.config.family:
        raise CheckpointError(
            f"Expected a checkpoint of the {family} family for "
            f"model={name!r}. Received: {str(directory)!r}, which is "
            f"{checkpoint.config.family}. Leave --model out, or name another."
        )
    start = StartingPoint(
        name=name or checkpoint.directory.resolve().name,
        preset=preset,
        config=checkpoint.config,
        tokenizer=load_tokenizer(checkpoint),
        checkpoint=checkpoint,
        notes=(f"weights: {directory} ({checkpoint.layout})", *checkpoint.notes),
        # Of a preset that is only the nearest one, rates apply and nothing else.
        pooling=preset.pooling if name else StartingPoint.pooling,
    )
    start = with_first_layers(start, settings.num_layers)
    return with_pruned_vocab(start, settings.prune_vocab, training_text(data))


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
    vocab = settings.vocab or build_vocab(training_text(data))
    tokenizer = Tokenizer(vocab, do_lower_case=True)
    origin = settings.vocab or "the training text"
    note = (
        f"weights: random; vocabulary: {tokenizer.vocab_size} tokens from {origin}, "
        f"lower-cased"
    )
    start = StartingPoint(
        name=preset.name,
        preset=preset,
        config=replace(preset.config, vocab_size=tokenizer.vocab_size),
        tokenizer=tokenizer,
        checkpoint=None,
        notes=(*notes, note),
        pooling="mean",
    )
    return with_first_layers(start, settings.num_layers)


def training_text(data: LabelledText) -> Iterator[str]:
    """Yields every text of the training part, of rows of several one after another."""
    return (text for row in data.parts["train"].texts for text in row)


def with_first_layers(start: StartingPoint, num_layers: int | None) -> StartingPoint:
    """Keeps the first layers only; all when `num_layers` is None.

    Raises:
        SettingsError: When there are fewer.
    """
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


def with_pruned_vocab(
    start: StartingPoint, min_count: int | None, texts: Iterable[str]
) -> StartingPoint:
    """Keeps the tokens that texts have `min_count` times; all when that is None."""
    if min_count is None or start.checkpoint is None:
        return start
    from kerascls.checkpoints.loading import load_tokenizer

    kept = tuple(kept_tokens(start.tokenizer, texts, min_count).tolist())
    note = (
        f"vocabulary: {len(kept)} of {start.config.vocab_size} tokens, those that "
        f"occur at least {min_count} times in the training text and what spells the "
        f"words of the others"
    )
    return replace(
        start,
        config=replace(start.config, vocab_size=len(kept)),
        tokenizer=load_tokenizer(start.checkpoint, kept),
        notes=(*start.notes, note),
        keep_tokens=kept,
    )
