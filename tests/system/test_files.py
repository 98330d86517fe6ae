"""Files and folders appear whole or not at all; one writer at a time."""

import csv
import errno
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.errors import DiskFullError
from kerascls.system.files import (
    as_csv,
    flush,
    is_locked,
    lock,
    locked,
    move,
    replaced,
    staged,
    unfinished,
    write_all,
    write_atomically,
    write_json,
)


def folder(path, **files):
    path.mkdir()
    for name, content in files.items():
        (path / name).write_text(content, "utf-8")
    return path


def content(path):
    """Returns a file's text, a folder's texts by name, or None for nothing."""
    if path.is_dir():
        return {item.name: item.read_text("utf-8") for item in path.iterdir()}
    return path.read_text("utf-8") if path.exists() else None


# Replacing.

OLD, NEW = {"a": "old", "只在旧的里": ""}, {"a": "new", "只在新的里": ""}


def make(path, files, between=lambda: None):
    """Writes the first text as a file, or all of them as a folder."""
    if isinstance(files, str):
        between()
        path.write_text(files, "utf-8")
    else:
        path.mkdir()
        for name, text in files.items():
            between()
            (path / name).write_text(text, "utf-8")
    between()


@pytest.mark.parametrize("name", ["run.json", "体育 新闻.csv", "[x]*?", ".hidden"])
@pytest.mark.parametrize(("old", "new"), [("old", "new"), (OLD, NEW), (None, NEW)])
def test_what_is_made_takes_the_place_of_what_was_there(tmp_path, name, old, new):
    path = tmp_path / name
    if old is not None:
        make(path, old)
    with replaced(path) as work:
        make(work, new)
        assert content(path) == old
    assert content(path) == new
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OSError(28, "full")])
@pytest.mark.parametrize("old", ["old", OLD, None])
def test_a_block_that_ends_early_leaves_what_was_there(tmp_path, old, error):
    path = tmp_path / "体育"
    if old is not None:
        make(path, old)
    with pytest.raises(error if isinstance(error, type) else OSError):  # noqa: PT012
        with replaced(path) as work:
            make(work, NEW)
            raise error
    assert content(path) == old
    assert os.listdir(tmp_path) == ([] if old is None else ["体育"])


class Disturbance:
    """Raises an error at one of the steps it is told of, once."""

    def __init__(self, at, error):
        self.at, self.error, self.steps = at, error, count()

    def step(self):
        if next(self.steps) == self.at:
            raise self.error

    def around(self, function):
        def call(*arguments, **options):
            self.step()
            result = function(*arguments, **options)
            self.step()
            return result

        return call


STEPS = st.integers(min_value=0, max_value=12)
ERRORS = st.sampled_from([KeyboardInterrupt(), OSError(28, "No space left on device")])


@given(STEPS, ERRORS, st.sampled_from([(None, "new"), ("old", "new"), (OLD, NEW)]))
def test_wherever_it_fails_the_old_or_the_new_is_there_and_nothing_else(
    at, error, old_and_new
):
    old, new = old_and_new
    disturbance, caught = Disturbance(at, error), None
    with TemporaryDirectory() as parent, pytest.MonkeyPatch.context() as patch:
        path = Path(parent, "体育")
        if old is not None:
            make(path, old)
        for name in ("replace", "fsync"):
            patch.setattr(os, name, disturbance.around(getattr(os, name)))
        try:
            with replaced(path) as work:
                make(work, new, disturbance.step)
                flush(work)
        except (KeyboardInterrupt, OSError) as raised:
            caught = raised.__cause__ or raised
        assert caught in (None, error)
        assert content(path) in ([old, new] if caught else [new])
        assert os.listdir(parent) == ([] if content(path) is None else ["体育"])


