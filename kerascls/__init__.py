"""Labelled text in; score tables, a decision and one shippable directory out."""

from importlib import import_module

_PLACES = {
    "Predictor": "kerascls.predictor",
    "Prediction": "kerascls.predictor",
    "RunSettings": "kerascls.settings",
    "ScoreTable": "kerascls.callbacks",
    "Tokenizer": "kerascls.tokenizer",
    "build_transformer_model": "kerascls.checkpoints",
    "evaluate": "kerascls.evaluation",
    "fit": "kerascls.training",
    "inspect_checkpoint": "kerascls.checkpoints",
    "load_encoder": "kerascls.checkpoints",
    "load_vocab": "kerascls.tokenizer",
    "predict_file": "kerascls.prediction",
    "sequence_padding": "kerascls.tokenizer",
}

__all__ = sorted(_PLACES)
__version__ = "0.1.0"


def __getattr__(name: str):
    # On first use (PEP 562): the command line must not wait for Keras.
    if name not in _PLACES:
        raise AttributeError(f"module 'kerascls' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
