"""Labelled text in; score tables, a decision and one shippable directory out."""

from importlib import import_module

# Public name -> module that has it, under the same name or the one after the colon.
_PLACES = {
    "Predictor": "kerascls.inference.predictor",
    "Prediction": "kerascls.inference.predictor",
    "Rule": "kerascls.decision.rule",
    "RunSettings": "kerascls.settings.run_settings",
    "ScoreTable": "kerascls.training.callbacks.score_table",
    "Tokenizer": "kerascls.preprocessing.tokenizers.wordpiece",
    "audit": "kerascls.auditing.audit",
    "build_transformer_model": "kerascls.checkpoints.transformer_model",
    "diff": "kerascls.evaluation.diff",
    "evaluate": "kerascls.evaluation.evaluate",
    "export": "kerascls.serving.exporters.export",
    "find_rate": "kerascls.experiments.learning_rate",
    "fit": "kerascls.training.fit",
    "fit_seeds": "kerascls.experiments.seeds",
    "inspect": "kerascls.checkpoints.inspection:inspect_checkpoint",
    "list_models": "kerascls.models.presets",
    "load_encoder": "kerascls.checkpoints.loading",
    "load_vocab": "kerascls.preprocessing.tokenizers.wordpiece",
    "predict": "kerascls.inference.predict_file:predict_file",
    "relabel": "kerascls.auditing.relabelling.relabel",
    "search": "kerascls.experiments.search.search",
    "sequence_padding": "kerascls.preprocessing.tokenizers.wordpiece",
    "tune": "kerascls.evaluation.tune",
}

__all__ = sorted(_PLACES)
__version__ = "0.1.0"


def __getattr__(name: str):
    # On first use (PEP 562): the command line must not wait for Keras.
    if name not in _PLACES:
        raise AttributeError(f"module 'kerascls' has no attribute {name!r}")
    from kerascls.system.extras import absence_explained

    module, _, attribute = _PLACES[name].partition(":")
    with absence_explained(f"kerascls.{name}"):
        value = getattr(import_module(module), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
