"""Stores are found again, within a size; what is not ours is never touched."""

import errno
import json
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import pytest

from kerascls.errors import DataError, SettingsError
from kerascls.preprocessing import cache as cache_module
from kerascls.preprocessing.cache import (
    DEFAULT_LIMIT_GB,
    KINDS,
    LEFTOVER_AGE_S,
    Cache,
    cache_folder,
    limit_bytes,
)

DAY_S = 24 * 3600


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("KERASCLS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KERASCLS_CACHE_LIMIT", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def limit(monkeypatch):
    """Sets the limit to a number of kilobytes."""
    return lambda kb: monkeypatch.setenv("KERASCLS_CACHE_LIMIT", str(kb / 1e6))


def name_of(number: int, kind: str = "features-") -> str:
    return f"{kind}{number:032x}"


def read(folder):
    try:
        vectors, offsets = (
            np.load(folder / name, mmap_mode="r") for name in KINDS["features-"]
        )
    except (OSError, ValueError, EOFError):
        return None
    return vectors if len(offsets) == 1 else None


def make(folder, number, kb=10):
    folder.mkdir(parents=True)
    np.save(folder / "vectors.npy", np.full(kb * 1000 - 256, number, np.int8))
    np.save(folder / "offsets.npy", np.zeros(1, np.int8))
    return read(folder)


def writer(number: int, kb: int = 10, written: list | None = None):
    def write(folder):
        if written is not None:
            written.append(number)
        make(folder, number, kb)

    return write


def keep(number: int, kb: int = 10, cache: Cache | None = None, written=None):
    store = (cache or Cache()).keep(
        name_of(number), "features", read, writer(number, kb, written)
    )
    assert store is None or (store == number).all()
    return store


def kept(folder) -> list[int]:
    return sorted(int(path.name[-32:], 16) for path in folder.iterdir())


def age(folder, number: int, days: float) -> None:
    long_ago = time.time() - days * DAY_S
    os.utime(folder / name_of(number), (long_ago, long_ago))


def test_a_store_is_written_once_and_read_afterwards():
    written = []
    for _ in range(3):
        assert keep(1, written=written) is not None
    assert written == [1]


def test_the_least_recently_used_stores_go(folder, limit):
    for number in (1, 2, 3):
        keep(number)
        age(folder, number, days=number)
    limit(35)
    keep(3)
    keep(4)
    assert kept(folder) == [1, 3, 4]


def test_stores_within_the_limit_stay(folder):
    for number in range(5):
        keep(number)
    assert kept(folder) == [0, 1, 2, 3, 4]


def test_a_limit_that_was_lowered_holds_from_the_next_use_on(folder, limit):
    for number in range(5):
        keep(number)
        age(folder, number, days=number + 1)
    limit(25)
    keep(4)
    assert kept(folder) == [0, 4]


def test_stores_of_every_kind_count(folder, limit):
    tokens = folder / name_of(1, kind="")
    tokens.mkdir(parents=True)
    for name in KINDS[""]:
        (tokens / name).write_bytes(bytes(5000))
    limit(25)
    keep(2)
    assert kept(folder) == [2]


def test_a_store_larger_than_the_limit_serves_this_run_and_no_other_goes(folder, limit):
    keep(1)
    limit(30)
    said = []
    store = keep(2, kb=40, cache=Cache(said.append))
    assert kept(folder) == [1]
    assert store.sum() == 2 * len(store)
    assert len(said) == 1
    assert "features are not kept" in said[0]
    assert "takes 0.000041 GB and more, and the cache has 3e-05 GB" in said[0]
    assert "KERASCLS_CACHE_LIMIT=0.000041 or more keeps them" in said[0]


def test_the_limit_that_is_advised_keeps_the_store(folder, monkeypatch):
    monkeypatch.setenv("KERASCLS_CACHE_LIMIT", "0")
    said = []
    keep(1, kb=37, cache=Cache(said.append))
    advised = said[0].split("KERASCLS_CACHE_LIMIT=")[1].split()[0]
    monkeypatch.setenv("KERASCLS_CACHE_LIMIT", advised)
    keep(1, kb=37)
    assert kept(folder) == [1]


def test_stores_of_one_run_do_not_push_each_other_out(folder, limit):
    limit(25)
    said = []
    for number in (1, 2):  # two runs
        cache = Cache(said.append)
        written = []
        for part in (1, 2, 3):
            assert keep(part, cache=cache, written=written) is not None
        assert written == ([1, 2, 3] if number == 1 else [3])
    assert kept(folder) == [1, 2]
    assert len(said) == 2  # once in each run


def test_a_store_that_is_deleted_while_it_is_used_can_still_be_read(folder, limit):
    store = keep(1, kb=20)
    limit(15)
    keep(2)
    assert kept(folder) == [2]
    assert (store == 1).all()


def test_where_a_store_cannot_be_deleted_it_stays_whole(folder, limit, monkeypatch):
    keep(1)

    def refuse(*_):
        raise PermissionError(errno.EACCES, "in use by another process")

    monkeypatch.setattr(cache_module.os, "replace", refuse)
    limit(15)
    keep(2)
    assert kept(folder) == [1, 2]
    assert read(folder / name_of(1)) is not None


# What is not ours.


def test_what_is_not_a_store_is_never_deleted(folder, limit, tmp_path):
    others = {
        "photos/holiday.jpg",
        "letter.txt",
        f"{name_of(1)}/holiday.jpg",  # somebody's folder that has such a name
        f"{name_of(2)}/offsets.npy/x",
        f"{name_of(3, '')}/vectors.npy",  # another kind's file
        f"{name_of(4)}x/vectors.npy",
        f"{name_of(5)[:-1]}/vectors.npy",
        f"{name_of(6).upper()}/vectors.npy",
        f"{name_of(7)}/deep/vectors.npy",
        ".config/vectors.npy",
        f".{name_of(8)}/vectors.npy",
    }
    for other in others:
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        (folder / other).write_bytes(bytes(50_000))
    (folder / name_of(9)).mkdir()  # empty
    outside = make(tmp_path / "outside", 1)
    (folder / name_of(10)).symlink_to(tmp_path / "outside")
    (folder / f".{name_of(11)}-abcdefgh").symlink_to(tmp_path / "outside")
    for path in folder.rglob("*"):
        os.utime(path, (0, 0), follow_symlinks=False)
    before = sorted(folder.rglob("*"))
    limit(10)
    keep(12)
    left = set(folder.rglob("*"))
    assert set(before) <= left
    assert (outside == 1).all()
    assert len(list((tmp_path / "outside").iterdir())) == 2


def test_what_killed_processes_left_goes_after_a_day(folder):
    keep(1)
    for name, days in (("abcdefgh", 2), ("12345_78", 0)):
        work = folder / f".{name_of(2)}-{name}" / name_of(2)
        work.mkdir(parents=True)
        (work / "vectors.npy").write_bytes(b"half")
        long_ago = time.time() - days * LEFTOVER_AGE_S
        for path in (work / "vectors.npy", work, work.parent):
            os.utime(path, (long_ago, long_ago))
    keep(1)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f".{name_of(2)}-12345_78", name_of(1)]