@given(STEPS, ERRORS)
def test_an_atomic_write_that_fails_leaves_the_old_content_or_the_new(at, error):
    disturbance = Disturbance(at, error)
    with TemporaryDirectory() as parent, pytest.MonkeyPatch.context() as patch:
        path = Path(parent, "run.json")
        write_json(path, {"old": True})
        for name in ("replace", "fsync", "chmod"):
            patch.setattr(os, name, disturbance.around(getattr(os, name)))
        try:
            write_json(path, {"new": True})
        except (KeyboardInterrupt, OSError) as raised:
            assert (raised.__cause__ or raised) is error
            assert json.loads(path.read_bytes()) in ({"old": True}, {"new": True})
        else:
            assert json.loads(path.read_bytes()) == {"new": True}
        assert os.listdir(parent) == ["run.json"]


def test_a_write_that_fails_leaves_the_old_content_and_nothing_else(
    tmp_path, monkeypatch
):
    path = tmp_path / "run.json"
    write_json(path, {"old": True})

    def fail(*paths):
        raise OSError("disk")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk"):
        write_atomically(path, b"new")
    assert json.loads(path.read_text()) == {"old": True}
    assert os.listdir(tmp_path) == ["run.json"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_leaves_the_old_content(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(DiskFullError, match=r"a\.csv"), replaced(path) as work:
        work.symlink_to("/dev/full")
        work.write_text("new")
    assert content(path) == "old"
    assert os.listdir(tmp_path) == ["a.csv"]


KILLED = """
import os, signal, sys
from pathlib import Path
from kerascls.system.files import replaced
with replaced(Path(sys.argv[1])) as work:
    work.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_process_leaves_the_old_content_and_something_unfinished(tmp_path):
    path = tmp_path / "bundle"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert done.returncode < 0
    (left,) = tmp_path.glob(unfinished("bundle"))
    assert set(tmp_path.iterdir()) == {path, left}
    assert content(path) == "old"


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "a", b"x")
    assert os.listdir(tmp_path) == []


def test_a_link_is_replaced_and_not_followed(tmp_path):
    elsewhere = folder(tmp_path / "elsewhere", a="theirs")
    (tmp_path / "b").write_text("theirs")
    for name, target, new in (("link", "elsewhere", NEW), ("l", "b", "new")):
        (tmp_path / name).symlink_to(target)
        with replaced(tmp_path / name) as work:
            make(work, new)
        assert not (tmp_path / name).is_symlink()
        assert content(tmp_path / name) == new
    assert content(elsewhere) == {"a": "theirs"}
    assert content(tmp_path / "b") == "theirs"


def test_what_is_made_keeps_its_permissions(tmp_path):
    with replaced(tmp_path / "private") as work:
        work.mkdir(0o700)
    with replaced(tmp_path / "open") as work:
        work.touch()
        work.chmod(0o664)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o664


# Moving.


def test_a_file_takes_the_place_of_a_file(tmp_path):
    (tmp_path / "made").write_text("new")
    (tmp_path / "place").write_text("old")
    move(tmp_path / "made", tmp_path / "place")
    assert content(tmp_path) == {"place": "new"}


def test_a_folder_takes_the_place_of_a_folder(tmp_path):
    work, place = folder(tmp_path / "work"), folder(tmp_path / "place", old="1")
    move(folder(work / "model", new="2"), place)
    assert content(place) == {"new": "2"}
    assert content(*work.iterdir()) == {"old": "1"}


@pytest.mark.parametrize("link", [False, True])
def test_a_folder_that_cannot_be_moved_leaves_the_old_one(tmp_path, monkeypatch, link):
    place, replace = tmp_path / "place", os.replace
    if link:
        place.symlink_to("elsewhere")
    folder(tmp_path / ("elsewhere" if link else "place"), old="1")
    made = folder(folder(tmp_path / "work") / "model", new="2")

    def fail(source, target):
        if source == made:
            raise OSError("busy")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="busy"):
        move(made, place)
    assert content(place) == {"old": "1"}
    assert place.is_symlink() == link


@pytest.mark.parametrize("made", ["missing", "file"])
def test_only_a_folder_takes_the_place_of_a_folder(tmp_path, made):
    (tmp_path / "file").touch()
    place = folder(tmp_path / "place", old="1")
    with pytest.raises(OSError, match=made):
        move(tmp_path / made, place)
    assert content(place) == {"old": "1"}


# Writing.


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_files_can_be_read_by_others(tmp_path, umask):
    before = os.umask(umask)
    try:
        write_json(tmp_path / "a.json", {"体": 1})
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644
    assert "体" in (tmp_path / "a.json").read_text("utf-8")


def test_content_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    done = []

    def told(name):
        function = getattr(os, name)

        def call(*arguments):
            done.append((name, (tmp_path / "a").exists()))
            return function(*arguments)

        return call

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, told(name))
    write_atomically(tmp_path / "a", b"x")
    assert done == [("fsync", False), ("replace", False)]


def test_files_and_folders_are_flushed(tmp_path, monkeypatch):
    flushed, fsync = [], os.fsync

    def told(handle):
        flushed.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", told)
    (tmp_path / "a").write_text("x")
    for path in (tmp_path / "a", tmp_path):
        flush(path)
    assert flushed == [(tmp_path / "a").stat().st_ino, tmp_path.stat().st_ino]


def test_rows_come_back_from_csv():
    rows = [["text", "n"], ['a,"b"\nc', "1"], ["体", ""]]
    assert as_csv([*rows[:2], ("体", None)]).endswith("体,\n")
    assert list(csv.reader(StringIO(as_csv(rows), newline=""))) == rows


def test_several_files_go_into_a_new_folder(tmp_path):
    paths = write_all(str(tmp_path / "a" / "b"), {"表.csv": b"1", "b.md": b""})
    assert paths == [tmp_path / "a" / "b" / "表.csv", tmp_path / "a" / "b" / "b.md"]
    assert content(tmp_path / "a" / "b") == {"表.csv": "1", "b.md": ""}


def test_readers_see_no_part_of_what_several_writers_write(tmp_path):
    path, rounds = tmp_path / "表.csv", 30
    write_atomically(path, b"")

    def write(letter):
        for size in range(rounds):
            write_atomically(path, letter * 10_000 * size)

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, letter) for letter in (b"a", b"b", b"c")]
        while not all(writer.done() for writer in writers):
            seen = path.read_bytes()
            assert len(set(seen)) <= 1
            assert len(seen) % 10_000 == 0
        for writer in writers:
            writer.result()
    assert len(path.read_bytes()) == 10_000 * (rounds - 1)
    assert os.listdir(tmp_path) == ["表.csv"]


# Locks.


def test_a_folder_is_locked_until_the_block_ends(tmp_path):
    with locked(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(BlockingIOError):
            lock(tmp_path, wait=False)
    assert not is_locked(tmp_path)


def test_a_lock_is_held_until_it_is_closed(tmp_path):
    handle = lock(tmp_path, wait=False)
    assert is_locked(tmp_path)
    os.close(handle)
    assert not is_locked(tmp_path)


def test_a_folder_that_has_gone_may_be_locked(tmp_path):
    assert is_locked(tmp_path / "gone")


def full_disk(*arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("there", [True, False])
def test_all_files_are_put_into_a_folder_or_none(tmp_path, there):
    place = tmp_path / "report"
    if there:
        folder(place, a="old", mine="mine")
    before = content(place)
    with pytest.raises(DiskFullError, match="report': "), staged(place) as work:
        write_atomically(work / "a", b"new")
        full_disk()
    assert content(place) == before
    with staged(place) as work:
        write_all(work / "plots", {"p": b"1"})
        write_atomically(work / "a", b"new")
    assert (place / "plots" / "p").read_bytes() == b"1"
    names = {"a", "plots", *(before or {})}
    assert {one.name for one in place.iterdir()} == names
    assert (place / "a").read_bytes() == b"new"


def test_a_full_disk_names_what_was_to_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(DiskFullError, match=r"run\.json': "):
        write_json(tmp_path / "run.json", {})
    with pytest.raises(DiskFullError, match=r"new': "):
        write_all(tmp_path / "new", {"a": b"", "b": b""})
    assert list(tmp_path.iterdir()) == []
