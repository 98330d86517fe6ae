"""Packages that only some uses need."""

import sys

import pytest

from kerascls.errors import SettingsError
from kerascls.system.extras import require_extra, require_trackers


def test_what_is_there_is_enough():
    require_extra("search", "kerascls search")


@pytest.mark.parametrize("name", ["mlflow", "wandb"])
def test_a_missing_tracker_is_an_error_that_says_how_to_get_it(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError) as error:
        require_trackers(["tensorboard", name])
    assert f'pip install "kerascls[{name}]"' in str(error.value)
    assert f"track={name} needs" in str(error.value)


def test_tensorboard_needs_no_package():
    require_trackers(["tensorboard"])


def test_a_folder_of_that_name_is_no_package(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "wandb", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    (tmp_path / "wandb").mkdir()
    with pytest.raises(SettingsError, match=r"kerascls\[wandb\]"):
        require_trackers(["wandb"])
