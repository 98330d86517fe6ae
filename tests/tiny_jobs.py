"""A job for `fit_weights` on files and an encoder of one small layer."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from tiny_models import tiny_config

from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training.job import Job, prepare
from kerascls.training.trainer import Fitted, fit_weights

OPTIONS = {
    "model": "bert",
    "from_scratch": True,
    "batch_size": 8,
    "learning_rate": 0.01,
    "epochs": 2,
    "max_tokens": 16,
}
WINDOWS = {
    "max_tokens": 6,
    "max_windows": 3,
    "window_overlap": 1,
    "window_pooling": "attention",
}


class TinyJob(Job):
    """A job that fits itself."""

    def fit(self, out: Path, resume=False, callbacks=(), **options) -> Fitted:
        """Fits with other settings than the job's."""
        settings = self.settings.with_options(**options)
        return fit_weights(replace(self, settings=settings), out, resume, callbacks)


def job_on(files, family="bert", **options) -> TinyJob:
    """Returns a job on a family of encoders: one layer, two where kinds differ."""
    settings = RunSettings.from_options(**OPTIONS | files | options)
    job = prepare(settings, Screen(quiet=True), cache=False)
    small = tiny_config(
        family,
        vocab_size=job.start.tokenizer.vocab_size,
        num_layers=2 if family == "modernbert" else 1,
        dropout=0.1,
        attention_dropout=0.1,
    )
    start = replace(job.start, config=small)
    return TinyJob(start.resolve(settings), job.data, start, job.screen, cache=False)


class Killed(BaseException):
    """Ends a training where a signal would."""


class KillAt(keras.callbacks.Callback):
    """Raises `Killed` when some steps are done."""

    def __init__(self, step):
        super().__init__()
        self.left = step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise Killed


def check_equal(arrays, others):
    """Checks that the same names have the same numbers."""
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, others[name], err_msg=name)
