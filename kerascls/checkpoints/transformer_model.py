"""`build_transformer_model`: the call that bert4keras's users know."""

import inspect
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from kerascls.checkpoints.config_family import check_family, config_family
from kerascls.checkpoints.config_files import (
    dialect_of,
    encoder_config,
    notes_on_keys,
    read_config,
)
from kerascls.checkpoints.finding import describe_checkpoint
from kerascls.checkpoints.loading import (
    adapted_config,
    filled_encoder,
    read_encoder_weights,
)
from kerascls.checkpoints.own_runs import refuse_run
from kerascls.checkpoints.padded_encoder import PaddedEncoder
from kerascls.checkpoints.tokenizer_files import find_tokenizer
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder import Encoder
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class TransformerModel:
    """What `build_transformer_model(..., return_keras_model=False)` returns.

    Args:
        model: The functional Keras model.
        encoder: Its encoder, with weights by stable name.
        initializer: For layers that are put on top.
        inputs: `[token_ids, segment_ids]`.
        output: Hidden states, or the pooled vector.
        notes: What was inferred or left out, for people.
    """

    model: keras.Model
    encoder: Encoder
    initializer: keras.initializers.Initializer
    inputs: list[keras.KerasTensor]
    output: keras.KerasTensor
    notes: tuple[str, ...] = ()

    @property
    def input(self) -> list[keras.KerasTensor]:
        """The same as `inputs`."""
        return self.inputs

    @property
    def outputs(self) -> list[keras.KerasTensor]:
        """The output in a list."""
        return [self.output]


def build_transformer_model(
    config_path: str | Path | None = None,
    checkpoint_path: str | Path | None = None,
    model: str = "bert",
    application: str = "encoder",
    return_keras_model: bool = True,
    *,
    with_pool: bool = False,
    keep_tokens: Sequence[int] | None = None,
    gelu: str | None = None,
    num_hidden_layers: int | None = None,
    sequence_length: int | None = None,
    dropout_rate: float | None = None,
    attention_dropout_rate: float | None = None,
    name: str | None = None,
    **unsupported: Any,
) -> keras.Model | TransformerModel:
    """Builds a functional model of an encoder, as bert4keras's function does.

    The arguments mean what they mean in bert4keras 0.11.5. `gelu` is ours: bert4keras
    always computes the erf form, we by default what the checkpoint was trained with.

    What is left out of the checkpoint by name is said: to the logger `"kerascls"` at
    level INFO (unknown configuration keys: WARNING, which is shown if nothing else is
    set), and in `.notes` with `return_keras_model=False`.

    Args:
        config_path: Configuration file of Google or Hugging Face.
        checkpoint_path: TensorFlow prefix, file of weights or its index file; None
            for random weights.
        model: `"bert"`, `"roberta"` (the same), `"albert"` or `"electra"`.
        application: Only `"encoder"`.
        return_keras_model: False for an object with `.model`, `.initializer`, ...
        with_pool: Whether the output is the pooled vector, after tanh.
        keep_tokens: Ids of the tokens to keep, in their new order; None for all.
        gelu: `"erf"` or `"tanh"`; None for what the checkpoint has.
        num_hidden_layers: How many layers to keep, counted from the input.
        sequence_length: A fixed number of tokens; None for any.
        dropout_rate: In place of the configuration's.
        attention_dropout_rate: In place of the configuration's.
        name: Name of the model.
        **unsupported: Nothing; bert4keras's other options are refused by name.

    Returns:
        A model of int32 `[token_ids, segment_ids]`, both `(batch, tokens)`, to
        hidden states `(batch, tokens, hidden_dim)` or the pooled
        `(batch, hidden_dim)`. Tokens `[PAD]` are masked.

    Raises:
        SettingsError: When an argument is unknown or does not fit.
        CheckpointError: When a file is missing, damaged or not supported.

    Example:
        >>> model = build_transformer_model(
        ...     "albert_config_small_google.json", "albert_model.ckpt", model="albert"
        ... )
        >>> hidden = model.predict([token_ids, segment_ids])
    """
    for given in (config_path, checkpoint_path):
        if given is not None:
            refuse_run(Path(given))
    path, family = _check(config_path, model, application, unsupported)
    options = {
        "with_pool": with_pool,
        "num_hidden_layers": num_hidden_layers,
        "keep_tokens": keep_tokens,
    }
    config, weights, notes = _read(path, checkpoint_path, family, options)
    config = adapted_config(config, gelu, num_hidden_layers, keep_tokens)
    config = _with_dropout(config, dropout_rate, attention_dropout_rate)
    encoder = filled_encoder(config, with_pool, weights)
    pad_id = _pad_id(path, keep_tokens)
    built = _functional(encoder, pad_id, sequence_length, name, notes)
    return built.model if return_keras_model else built


