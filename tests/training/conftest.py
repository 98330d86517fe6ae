"""Data, checkpoints and a lack of them; puts helpers where the tests find them."""

import sys
from pathlib import Path

import pytest

from kerascls.models import presets
from kerascls.settings.run_settings import RunSettings
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
