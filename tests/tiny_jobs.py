"""A job for `fit_weights` on files and an encoder of one small layer."""

from dataclasses import dataclass, replace
from pathlib import Path

from tiny_models import tiny_config

from kerascls.data.labelled_text import LabelledText
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import TokenStore
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training.choose_start import choose_start
from kerascls.training.job import input_spec
from kerascls.training.preparation import load_labelled_text, tokenize_parts
from kerascls.training.starting_point import StartingPoint
from kerascls.training.trainer import Fitted, fit_weights

OPTIONS = {
    "model": "bert",
    "from_scratch": True,
    "batch_size": 8,
    "learning_rate": 0.01,
    "epochs": 2,
    "max_tokens": 16,
}


@dataclass(frozen=True)
class Job:
    """All that `fit_weights` takes but the run directory."""

    settings: RunSettings
    data: LabelledText
    start: StartingPoint
    stores: dict[str, TokenStore]
    layout: Layout
    screen: Screen

    def fit(self, out: Path, resume=False, callbacks=(), **options) -> Fitted:
        """Fits with other settings than the job's."""
        settings = self.settings.with_options(**options)
        given = list(vars(self).values())[1:]
        return fit_weights(settings, *given, out, resume, callbacks)


def job_on(files, **options) -> Job:
    settings = RunSettings.from_options(**OPTIONS | files | options)
    data = load_labelled_text(settings.data, settings.train.seed)
    start = choose_start(settings.model, data)
    small = tiny_config(
        vocab_size=start.tokenizer.vocab_size,
        num_layers=1,
        dropout=0.1,
        attention_dropout=0.1,
    )
    start = replace(start, config=small)
    settings = start.resolve(settings)
    stores = tokenize_parts(data, start.tokenizer, cache=False)
    layout = input_spec(settings, data, start).layout(start.tokenizer)
    return Job(settings, data, start, stores, layout, Screen(quiet=True))
