"""A place that cannot be written to is an error before work begins."""

import errno
import os

import pytest

from kerascls.errors import DiskFullError, SettingsError
from kerascls.system.places import check_folder, is_earlier


@pytest.mark.parametrize("path", ["", "new", "new/deep/er"])
def test_a_folder_that_is_there_or_can_be_made_is_fine(tmp_path, path):
    check_folder(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_a_relative_folder_is_looked_for_from_here(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    check_folder("new")
    check_folder(".")
    with pytest.raises(SettingsError, match="a file"):
        check_folder("file/new")


@pytest.mark.parametrize("path", ["file", "file/new", "file/new/er"])
def test_a_file_in_the_way_is_named(tmp_path, path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=rf"report='.*{path}',.*a file.*--report"):
        check_folder(tmp_path / path, "report")


def test_a_link_to_nowhere_is_in_the_way(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(SettingsError, match="link"):
        check_folder(tmp_path / "link")


def test_a_folder_without_permission_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(SettingsError, match="where '.*' cannot"):
        check_folder(tmp_path / "new")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="Linux only")
def test_a_place_where_nothing_can_be_made_is_named():
    with pytest.raises(
        SettingsError, match="out='/proc/xyz', but .* in '/proc'.*--out"
    ):
        check_folder("/proc/xyz")


@pytest.mark.parametrize("name", ["a" * 300, "a/" * 3000, "new/" + "a" * 300, "a\0b"])
def test_a_name_that_no_folder_can_have_is_an_error(tmp_path, name):
    with pytest.raises(SettingsError, match=r"name.*\(.*\)\. Choose another name"):
        check_folder(tmp_path / name)


def test_a_disk_without_room_for_a_folder_is_full(tmp_path, monkeypatch):
    def fail(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("kerascls.system.places.TemporaryDirectory", fail)
    with pytest.raises(DiskFullError, match="Make room"):
        check_folder(tmp_path / "new")


def test_an_empty_folder_or_an_earlier_one_of_a_kind_is_told_from_others(tmp_path):
    assert not is_earlier(tmp_path / "new", "run.json", "run")
    assert not is_earlier(tmp_path, "run.json", "run")
    (tmp_path / "letter.txt").touch()
    with pytest.raises(SettingsError, match="one of an earlier run.*other files"):
        is_earlier(tmp_path, "run.json", "run")
    (tmp_path / "run.json").touch()
    assert is_earlier(tmp_path, "run.json", "run")