def _functional(
    encoder: Encoder,
    pad_id: int,
    num_tokens: int | None,
    name: str | None,
    notes: tuple[str, ...],
) -> TransformerModel:
    inputs = [
        layers.Input((num_tokens,), dtype="int32", name=input_name)
        for input_name in ("Input-Token", "Input-Segment")
    ]
    output = PaddedEncoder(encoder, pad_id, name="padded_encoder")(*inputs)
    stddev = encoder.config.initializer_range
    return TransformerModel(
        model=keras.Model(inputs, output, name=name),
        encoder=encoder,
        initializer=keras.initializers.TruncatedNormal(stddev=stddev),
        inputs=inputs,
        output=output,
        notes=notes,
    )


def _check(
    config_path: str | Path | None,
    model: str,
    application: str,
    unsupported: dict[str, Any],
) -> tuple[Path, str]:
    if unsupported:
        given = ", ".join(f"{key}={value!r}" for key, value in unsupported.items())
        *accepted, _ = inspect.signature(build_transformer_model).parameters
        raise SettingsError(
            f"build_transformer_model accepts {', '.join(accepted)}. Received: "
            f"{given}. Leave out what is not among these; there is no equivalent."
        )
    if config_path is None:
        raise SettingsError(
            "Expected the path of a configuration file. Received: config_path=None. "
            "Give it; sizes cannot be told otherwise."
        )
    known = {family: family for family in FAMILIES} | {
        name: family for family, row in FAMILIES.items() for name in row.aliases
    }
    if not isinstance(model, str) or model.lower() not in known:
        raise SettingsError(
            f"Expected `model` to be one of {', '.join(known)}. Received: "
            f"model={model!r}. Choose one of them; bert4keras's other models are not "
            f"supported."
        )
    if application != "encoder":
        raise SettingsError(
            f"Expected `application` to be 'encoder'. Received: "
            f"application={application!r}. Language models are not supported."
        )
    return Path(config_path), _family(known, model.lower(), Path(config_path))


def _family(known: Mapping[str, str], model: str, config_path: Path) -> str:
    """Returns the family meant; of two that a name may mean, the configuration's."""
    family = known[model]
    if model != family and model in FAMILIES:
        named = config_family(read_config(config_path), config_path)
        return model if named == model else family
    return family


def _read(
    config_path: Path,
    checkpoint_path: str | Path | None,
    family: str,
    options: dict[str, Any],
) -> tuple[EncoderConfig, dict[str, np.ndarray] | None, tuple[str, ...]]:
    if checkpoint_path is not None:
        files = describe_checkpoint(config_path, Path(checkpoint_path), family)
        weights, left_out = read_encoder_weights(files, **options)
        return files.config, weights, _say(files.notes, left_out)
    raw = read_config(config_path)
    named = config_family(raw, config_path)
    check_family(named, family, config_path)
    config = encoder_config(raw, family, dialect_of(raw, "google"), config_path)
    notes = _say(notes_on_keys(raw), ["random weights: no checkpoint_path was given"])
    return config, None, notes


def _say(on_keys: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    # Only a key that nobody knows may change what the encoder should compute.
    for level, notes in ((logging.WARNING, on_keys), (logging.INFO, others)):
        for note in notes:
            _log.log(level, "%s", note)
    return (*on_keys, *others)


def _with_dropout(
    config: EncoderConfig, dropout: float | None, attention_dropout: float | None
) -> EncoderConfig:
    for name, rate in (("dropout", dropout), ("attention_dropout", attention_dropout)):
        if rate is None:
            continue
        if not 0 <= rate < 1:
            raise SettingsError(
                f"Expected `{name}_rate` from 0 to below 1. Received: "
                f"{name}_rate={rate!r}. Choose a smaller one."
            )
        config = replace(config, **{name: rate})  # type: ignore[arg-type]  # a rate
    return config


def _pad_id(config_path: Path, keep_tokens: Sequence[int] | None) -> int:
    """Returns the id of [PAD]; without a tokenizer beside the configuration 0."""
    try:
        raw = read_config(config_path)
        pad_id = find_tokenizer(config_path.parent, raw).tokenizer.pad_id
    except CheckpointError:
        pad_id = 0
    if keep_tokens is None:
        return pad_id
    kept = list(keep_tokens)
    return kept.index(pad_id) if pad_id in kept else 0
