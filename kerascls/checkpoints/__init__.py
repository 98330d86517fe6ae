"""Checkpoints of BERT, ALBERT and ELECTRA: found, accounted for, loaded."""

from importlib import import_module
from typing import Any

# Loaded on first use, so that finding and inspecting a checkpoint need no Keras.
_PLACES = {
    "FoundCheckpoint": "finding",
    "find_checkpoint": "finding",
    "Inspection": "inspection",
    "inspect_checkpoint": "inspection",
    "LoadedEncoder": "loading",
    "load_encoder": "loading",
    "load_tokenizer": "loading",
    "read_encoder_weights": "loading",
    "TransformerModel": "transformer_model",
    "build_transformer_model": "transformer_model",
}
__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
