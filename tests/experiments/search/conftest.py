"""Searches whose trainings are made up."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kerascls.experiments.search import trials as trials_module
from kerascls.experiments.search.search import search
from kerascls.training import fit as training

LABELS = ("体育", "汽车")
BEST_RATE = 2e-3


def made_up_score(settings, epoch: int) -> float:
    """Rises with the epochs, and towards a learning rate."""
    distance = abs(math.log(settings.train.learning_rate / BEST_RATE))
    return 0.9 - 0.1 * distance - 0.2 / (epoch + 1)


def make_up_fits(patch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Trainings that only call back; `score` and `before` can be replaced."""
    fits = SimpleNamespace(calls=[], score=made_up_score, before=lambda number: None)

    def fit(settings, *, out, cache, quiet, callbacks):
        fits.calls.append(settings)
        (out / "bundle").mkdir(parents=True)
        fits.before(len(fits.calls))
        (pruning,) = callbacks
        for epoch in range(settings.train.epochs):
            key = f"val_{settings.train.best_by}"
            pruning.on_epoch_end(epoch, {key: fits.score(settings, epoch)})

    patch.setattr(training, "fit", fit)
    # These two take most of the time.
    patch.setattr(trials_module.gc, "collect", lambda: 0)
    patch.setattr(os, "fsync", lambda file: None)
    return fits


def made_up_search(out: Path, **options):
    """Calls `search` from random weights."""
    options = {"out": out, "epochs": 4, "trials": 12, "proxy_rows": 20} | options
    return search(from_scratch=True, quiet=True, **options)


@pytest.fixture(scope="session")
def news(tmp_path_factory, write_csv) -> Path:
    """A file of 120 rows, each text once: 84 train, 18 choose, 18 are left aside."""
    rows = [(f"{LABELS[n % 2]} text {n}", LABELS[n % 2]) for n in range(120)]
    path = tmp_path_factory.mktemp("news") / "news.csv"
    return write_csv(path, ("text", "label"), rows)


@pytest.fixture(scope="session")
def found(news, tmp_path_factory) -> SimpleNamespace:
    """A search on that file which came to its end; do not change its directory."""
    out = tmp_path_factory.mktemp("searches") / "found"
    with pytest.MonkeyPatch.context() as patch:
        fits = make_up_fits(patch)
        result = made_up_search(out, train=news)
    return SimpleNamespace(result=result, out=out, calls=fits.calls)


@pytest.fixture
def fits(monkeypatch) -> SimpleNamespace:
    """What trainings are to give, and the settings they got."""
    return make_up_fits(monkeypatch)


@pytest.fixture
def searched(fits, news, tmp_path) -> Callable:
    """Calls `search` on the file."""

    def searched(**options):
        return made_up_search(**{"out": tmp_path / "out", "train": news} | options)

    return searched
