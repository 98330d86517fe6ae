"""Configuration files: every key that changes the numbers is read or refused."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from kerascls.checkpoints.modern_config import KEYS as MODERN_KEYS
from kerascls.checkpoints.modern_config import modern_meaning
from kerascls.checkpoints.names import LayoutName
from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.errors import CheckpointError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES, family_titles
from kerascls.models.registry import ACTIVATIONS
from kerascls.system.json_objects import without_repeats

REQUIRED_KEYS = {
    "vocab_size": "vocab_size",
    "hidden_size": "hidden_dim",
    "intermediate_size": "intermediate_dim",
    "num_hidden_layers": "num_layers",
    "num_attention_heads": "num_heads",
}
OPTIONAL_KEYS = {
    "embedding_size": "embedding_dim",
    "max_position_embeddings": "max_positions",
    "type_vocab_size": "num_token_types",
    "hidden_dropout_prob": "dropout",
    "attention_probs_dropout_prob": "attention_dropout",
    "layer_norm_eps": "layer_norm_epsilon",
    "initializer_range": "initializer_range",
}

# What we compute; any other value of these keys would need other code.
SUPPORTED_VALUES: dict[str, tuple[Any, ...]] = {
    "position_embedding_type": ("absolute",),
    "is_decoder": (False,),
    "is_encoder_decoder": (False,),
    "add_cross_attention": (False,),
    "cross_attention_hidden_size": (),
    "pruned_heads": ({},),
    "quantization_config": (),
    "num_hidden_groups": (1,),
    "inner_group_num": (1,),
    "net_structure_type": (0,),
    "gap_size": (0,),
    "num_memory_blocks": (0,),
    "down_scale_factor": (1,),
    "layers_to_keep": ([],),
    "ln_type": ("postln",),
    "directionality": ("bidi",),
    "use_relative_position": (False,),
    "rope_scaling": (),
    "norm_bias": (False,),
    "attention_bias": (False,),
    "mlp_bias": (False,),
    "hierarchical_position": (False,),
    "residual_attention_scores": (False,),
    "shared_segment_embeddings": (False,),
}
HARMLESS_KEYS = frozenset(
    """architectures model_type hidden_act do_lower_case transformers_version
    torch_dtype dtype use_cache classifier_dropout classifier_dropout_prob
    chunk_size_feed_forward gradient_checkpointing output_attentions
    output_hidden_states output_past return_dict torchscript tie_word_embeddings
    tie_encoder_decoder use_bfloat16 pad_token_id bos_token_id eos_token_id
    sep_token_id decoder_start_token_id mask_token_id id2label label2id num_labels
    problem_type finetuning_task task_specific_params tokenizer_class prefix
    generator_size discriminator_size adapters attn_implementation tf_legacy_loss
    task_type_vocab_size use_task_id
    sinusoidal_pos_embds tie_weights_ qa_dropout seq_classif_dropout
    embedding_dropout decoder_bias classifier_pooling classifier_bias
    classifier_activation deterministic_flash_attn sparse_prediction
    sparse_pred_ignore_index reference_compile repad_logits_with_grad
    initializer_cutoff_factor cls_token_id
    max_length min_length name gelu vocab_file bad_words_ids language
    """.split()
)
# As transformers has it where a configuration does not say.
ERNIE_TASKS = 3
HARMLESS_PREFIXES = ("pooler_", "summary_", "_")


def read_json(path: Path) -> Any:
    """Returns the content of a JSON file, with or without a byte order mark.

    Raises:
        CheckpointError: When it cannot be read.
    """
    refuse_placeholder(path)
    try:
        text = path.read_text("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise CheckpointError(_no_file(path)) from error
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"Expected a JSON file in UTF-8. Received: {path}: {error}. Copy or "
            f"download it again."
        ) from error
    try:
        return json.loads(text, object_pairs_hook=without_repeats)
    except (ValueError, RecursionError) as error:
        commented = re.search(r"^\s*(//|#|/\*)", text, re.MULTILINE)
        cure = "Correct it, or copy or download it again."
        if commented:
            cure = "JSON has no comments: remove those that begin with // or # or /*."
        raise CheckpointError(
            f"Expected a JSON file. Received: {path}: {error}. {cure}"
        ) from error


def _no_file(path: Path) -> str:
    folder = path if path.is_dir() else path.parent
    what = "a folder" if folder == path else "which does not exist"
    names = sorted(one.name for one in folder.glob("*.json"))
    there = f"{folder} holds {', '.join(names[:10])}" if names else "check the path"
    return f"Expected a JSON file. Received: {path}, {what}. Give its path: {there}."


def read_config(path: Path) -> dict[str, Any]:
    """Returns the keys of a JSON configuration file.

    Raises:
        CheckpointError: When it cannot be read or holds something else.
    """
    content = read_json(path)
    if not isinstance(content, dict):
        raise CheckpointError(
            f"Expected a JSON object of configuration keys. Received: {path}, which "
            f"holds a {type(content).__name__}. Choose the configuration file."
        )
    return _in_common_words(content, path)


def _in_common_words(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    words, found = _words(raw), dict[str, Any]()
    for key, value in raw.items():
        word = words.get(key, key)
        if found.get(word) not in (None, value) and value is not None:
            raise CheckpointError(
                f"Expected a configuration that says a thing once. Received: {path} "
                f"with {key}={value!r}, and {word}={found[word]!r} under another name. "
                f"Remove the one that the model was not trained with."
            )
        found[word] = found.get(word) if value is None else value
    return found


def _words(raw: Mapping[str, Any]) -> Mapping[str, str]:
    family = FAMILIES.get(str(raw.get("model_type")))
    return family.huggingface_words if family else {}


def dialect_of(raw: Mapping[str, Any], layout: LayoutName) -> LayoutName:
    """Returns whose words a configuration has: a type is named by Hugging Face's."""
    return "huggingface" if "model_type" in raw else layout