def test_what_somebody_still_writes_to_is_no_leftover(folder):
    work = folder / f".{name_of(2)}-abcdefgh" / name_of(2)
    work.mkdir(parents=True)
    (work / "vectors.npy").write_bytes(b"half")
    for path in (work, work.parent):
        os.utime(path, (0, 0))
    keep(1)
    assert (work / "vectors.npy").exists()


# Where nothing can be written.


def test_where_a_store_cannot_be_written_this_is_said_once(folder):
    folder.write_text("a file where a folder should be")
    said = []
    cache = Cache(said.append)
    assert keep(1, cache=cache) is None
    assert keep(2, cache=cache) is None
    assert len(said) == 1
    assert "features are held in memory and not kept" in said[0]
    assert str(folder) in said[0]
    assert folder.read_text() == "a file where a folder should be"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "Read-only file system"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
        (OSError("5 requested and 0 written"), "5 requested and 0 written"),
    ],
    ids=str,
)
def test_an_error_of_writing_is_said_with_its_reason(folder, error, reason):
    def write(_):
        raise error

    said = []
    assert Cache(said.append).keep(name_of(1), "token ids", read, write) is None
    assert len(said) == 1
    assert f"in memory and not kept: {str(folder)!r}, {reason}. Make room" in said[0]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DataError("rows differ")])
def test_other_errors_and_interrupts_leave_nothing_behind(folder, error):
    def write(work):
        make(work, 1)
        raise error

    with pytest.raises(type(error)):
        Cache().keep(name_of(1), "token ids", read, write)
    assert list(folder.iterdir()) == []


def test_a_damaged_store_is_written_again(folder):
    keep(1)
    (folder / name_of(1) / "offsets.npy").write_bytes(b"")
    written = []
    for _ in range(2):
        keep(1, written=written)
    assert written == [1]


