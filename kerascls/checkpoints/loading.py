"""From a directory to a loaded encoder and its tokenizer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kerascls.checkpoints.accounting import (
    Accounting,
    account,
    first_layers,
    require_complete,
)
from kerascls.checkpoints.finding import (
    EncoderFiles,
    FoundCheckpoint,
    choose_gelu,
    find_checkpoint,
)
from kerascls.checkpoints.names import TASKS, is_transposed
from kerascls.checkpoints.vocabularies import read_vocabulary
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.system.extras import require_keras
from kerascls.system.keywords import checked_keywords

if TYPE_CHECKING:
    from kerascls.models.encoder import Encoder

WORD_EMBEDDINGS = "embeddings/word_embeddings"
SEGMENTS = "embeddings/token_type_embeddings"


@dataclass(frozen=True, kw_only=True)
class LoadedEncoder:
    """An encoder with a checkpoint's weights, and what goes with it.

    Args:
        encoder: The Keras layer.
        config: Its sizes and constants, after all that was asked for.
        tokenizer: Texts to the ids the encoder knows.
        found: The files it came from.
        notes: What was inferred or left out, for people.
    """

    encoder: "Encoder"
    config: EncoderConfig
    tokenizer: Tokenizer
    found: FoundCheckpoint
    notes: tuple[str, ...]


@checked_keywords()
def load_encoder(
    directory: str | Path,
    *,
    with_pool: bool = False,
    keep_tokens: Sequence[int] | None = None,
    gelu: str | None = None,
    num_hidden_layers: int | None = None,
) -> LoadedEncoder:
    """Loads a checkpoint of which only the path is known.

    Args:
        directory: Directory of a checkpoint in Google's TensorFlow or in Hugging
            Face's layout; or the path of its weights, where there are several.
        with_pool: Whether the encoder also returns the pooled `[CLS]` vector.
        keep_tokens: Ids of the tokens to keep, in their new order; None for all.
        gelu: `"erf"` or `"tanh"`; None for what the checkpoint has.
        num_hidden_layers: How many layers to keep, counted from the input.

    Returns:
        The encoder, its configuration, tokenizer, files and notes.

    Raises:
        CheckpointError: When files or weights are missing, contradictory or not
            supported.
        SettingsError: When an argument does not fit the checkpoint, or Keras is not
            installed.

    Example:
        >>> loaded = load_encoder("pretrained/albert_small_zh_google")
        >>> ids = loaded.tokenizer.encode_ids(["今天天气很好"])
    """
    require_keras("kerascls.load_encoder")
    checkpoint = find_checkpoint(directory)
    weights, notes = read_encoder_weights(
        checkpoint,
        with_pool=with_pool,
        num_hidden_layers=num_hidden_layers,
        keep_tokens=keep_tokens,
    )
    config = adapted_config(checkpoint.config, gelu, num_hidden_layers, keep_tokens)
    tokenizer = load_tokenizer(checkpoint, keep_tokens)
    return LoadedEncoder(
        encoder=filled_encoder(config, with_pool, weights),
        config=config,
        tokenizer=tokenizer,
        found=checkpoint,
        notes=(*checkpoint.notes, *notes),
    )


def read_encoder_weights(
    files: EncoderFiles,
    *,
    with_pool: bool = False,
    num_hidden_layers: int | None = None,
    keep_tokens: Sequence[int] | None = None,
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Reads the weights of an encoder, all of them or none.

    Args:
        files: The checkpoint.
        with_pool: Whether the pooler is wanted.
        num_hidden_layers: How many layers are wanted; None for all.
        keep_tokens: Ids of the tokens whose embeddings are wanted; None for all.

    Returns:
        float32 arrays by stable name (`encoder_config.weight_shapes`), and notes on
        what was left out by name.

    Raises:
        CheckpointError: When a weight is missing, unexpected or of wrong shape.
        SettingsError: When an argument does not fit the checkpoint.
    """
    _check_pool(files.config, with_pool)
    kept = _check_kept(files.config, keep_tokens)
    accounting = account(
        files, with_pool=with_pool, num_hidden_layers=num_hidden_layers
    )
    require_complete(files, accounting)
    weights = dict(_finite_weights(files, accounting))
    tasks = weights.pop(TASKS, None)
    if tasks is not None:
        # Each token has one segment and the same task, so the one can carry the other.
        weights[SEGMENTS] = weights[SEGMENTS] + tasks[0]
    if kept is not None:
        weights[WORD_EMBEDDINGS] = weights[WORD_EMBEDDINGS][kept]
    return weights, accounting.notes()


