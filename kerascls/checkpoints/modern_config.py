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


def modern_meaning(raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Returns what a configuration says of attention, as fields of `EncoderConfig`.

    Args:
        raw: Its keys: `global_attn_every_n_layers`, `global_rope_theta` and
            `local_rope_theta`, or in their place `layer_types` and `rope_parameters`
            as transformers 5 writes them.
        path: Where it lies, for messages.

    Raises:
        CheckpointError: When it asks for what we do not compute.
    """
    stated = {key: raw[key] for key in _ABSENT if raw.get(key) is not None}
    values = {**_ABSENT, **_of_types(raw, path), **_of_parameters(raw, path), **stated}
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


def _of_types(raw: Mapping[str, Any], path: Path) -> dict[str, int]:
    types = raw.get("layer_types")
    if types is None:
        return {}
    listed = list(types) if isinstance(types, list | tuple) else []
    every = listed.index(FULL, 1) if FULL in listed[1:] else max(len(listed), 1)
    regular = [LOCAL if index % every else FULL for index in range(len(listed))]
    stated = raw.get("global_attn_every_n_layers")
    fits = stated in (None, every) or FULL not in listed[1:]
    if not listed or listed != regular or not fits:
        raise CheckpointError(
            f"Expected `layer_types` to be {FULL} in every so many layers, from the "
            f"first on, and {LOCAL} in all others. Received: layer_types={types!r:.200}"
            f", global_attn_every_n_layers={stated!r} in {path}. Others are not "
            f"supported; choose another checkpoint."
        )
    return {"global_attn_every_n_layers": every}


def _of_parameters(raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    parameters = raw.get("rope_parameters")
    if parameters is None:
        return {}
    found = {}
    for kind, key in ((FULL, "global_rope_theta"), (LOCAL, "local_rope_theta")):
        row = parameters.get(kind) if isinstance(parameters, Mapping) else None
        if not isinstance(row, Mapping) or row.get("rope_type") not in (
            None,
            "default",
        ):
            raise CheckpointError(
                f"Expected `rope_parameters` to hold plain rotary positions of {FULL} "
                f"and {LOCAL}. Received: rope_parameters={parameters!r:.200} in "
                f"{path}. Others are not supported; choose another checkpoint."
            )
        if row.get("rope_theta") is not None:
            found[key] = row["rope_theta"]
    return found
