"""Data, checkpoints or none, tiny fits; puts helpers where the tests find them."""

import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny_jobs import job_on

from kerascls.models import presets
from kerascls.settings.run_settings import RunSettings
from kerascls.training import trainer
from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.preparation import load_labelled_text

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture
def own_data(tmp_path, write_csv):
    texts = [("国足 wins", "x"), ("Goal ⚽", "y")] * 6
    path = write_csv(tmp_path / "own.csv", ("text", "label"), texts)
    return load_labelled_text(RunSettings.from_options(train=path).data, seed=1)


@pytest.fixture(scope="session")
def sample():
    return load_labelled_text(RunSettings().data, seed=1)


@pytest.fixture
def no_weights(monkeypatch, tmp_path) -> Path:
    """Makes an empty folder the only place where weights are looked for."""
    folder = tmp_path / "pretrained"
    monkeypatch.setattr(presets, "pretrained_folders", lambda: [folder])
    return folder


@pytest.fixture
def checkpoint_of(tmp_path, monkeypatch):
    """Writes the checkpoint of a case; gives its directory and its weights."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "checkpoints"))
    from make_checkpoints import CASES, make_weights, write_checkpoint

    def write(name):
        case = CASES[name]
        return write_checkpoint(case, tmp_path / name), make_weights(case.model)

    return write


@pytest.fixture(scope="session")
def multilabel_job(multilabel_files):
    """A job with empty texts, empty label sets, and labels unseen in training."""
    return job_on(multilabel_files)


@pytest.fixture(scope="session")
def eagerly():
    """Runs TensorFlow's functions as they are: tracing costs more than a few steps."""
    tf = pytest.importorskip("tensorflow")

    @contextmanager
    def run():
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)

    return run


class Scripted(ScoreTable):
    """Says the scores it is given, or raises them."""

    def __init__(self, scores):
        super().__init__((), (), "multilabel", history_csv="nowhere.csv")
        self.scores = iter(scores)
        self.weights = []

    def record(self, epoch, logs=None):
        given = next(self.scores)
        if isinstance(given, type):
            raise given
        self.weights.append(self.model.named_arrays())
        is_best = self.best_goal_ is None or given > self.best_goal_
        if is_best:
            self.best_epoch_, self.best_goal_ = epoch, given
        return is_best


@pytest.fixture
def said(multilabel_job, monkeypatch):
    """What the job's screen was told."""
    lines = []
    monkeypatch.setattr(multilabel_job.screen, "say", lines.append)
    return lines


@pytest.fixture
def scripted_fit(eagerly, multilabel_job, monkeypatch, tmp_path):
    """Returns a function that fits where validation gives scores of a script."""

    def fit(*scores, callbacks=(), **options):
        table = Scripted(scores)
        monkeypatch.setattr(trainer, "ScoreTable", lambda *args, **kwargs: table)
        options = {"epochs": len(scores), "batch_size": 16} | options
        with eagerly():
            return table, multilabel_job.fit(tmp_path, callbacks=callbacks, **options)

    return fit
