"""Labelled text in; score tables, a decision and one shippable directory out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Public name -> module that has it, under the same name or the one after the colon.
_PLACES = {
    "KerasTextClassifier": "kerascls.training.estimator.classifier",
    "Predictor": "kerascls.inference.predictor",
    "Prediction": "kerascls.inference.predictor",
    "Rule": "kerascls.decision.rule",
    "RunSettings": "kerascls.settings.run_settings",
    "ScoreTable": "kerascls.training.callbacks.score_table",
    "Tokenizer": "kerascls.preprocessing.tokenizers.wordpiece",
    "audit": "kerascls.auditing.audit",
    "boost": "kerascls.experiments.combining.boost",
    "build_transformer_model": "kerascls.checkpoints.transformer_model",
    "compare": "kerascls.experiments.comparison.compare",
    "convert": "kerascls.inference.convert",
    "convert_data": "kerascls.data.conversion",
    "describe_data": "kerascls.auditing.data_stats",
    "diff": "kerascls.evaluation.diff",
    "download": "kerascls.checkpoints.downloading",
    "ensemble": "kerascls.experiments.combining.ensemble",
    "evaluate": "kerascls.evaluation.evaluate",
    "explain": "kerascls.evaluation.explain",
    "export": "kerascls.serving.exporters.export",
    "find_rate": "kerascls.experiments.learning_rate",
    "fit": "kerascls.training.fit",
    "fit_seeds": "kerascls.experiments.seeds",
    "inspect": "kerascls.inference.inspect",
    "list_models": "kerascls.models.presets",
    "load_encoder": "kerascls.checkpoints.loading",
    "load_vocab": "kerascls.preprocessing.tokenizers.wordpiece",
    "predict": "kerascls.inference.predict",
    "relabel": "kerascls.auditing.relabelling.relabel",
    "search": "kerascls.experiments.search.search",
    "sequence_padding": "kerascls.preprocessing.tokenizers.wordpiece",
    "skew_data": "kerascls.data.skewing",
    "soup": "kerascls.experiments.combining.soup",
    "suggest": "kerascls.auditing.annotation.suggest",
    "tune": "kerascls.evaluation.tune",
}

__all__ = [
    "KerasTextClassifier",
    "Prediction",
    "Predictor",
    "Rule",
    "RunSettings",
    "ScoreTable",
    "Tokenizer",
    "audit",
    "boost",
    "build_transformer_model",
    "compare",
    "convert",
    "convert_data",
    "describe_data",
    "diff",
    "download",
    "ensemble",
    "evaluate",
    "explain",
    "export",
    "find_rate",
    "fit",
    "fit_seeds",
    "inspect",
    "list_models",
    "load_encoder",
    "load_vocab",
    "predict",
    "relabel",
    "search",
    "sequence_padding",
    "skew_data",
    "soup",
    "suggest",
    "tune",
]
__version__ = "0.1.0"

if TYPE_CHECKING:  # what an editor and a type checker see of the table
    from kerascls.auditing.annotation.suggest import suggest
    from kerascls.auditing.audit import audit
    from kerascls.auditing.data_stats import describe_data
    from kerascls.auditing.relabelling.relabel import relabel
    from kerascls.checkpoints.downloading import download
    from kerascls.checkpoints.loading import load_encoder
    from kerascls.checkpoints.transformer_model import build_transformer_model
    from kerascls.data.conversion import convert_data
    from kerascls.data.skewing import skew_data
    from kerascls.decision.rule import Rule
    from kerascls.evaluation.diff import diff
    from kerascls.evaluation.evaluate import evaluate
    from kerascls.evaluation.explain import explain
    from kerascls.evaluation.tune import tune
    from kerascls.experiments.combining.boost import boost
    from kerascls.experiments.combining.ensemble import ensemble
    from kerascls.experiments.combining.soup import soup
    from kerascls.experiments.comparison.compare import compare
    from kerascls.experiments.learning_rate import find_rate
    from kerascls.experiments.search.search import search
    from kerascls.experiments.seeds import fit_seeds
    from kerascls.inference.convert import convert
    from kerascls.inference.inspect import inspect
    from kerascls.inference.predict import predict
    from kerascls.inference.predictor import Prediction, Predictor
    from kerascls.models.presets import list_models
    from kerascls.preprocessing.tokenizers.wordpiece import (
        Tokenizer,
        load_vocab,
        sequence_padding,
    )
    from kerascls.serving.exporters.export import export
    from kerascls.settings.run_settings import RunSettings
    from kerascls.training.callbacks.score_table import ScoreTable
    from kerascls.training.estimator.classifier import KerasTextClassifier
    from kerascls.training.fit import fit
else:

    def __getattr__(name: str) -> Any:
        # On first use (PEP 562): the command line must not wait for Keras.
        if name not in _PLACES:
            raise AttributeError(f"module 'kerascls' has no attribute {name!r}")
        from kerascls.errors import SettingsError
        from kerascls.system.extras import absence_explained, stand_in
        from kerascls.system.native_log import quiet_backends

        quiet_backends()

        module, _, attribute = _PLACES[name].partition(":")
        try:
            with absence_explained(f"kerascls.{name}"):
                value = getattr(import_module(module), attribute or name)
        except SettingsError as error:
            # An error here would end hasattr, help and `import *` of all names.
            return stand_in(name, error)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