def encoder_config(
    raw: Mapping[str, Any],
    family: str,
    layout: LayoutName,
    path: Path,
    sizes: Mapping[str, int] | None = None,
) -> EncoderConfig:
    """Translates a configuration file; whose it is decides what absent keys mean.

    Args:
        raw: Its keys.
        family: Which encoder.
        layout: Whose words it has, see `dialect_of`.
        path: Where it lies, for messages.
        sizes: What the weights show of keys that it does not state.

    Raises:
        CheckpointError: When keys are missing or ask for what we do not compute.
    """
    refuse_unsupported(raw, path)
    known = {**(sizes or {}), **_stated(raw)}
    missing = sorted(key for key in REQUIRED_KEYS if key not in known)
    if missing:
        theirs = {common: word for word, common in _words(raw).items()}
        needed, lacking = (
            ", ".join(theirs.get(key, key) for key in keys)
            for keys in (REQUIRED_KEYS, missing)
        )
        raise CheckpointError(
            f"Expected the keys {needed} in a configuration. Received: {path} without "
            f"{lacking}. Add them, or choose the right file."
        )
    try:
        return EncoderConfig(family=family, **meaning(known, family, layout, path))
    except CheckpointError as error:
        raise CheckpointError(f"{error} It stands in {path}.") from error


def meaning(
    raw: Mapping[str, Any], family: str, layout: LayoutName, path: Path
) -> dict[str, Any]:
    """Returns what a configuration says, as fields of `EncoderConfig`.

    Sizes that it does not state, and that have no default, are left out.

    Raises:
        CheckpointError: When a value is none of its key.
    """
    raw = {**_absent(family, layout), **_stated(raw)}
    found: dict[str, Any] = {}
    if "hidden_size" in raw:
        found["embedding_dim"] = raw["hidden_size"]
    for key, field in (REQUIRED_KEYS | OPTIONAL_KEYS).items():
        if key in raw:
            found[field] = _number(key, raw[key], path)
    row = FAMILIES[family]
    if not row.has_segments:
        found["num_token_types"] = 0
    if row.counts_from_padding:
        first = int(_number("pad_token_id", raw["pad_token_id"], path)) + 1
        found["first_position"] = first
        if "max_positions" in found:
            found["max_positions"] -= first
    if row.is_modern:
        found |= modern_meaning(raw, path)
    found["activation"] = _activation(raw, family, layout, path)
    return found


def notes_on_sizes(
    raw: Mapping[str, Any], family: str, layout: LayoutName, sizes: Mapping[str, int]
) -> list[str]:
    """Returns what is to be said of sizes that only the weights show."""
    defaults = {field.name: field.default for field in fields(EncoderConfig)}
    usual = {key: defaults[name] for key, name in OPTIONAL_KEYS.items()}
    usual |= {"embedding_size": raw.get("hidden_size"), **_absent(family, layout)}
    stated = _stated(raw)
    shown = [
        f"{key}={size}"
        for key, size in sizes.items()
        if key not in stated and usual.get(key) != size
    ]
    if not shown:
        return []
    return [f"not in the configuration, read off the weights: {', '.join(shown)}"]


