"""Fewer layers and fewer tokens than the checkpoint has."""

from collections.abc import Iterable
from dataclasses import replace

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.pruning import kept_tokens
from kerascls.training.starting_point import StartingPoint


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
    """Keeps the tokens that texts need; all when `min_count` is None.

    Args:
        start: From a checkpoint.
        min_count: How often a token must occur.
        texts: The training text.
    """
    if min_count is None:
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
        tokenizer=load_tokenizer(start.found, kept),
        notes=(*start.notes, note),
        keep_tokens=kept,
    )
