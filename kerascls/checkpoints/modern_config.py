"""What ModernBERT's configurations say of attention, in both forms that there are."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kerascls.errors import CheckpointError

FULL, LOCAL = "full_attention", "sliding_attention"
# What stands for a key that is absent, as transformers reads it.
_ABSENT = {
    "local_attention": 128,
    "global_attn_every_n_layers": 3,
    "global_rope_theta": 160_000.0,
    "local_rope_theta": 10_000.0,
}
KEYS = (*_ABSENT, "layer_types", "rope_parameters", "sliding_window")
_SOURCES = {
    "local_attention": "sliding_window",
    "global_attn_every_n_layers": "layer_types",
    "global_rope_theta": "rope_parameters",
    "local_rope_theta": "rope_parameters",
}


def modern_meaning(raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Returns what a configuration says of attention, as fields of `EncoderConfig`.

    Args:
        raw: Its keys: `global_attn_every_n_layers`, `global_rope_theta` and
            `local_rope_theta`, or in their place `layer_types` and `rope_parameters`
            as transformers 5 writes them. Both may be there, and say the same.
        path: Where it lies, for messages.

    Raises:
        CheckpointError: When it asks for what we do not compute, or for two things.
    """
    stated = {key: raw[key] for key in _ABSENT if raw.get(key) is not None}
    others = _of_types(raw, path) | _of_parameters(raw, path) | _of_window(raw)
    for key, value in others.items():
        if stated.get(key, value) != value:
            raise CheckpointError(
                f"Expected a configuration that says one thing of `{key}`. Received: "
                f"{key}={stated[key]!r} and, by its {_SOURCES[key]}, {value!r} in "
                f"{path}. Remove the one that the model was not trained with."
            )
    values = {**_ABSENT, **others, **stated}
    if "local_rope_theta" in raw and "local_rope_theta" not in stated | others:
        # null: so transformers 4 reads it; 5 does not.
        values["local_rope_theta"] = values["global_rope_theta"]
    for key, value in values.items():
        is_whole = key in ("local_attention", "global_attn_every_n_layers")
        kinds = (int,) if is_whole else (int, float)
        if type(value) not in kinds or not 1 <= value < math.inf:
            kind = "whole number" if is_whole else "number"
            raise CheckpointError(
                f"Expected `{key}` to be a {kind} from 1 on. Received: {key}={value!r} "
                f"in {path}. Correct it."
            )
    return {
        "local_attention": values["local_attention"],
        "global_every": values["global_attn_every_n_layers"],
        "rotary_base": float(values["global_rope_theta"]),
        "local_rotary_base": float(values["local_rope_theta"]),
    }


def _of_types(raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    types = raw.get("layer_types")
    if types is None:
        return {}
    listed = list(types) if isinstance(types, list | tuple) else []
    every = listed.index(FULL, 1) if FULL in listed[1:] else max(len(listed), 1)
    stated, layers = (
        raw.get(key) for key in ("global_attn_every_n_layers", "num_hidden_layers")
    )
    if FULL not in listed[1:] and type(stated) is int and stated > every:
        every = stated  # the next one would be behind the last layer
    regular = [LOCAL if index % every else FULL for index in range(len(listed))]
    if not listed or listed != regular or layers not in (None, len(listed)):
        raise CheckpointError(
            f"Expected `layer_types` to be {FULL} in every so many layers, from the "
            f"first on, and {LOCAL} in all others. Received: layer_types={types!r:.200}"
            f", num_hidden_layers={layers!r} in {path}. Others are not supported; "
            f"choose another checkpoint."
        )
    return {"global_attn_every_n_layers": every}


def _of_window(raw: Mapping[str, Any]) -> dict[str, Any]:
    half, whole = raw.get("sliding_window"), raw.get("local_attention")
    if type(half) is not int or (type(whole) is int and whole // 2 == half):
        return {}
    return {"local_attention": 2 * half}


def _of_parameters(raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    parameters = raw.get("rope_parameters")
    if parameters is None:
        return {}
    found = {}
    for kind, key in ((FULL, "global_rope_theta"), (LOCAL, "local_rope_theta")):
        row = parameters.get(kind) if isinstance(parameters, Mapping) else None
        if not isinstance(row, Mapping) or not _is_plain(row):
            raise CheckpointError(
                f"Expected `rope_parameters` to hold plain rotary positions of {FULL} "
                f"and {LOCAL}. Received: rope_parameters={parameters!r:.200} in "
                f"{path}. Others are not supported; choose another checkpoint."
            )
        if row.get("rope_theta") is not None:
            found[key] = row["rope_theta"]
    return found


def _is_plain(row: Mapping[str, Any]) -> bool:
    stated = {key: value for key, value in row.items() if value is not None}
    stated.pop("rope_theta", None)
    return stated.keys() <= {"rope_type", "type"} and {*stated.values()} <= {"default"}
