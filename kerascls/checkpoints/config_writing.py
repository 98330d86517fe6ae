"""Configurations as other projects write them; `config_files` reads what they say."""

from typing import Any

from kerascls.checkpoints.config_files import OPTIONAL_KEYS, REQUIRED_KEYS
from kerascls.checkpoints.names import weight_names
from kerascls.errors import SettingsError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES, Family
from kerascls.models.registry import ACTIVATIONS
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer

# What Google's code, and bert4keras's, compute with whatever a configuration says.
GOOGLE_EPSILON = 1e-12
_MODERN = {
    "local_attention": "local_attention",
    "global_attn_every_n_layers": "global_every",
    "global_rope_theta": "rotary_base",
    "local_rope_theta": "local_rotary_base",
}


def huggingface_config(
    config: EncoderConfig, tokenizer: TextTokenizer
) -> dict[str, Any]:
    """Returns the content of a `config.json` for `transformers`.

    Args:
        config: The encoder.
        tokenizer: What goes with it, for the ids of special tokens.

    Raises:
        SettingsError: When its class there computes something else.
    """
    row = FAMILIES[config.family]
    knows_embeddings = "embedding_size" in row.huggingface_absent
    if config.has_projection and not knows_embeddings:
        raise SettingsError(
            f"Expected an encoder that transformers has a class for. Received: "
            f"to='huggingface' for a {row.title} with embeddings of width "
            f"{config.embedding_dim} and hidden states of width {config.hidden_dim}, "
            f"which its {row.huggingface_class or row.title} cannot have. Choose "
            f"another layout with --to."
        )
    keys = _keys(config)
    if not knows_embeddings:
        del keys["embedding_size"]
    if not row.has_segments:
        del keys["type_vocab_size"]
    if row.is_modern:
        keys |= {key: getattr(config, field) for key, field in _MODERN.items()}
    first, last = tokenizer.cls_id, tokenizer.sep_id
    keys |= {"cls_token_id": first, "sep_token_id": last}
    keys |= {"bos_token_id": first, "eos_token_id": last}
    # RoBERTa's positions begin behind it, also where texts are padded with another.
    keys["pad_token_id"] = (
        config.first_position - 1 if row.counts_from_padding else tokenizer.pad_id
    )
    keys["hidden_act"] = ACTIVATIONS[config.activation].spellings[0]
    words = {common: theirs for theirs, common in row.huggingface_words.items()}
    classes = [row.huggingface_class] if row.huggingface_class else []
    return {
        **({"architectures": classes} if classes else {}),
        "model_type": config.family,
        "torch_dtype": "float32",
        **{words.get(key, key): value for key, value in sorted(keys.items())},
    }


def google_config(
    config: EncoderConfig, do_lower_case: bool
) -> tuple[dict[str, Any], list[str]]:
    """Returns the content of a `bert_config.json` or its like, and notes for people.

    Args:
        config: The encoder.
        do_lower_case: Whether texts are lower-cased, which Google's code asks for on
            its command line.

    Raises:
        SettingsError: When Google has no code for such an encoder.
    """
    row = FAMILIES[config.family]
    if not weight_names(config.family).google_scope:
        titles = [
            other.title
            for family, other in FAMILIES.items()
            if weight_names(family).google_scope
        ]
        raise SettingsError(
            f"Expected an encoder that Google's layout can hold: {', '.join(titles)}. "
            f"Received: to='google' for a {row.title}. Choose --to huggingface."
        )
    keys = _keys(config)
    if "embedding_size" not in row.huggingface_absent and not config.has_projection:
        del keys["embedding_size"]
    notes = [_activation(keys, config.activation, row)]
    epsilon = keys.pop("layer_norm_eps")
    if epsilon != GOOGLE_EPSILON:
        keys["layer_norm_eps"] = epsilon
        notes.append(
            f"layer_norm_eps={epsilon}: Google's code and bert4keras do not read it, "
            f"and compute other outputs with their {GOOGLE_EPSILON}"
        )
    keys["do_lower_case"] = do_lower_case
    return dict(sorted(keys.items())), [note for note in notes if note]


def _keys(config: EncoderConfig) -> dict[str, Any]:
    fields = REQUIRED_KEYS | OPTIONAL_KEYS
    keys = {key: getattr(config, field) for key, field in fields.items()}
    return keys | {"max_position_embeddings": config.num_positions}


def _activation(keys: dict[str, Any], activation: str, row: Family) -> str:
    """Sets `hidden_act`; returns what is to be said of it, if anything."""
    words = ACTIVATIONS[activation].spellings
    is_gelu = activation.startswith("gelu")
    if not is_gelu or activation == row.google_gelu:
        keys["hidden_act"] = "gelu" if is_gelu else words[0]
        return ""
    # "gelu" would be the form that encoders of this family are usually trained with.
    keys["hidden_act"] = next(word for word in words if word != "gelu")
    form = activation.removeprefix("gelu_")
    return (
        f"hidden_act={keys['hidden_act']}: kerascls reads it; for bert4keras write "
        f"gelu there, and call set_gelu({form!r}) before"
    )
