"""Labelled text in; score tables, a decision and one shippable directory out."""

from importlib import import_module

# Public name -> module that has it, under the same name or the one after the colon.
_PLACES = {
    "Predictor": "kerascls.predictor",
    "Prediction": "kerascls.predictor",
    "Rule": "kerascls.decision",
    "RunSettings": "kerascls.settings",
    "ScoreTable": "kerascls.callbacks",
    "Tokenizer": "kerascls.tokenizer",
    "audit": "kerascls.auditing",
    "build_transformer_model": "kerascls.checkpoints",
    "diff": "kerascls.differences",
    "evaluate": "kerascls.evaluation",
    "export": "kerascls.exporting.export",
    "find_rate": "kerascls.rate_finding",
    "fit": "kerascls.training",
    "fit_seeds": "kerascls.seeds",
    "inspect": "kerascls.checkpoints:inspect_checkpoint",
    "list_models": "kerascls.presets",
    "load_encoder": "kerascls.checkpoints",
    "load_vocab": "kerascls.tokenizer",
    "predict": "kerascls.prediction:predict_file",
    "relabel": "kerascls.auditing",
    "search": "kerascls.searching",
    "sequence_padding": "kerascls.tokenizer",
    "tune": "kerascls.tuning",
}

__all__ = sorted(_PLACES)
__version__ = "0.1.0"


def __getattr__(name: str):
    # On first use (PEP 562): the command line must not wait for Keras.
    if name not in _PLACES:
        raise AttributeError(f"module 'kerascls' has no attribute {name!r}")
    module, _, attribute = _PLACES[name].partition(":")
    value = getattr(import_module(module), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
