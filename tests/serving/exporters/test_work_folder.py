"""Exported models take the place of nothing but exported models, whole."""

import os

import pytest

from kerascls.errors import SettingsError
from kerascls.serving.exporters.work_folder import (
    check_free,
    copy,
    num_bytes,
    work_folder,
)
from kerascls.system.files import move


def directory(path, **files):
    path.mkdir()
    for name, content in files.items():
        (path / name).write_text(content)
    return path


def test_a_work_folder_goes_away_whatever_happens(tmp_path):
    with pytest.raises(KeyboardInterrupt), work_folder(tmp_path) as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_work_folders_of_killed_exports_go_and_those_of_others_stay(tmp_path):
    (tmp_path / ".kerascls-export-killed").mkdir()
    (tmp_path / ".kerascls-export-killed" / "model.onnx").touch()
    with work_folder(tmp_path) as other, work_folder(tmp_path) as mine:
        assert set(tmp_path.iterdir()) == {other, mine}


def test_what_gives_way_goes_with_the_work_folder(tmp_path):
    place = directory(tmp_path / "place", old="1")
    with work_folder(tmp_path) as work:
        move(directory(work / "model", new="2"), place)
    assert os.listdir(place) == ["new"]
    assert os.listdir(tmp_path) == ["place"]


def test_a_copy_leaves_what_was_made(tmp_path):
    (tmp_path / "made").write_text("new")
    copy(tmp_path / "made", tmp_path / "place")
    assert (tmp_path / "made").read_text() == (tmp_path / "place").read_text() == "new"


def test_places_that_are_something_else_are_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    other = directory(tmp_path / "other", thesis="x")
    old = directory(tmp_path / "old", mark="x")
    (tmp_path / "older.onnx").write_text("x")
    check_free(tmp_path / "older.onnx", None, ".onnx")
    check_free(tmp_path / "none", None, ".onnx")
    check_free(tmp_path / "none", "mark")
    check_free(old, "mark")
    file = tmp_path / "file"
    for place, marker in ((other, None), (other, "mark"), (file, "mark"), (file, None)):
        with pytest.raises(SettingsError, match="something else"):
            check_free(place, marker, ".onnx")
    with pytest.raises(SettingsError, match="existing folder"):
        check_free(tmp_path / "nowhere" / "model.onnx", None, ".onnx")


def test_sizes_are_those_of_all_files(tmp_path):
    place = directory(tmp_path / "place", a="12", b="3")
    directory(place / "inner", c="45")
    assert (num_bytes(place), num_bytes(place / "a")) == (5, 2)