def test_where_something_else_has_the_name_the_store_serves_this_run(folder):
    (folder / name_of(1)).mkdir(parents=True)
    (folder / name_of(1) / "letter.txt").write_text("dear")
    said = []
    assert keep(1, cache=Cache(said.append)) is not None
    assert [path.name for path in folder.rglob("*.*")] == ["letter.txt"]
    assert len(said) == 1
    assert f"{name_of(1)}' holds something else than features" in said[0]


def test_where_the_last_use_cannot_be_noted_the_store_is_used_and_it_is_said(
    folder, monkeypatch
):
    for number in (1, 2):
        keep(number)

    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(cache_module.os, "utime", refuse)
    said, written = [], []
    cache = Cache(said.append)
    for number in (1, 2):
        assert keep(number, cache=cache, written=written) is not None
    assert written == []
    assert len(said) == 1
    assert f"{str(folder)!r} is used cannot be noted there (Read-only" in said[0]


@pytest.mark.parametrize("chosen", [None, "~nobody-of-this-name/cache"])
def test_without_a_home_directory_nothing_is_kept_and_it_is_said(monkeypatch, chosen):
    def expanduser(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache_module.Path, "expanduser", expanduser)
    if chosen:
        monkeypatch.setenv("KERASCLS_CACHE", chosen)
    else:
        monkeypatch.delenv("KERASCLS_CACHE")
    said = []
    assert keep(1, cache=Cache(said.append)) is None
    assert "held in memory" in said[0]
    assert "Name a folder in KERASCLS_CACHE" in said[0]


def test_a_cache_that_cannot_be_listed_is_used(folder, monkeypatch):
    keep(1)

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(cache_module.os, "scandir", refuse)
    written = []
    assert keep(1, written=written) is not None
    assert written == []


def test_without_a_choice_stores_are_in_the_home_directory(monkeypatch, tmp_path):
    monkeypatch.delenv("KERASCLS_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "kerascls"


def test_a_home_that_does_not_exist_is_made(monkeypatch, tmp_path):
    monkeypatch.delenv("KERASCLS_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path / "new"))
    assert keep(1) is not None
    assert kept(tmp_path / "new/.cache/kerascls") == [1]


# The limit.


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("", DEFAULT_LIMIT_GB), (" ", DEFAULT_LIMIT_GB), ("5", 5), (" 0.5 ", 0.5)]
    + [("0", 0), ("1e3", 1000), ("inf", float("inf"))],
)
def test_the_limit_is_stated_in_gigabytes(monkeypatch, stated, expected):
    monkeypatch.setenv("KERASCLS_CACHE_LIMIT", stated)
    assert limit_bytes() == expected * 1e9


@pytest.mark.parametrize("stated", ["10GB", "10 G", "-1", "nan", "1,5", "none", "-inf"])
def test_a_limit_that_is_no_size_is_an_error(monkeypatch, stated):
    monkeypatch.setenv("KERASCLS_CACHE_LIMIT", stated)
    with pytest.raises(SettingsError, match=f"KERASCLS_CACHE_LIMIT='{stated}'"):
        Cache()


# Several processes.


def test_a_process_that_comes_second_takes_what_the_first_has_put_there(folder):
    def write(work):
        make(work, 2)
        make(folder / name_of(1), 1)  # meanwhile, by another process

    said = []
    store = Cache(said.append).keep(name_of(1), "features", read, write)
    assert (store == 1).all()
    assert said == []
    assert kept(folder) == [1]


def _at_once(folder: str, start, failures) -> None:
    os.environ["KERASCLS_CACHE"] = folder
    said: list[str] = []
    start.wait()
    for round_ in range(15):
        for number in (1, 2, 3):
            cache = Cache(said.append)
            store = cache.keep(name_of(number), "features", read, writer(number))
            if store is None or not (store == number).all():
                failures.put(json.dumps([round_, number, said]))


def test_processes_that_write_read_and_delete_at_once_get_whole_stores(folder, limit):
    limit(25)  # two of three stores, so that each round deletes one
    context = multiprocessing.get_context("fork")
    start, failures = context.Event(), context.Queue()
    arguments = (str(folder), start, failures)
    processes = [context.Process(target=_at_once, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    start.set()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert failures.empty(), failures.get()
    assert 1 <= len(kept(folder)) <= 3
    assert all(read(path) is not None for path in folder.iterdir())


def test_what_only_looks_like_a_leftover_stays(tmp_path):
    folder = tmp_path / f".{'a' * 32}-abcdefgh"
    folder.mkdir()
    file = folder / "thesis.txt"
    file.touch()
    for path in (file, folder):
        os.utime(path, (0, 0))
    cache_module._remove_leftovers(tmp_path)
    assert file.is_file()