def num_task_types(raw: Mapping[str, Any], path: Path) -> int:
    """Returns how many embeddings of tasks there are; one is added to each token.

    Raises:
        CheckpointError: When a value is none of its key.
    """
    uses = raw.get("use_task_id")
    if not isinstance(uses, bool | None):
        raise CheckpointError(
            f"Expected `use_task_id` to be true or false. Received: "
            f"use_task_id={uses!r} in {path}. Correct it."
        )
    number = raw.get("task_type_vocab_size")
    number = ERNIE_TASKS if number is None else number
    return int(_number("task_type_vocab_size", number, path)) if uses else 0


def unknown_keys(raw: Mapping[str, Any]) -> list[str]:
    """Returns the keys that we neither read nor know to be harmless, sorted."""
    known = {*REQUIRED_KEYS, *OPTIONAL_KEYS, *SUPPORTED_VALUES, *HARMLESS_KEYS}
    known |= {"attention_head_size", "attention_key_size"}
    family = FAMILIES.get(str(raw.get("model_type")))
    known |= {*MODERN_KEYS} if family and family.is_modern else set()
    return sorted(
        key for key in raw if key not in known and not key.startswith(HARMLESS_PREFIXES)
    )


def notes_on_keys(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns what is to be said of unknown keys, if there are any."""
    unknown = unknown_keys(raw)
    return (f"configuration keys not used: {', '.join(unknown)}",) if unknown else ()


def looks_like_config(raw: Mapping[str, Any]) -> bool:
    """Whether a JSON object describes an encoder, complete or not."""
    return sum(key in raw for key in REQUIRED_KEYS) >= 3


def refuse_unsupported(raw: Mapping[str, Any], path: Path) -> None:
    """Raises a CheckpointError where keys ask for what we do not compute."""
    supported = dict(SUPPORTED_VALUES)
    width, heads = raw.get("hidden_size"), raw.get("num_attention_heads")
    if type(width) is type(heads) is int and heads:
        size = width / heads
        supported |= {"attention_head_size": (size,), "attention_key_size": (size,)}
    wrong = [
        f"{key}={raw[key]!r} ({_supported(values)})"
        for key, values in supported.items()
        if raw.get(key) is not None and raw[key] not in values
    ]
    if wrong:
        raise CheckpointError(
            f"Expected a configuration of a plain {family_titles()} encoder. "
            f"Received: {path} with {', '.join(wrong)}. These change the outputs "
            f"and are not supported; choose another checkpoint."
        )


def _stated(raw: Mapping[str, Any]) -> dict[str, Any]:
    # null is a value of this one.
    kept = ("local_rope_theta",)
    return {
        key: value for key, value in raw.items() if value is not None or key in kept
    }


def _absent(family: str, layout: LayoutName) -> Mapping[str, Any]:
    row = FAMILIES[family]
    return row.google_absent if layout == "google" else row.huggingface_absent


def _supported(values: tuple[Any, ...]) -> str:
    return f"only {' or '.join(map(repr, values))}" if values else "not supported"


def _number(key: str, value: Any, path: Path) -> int | float:
    limit = 1 if key.endswith("_prob") else math.inf
    if type(value) not in (int, float) or not 0 <= value < limit:
        raise CheckpointError(
            f"Expected `{key}` to be a number from 0 to below {limit}. Received: "
            f"{key}={value!r} in {path}. Correct it."
        )
    return value


def _activation(
    raw: Mapping[str, Any], family: str, layout: LayoutName, path: Path
) -> str:
    named = raw.get("hidden_act", "gelu")
    if named == "gelu" and layout == "google":
        return FAMILIES[family].google_gelu
    ours = {word: name for name, row in ACTIVATIONS.items() for word in row.spellings}
    if isinstance(named, str) and named in ours:
        return ours[named]
    raise CheckpointError(
        f"Expected an activation out of {', '.join(ours)}. Received: "
        f"hidden_act={named!r} in {path}. Others are not supported; choose another "
        f"checkpoint."
    )