def check_numbers(files: EncoderFiles, accounting: Accounting) -> None:
    """Reads each weight of an encoder once and keeps none.

    Raises:
        CheckpointError: When one cannot be read, or is not finite.
    """
    for _ in _finite_weights(files, accounting):
        pass


def load_tokenizer(
    checkpoint: FoundCheckpoint, keep_tokens: Sequence[int] | None = None
) -> Tokenizer:
    """Returns the tokenizer of a checkpoint, of the tokens to keep in their order."""
    vocab = read_vocabulary(checkpoint.vocab_path)
    if keep_tokens is not None:
        tokens = {token_id: token for token, token_id in vocab.items()}
        vocab = {
            tokens[old]: new for new, old in enumerate(keep_tokens) if old in tokens
        }
    return Tokenizer(vocab, do_lower_case=checkpoint.do_lower_case)


def adapted_config(
    config: EncoderConfig,
    gelu: str | None = None,
    num_hidden_layers: int | None = None,
    keep_tokens: Sequence[int] | None = None,
) -> EncoderConfig:
    """Returns the configuration after the changes that the arguments ask for."""
    config = first_layers(choose_gelu(config, gelu), num_hidden_layers)
    kept = _check_kept(config, keep_tokens)
    return config if kept is None else replace(config, vocab_size=len(kept))


def filled_encoder(
    config: EncoderConfig, with_pool: bool, weights: dict[str, np.ndarray] | None
) -> "Encoder":
    """Builds an encoder and gives it weights; without any it stays random."""
    from kerascls.models.encoder import Encoder

    _check_pool(config, with_pool)
    encoder = Encoder(config, with_pool=with_pool)
    if weights is not None:
        encoder.load_named_weights(weights)
    return encoder


def _check_pool(config: EncoderConfig, with_pool: bool) -> None:
    family = FAMILIES[config.family]
    if not isinstance(with_pool, bool) or (with_pool and not family.has_pooler):
        raise SettingsError(
            f"Expected `with_pool` to be True or False, and False for a family that "
            f"has no pooler. Received: with_pool={with_pool!r} for {config.family}. "
            f"Take the hidden state of [CLS] instead."
        )


def _check_kept(
    config: EncoderConfig, keep_tokens: Sequence[int] | None
) -> np.ndarray | None:
    if keep_tokens is None:
        return None
    kept = np.asarray(keep_tokens)
    whole = kept.ndim == 1 and kept.size and np.issubdtype(kept.dtype, np.integer)
    if not whole or kept.min() < 0 or kept.max() >= config.vocab_size:
        raise SettingsError(
            f"Expected `keep_tokens` to be a list of token ids from 0 to "
            f"{config.vocab_size - 1}. Received: keep_tokens={keep_tokens!r:.200}. "
            f"Take ids of the checkpoint's own vocabulary."
        )
    return kept


def _finite_weights(
    files: EncoderFiles, accounting: Accounting
) -> Iterator[tuple[str, np.ndarray]]:
    broken = []
    for name, source in accounting.sources.items():
        value = files.weights.read(source)
        if not np.isfinite(value).all():
            broken.append(name)
        yield name, value.T if is_transposed(files.layout, name) else value
    if broken:
        raise CheckpointError(
            f"Expected finite weights. Received: {files.weights_path} with NaN or "
            f"infinity in {len(broken)} weights, such as "
            f"{', '.join(sorted(broken)[:10])}. The files are damaged; copy or "
            f"download them again."
        )
