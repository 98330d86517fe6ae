"""What is kept from run to run, within a size; the least recently used goes first.

Processes need not know of each other. Each makes its store beside its place and moves
it there whole; whoever comes second takes what the first has put there. Nobody waits,
so nobody waits for a process that was killed. What one deletes another may still use:
memory that is mapped outlives its file, and where it does not, as on Windows, the file
cannot be deleted.
"""

import math
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kerascls.errors import SettingsError
from kerascls.preprocessing import token_store
from kerascls.system.disk import is_full
from kerascls.system.files import flush

CACHE_VARIABLE, LIMIT_VARIABLE = "KERASCLS_CACHE", "KERASCLS_CACHE_LIMIT"
DEFAULT_LIMIT_GB = 10
FEATURES = "features-"
# How the folder of a kind of store begins, before its hash -> the files it may hold.
# Anything else in the folder of the cache is somebody else's.
KINDS = {
    "": token_store.FILES,
    FEATURES: ("vectors.npy", "offsets.npy"),
}
# What was not written to for so long is nobody's work any more.
LEFTOVER_AGE_S = 24 * 3600

_BEGINNINGS = "|".join(map(re.escape, KINDS))
_STORE = re.compile(rf"({_BEGINNINGS})[0-9a-f]{{32}}")
_LEFTOVER = re.compile(rf"\.({_BEGINNINGS})[0-9a-f]{{32}}-\w{{8}}")
_GB = 1e9

T = TypeVar("T")


class Cache:
    """Keeps stores for the next run, in `cache_folder()`, and finds them again.

    Args:
        say: Called with a line for people, once for each cause.

    Raises:
        SettingsError: When `$KERASCLS_CACHE_LIMIT` is no size.
    """

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self.limit_bytes = limit_bytes()
        self._say = say
        self._said: set[str] = set()
        self._used: dict[str, int] = {}  # name -> bytes

    def keep(
        self,
        name: str,
        what: str,
        read: Callable[[Path], T | None],
        write: Callable[[Path], object],
    ) -> T | None:
        """Returns the store of a name, read, or written first.

        When the stores that this object has given take more than the limit together,
        a store is given, but not kept.

        Args:
            name: One of `KINDS` and 32 hexadecimal digits, made of all that the store
                depends on.
            what: What people call what is in the store.
            read: Returns the store in a folder, memory-mapped, or None where there is
                none or it is damaged.
            write: Writes the store's files into a folder, which it makes.

        Returns:
            The store, or None, which is said, where it cannot be written.
        """
        try:
            folder = cache_folder() / name
            store = read(folder)
            if store is None:
                store = _written(folder, read, write)
            else:
                self._note_use(folder)
        except (SettingsError, OSError) as error:
            self._tell("memory", _held_in_memory(what, error))
            return None
        self._make_room(folder, what)
        return store

    def _note_use(self, folder: Path) -> None:
        try:
            os.utime(folder)
        except OSError as error:
            self._tell(
                "use",
                f"that {str(folder.parent)!r} is used cannot be noted there "
                f"({error.strerror}): what is used may be deleted before what is not",
            )

    def _make_room(self, folder: Path, what: str) -> None:
        _remove_leftovers(folder.parent)
        stores = {store.name: store for store in _stores(folder.parent)}
        this = stores.pop(folder.name, None)
        if this is None:
            if _has_others(folder):  # else another process has deleted it
                self._tell(
                    "place",
                    f"{str(folder)!r} holds something else than {what} of the cache, "
                    f"which leaves it as it is",
                )
            return
        self._used[this.name] = this.num_bytes
        needed = sum(self._used.values())
        if needed > self.limit_bytes:
            _remove(folder)
            self._tell(
                "limit",
                f"{what} are not kept for the next run: what this one uses takes "
                f"{_in_gb(needed)} GB and more, and the cache has "
                f"{self.limit_bytes / _GB:g} GB. {LIMIT_VARIABLE}={_in_gb(needed)} or "
                f"more keeps them",
            )
            return
        total = this.num_bytes + sum(store.num_bytes for store in stores.values())
        for store in sorted(stores.values(), key=lambda store: store.used_ns):
            if total <= self.limit_bytes:
                return
            if store.name not in self._used and _remove(folder.parent / store.name):
                total -= store.num_bytes

    def _tell(self, cause: str, line: str) -> None:
        if self._say and cause not in self._said:
            self._said.add(cause)
            self._say(line)


def _held_in_memory(what: str, error: SettingsError | OSError) -> str:
    line = f"{what} are held in memory and not kept: "
    if isinstance(error, SettingsError):
        return f"{line}{error}"
    reason = "the disk is full" if is_full(error) else error.strerror or str(error)
    return (
        f"{line}{str(cache_folder())!r}, {reason}. Make room, name another folder in "
        f"{CACHE_VARIABLE}, or keep nothing (--no-cache)"
    )


def _written(
    folder: Path, read: Callable[[Path], T | None], write: Callable[[Path], object]
) -> T | None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".{folder.name}-", ignore_cleanup_errors=True
    ) as made:
        work = Path(made, folder.name)
        write(work)
        for file in work.iterdir():  # a crash must not leave zeros in a store
            flush(file)
        # What is mapped serves this process whatever others do to the folder. Windows
        # moves no open files, and deletes none.
        mapped = None if os.name == "nt" else read(work)
        with suppress(OSError):  # another process was quicker
            if read(folder) is None and _store(folder):
                _remove(folder)  # it is damaged
            os.rename(work, folder)
        found = read(folder)
        return mapped if found is None else found


def cache_folder() -> Path:
    """Returns where stores are kept: `$KERASCLS_CACHE` or `~/.cache/kerascls`.

    Raises:
        SettingsError: When that is in a home directory, and there is none.
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    try:
        return Path(chosen or "~/.cache/kerascls").expanduser()
    except RuntimeError as error:
        raise SettingsError(
            f"Expected a home directory to keep token ids in. Received: "
            f"{CACHE_VARIABLE}={chosen!r}, and no home directory is known. Name a "
            f"folder in {CACHE_VARIABLE}, or keep nothing (--no-cache)."
        ) from error


def limit_bytes() -> float:
    """Returns what stores may take together: `$KERASCLS_CACHE_LIMIT`, or 10 GB.

    Raises:
        SettingsError: When it is set to something else than a size.
    """
    stated = os.environ.get(LIMIT_VARIABLE, "").strip()
    if not stated:
        return DEFAULT_LIMIT_GB * _GB
    with suppress(ValueError):
        if (size_gb := float(stated)) >= 0:
            return size_gb * _GB
    raise SettingsError(
        f"Expected {LIMIT_VARIABLE} to be what the cache may take, in GB, as 5 or 0.5, "
        f"or inf. Received: {LIMIT_VARIABLE}={stated!r}. Correct it, or unset it for "
        f"{DEFAULT_LIMIT_GB} GB."
    )


@dataclass(frozen=True)
class _Kept:
    name: str
    num_bytes: int
    used_ns: int


def _stores(folder: Path) -> Iterator[_Kept]:
    for path in _folders(folder, _STORE):
        if (store := _store(path)) is not None:
            yield store


def _store(path: Path) -> _Kept | None:
    """Returns the store in a folder; None where anything is somebody else's."""
    with suppress(OSError), os.scandir(path) as files:  # others delete here too
        sizes = [file.stat(follow_symlinks=False).st_size for file in files]
        if sizes and not _has_others(path):
            return _Kept(path.name, sum(sizes), path.stat().st_mtime_ns)
    return None


def _has_others(path: Path) -> bool:
    names = KINDS[path.name[:-32]]
    with suppress(OSError), os.scandir(path) as files:
        return not all(
            file.name in names and file.is_file(follow_symlinks=False) for file in files
        )
    return False


def _remove_leftovers(folder: Path) -> None:
    """Removes what killed processes have left of making a store or deleting one."""
    long_ago_s = time.time() - LEFTOVER_AGE_S
    ours = {name for names in KINDS.values() for name in names}
    for path in _folders(folder, _LEFTOVER):
        with suppress(OSError):  # somebody is at work there
            inside = (path, *path.rglob("*"))
            if not all(one.name in ours for one in inside if not one.is_dir()):
                continue
            if max(one.lstat().st_mtime for one in inside) < long_ago_s:
                shutil.rmtree(path, ignore_errors=True)


def _folders(folder: Path, name: re.Pattern[str]) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        return [
            Path(entry.path)
            for entry in entries
            if name.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
        ]
    return []  # where stores may be read, but not listed


def _remove(store: Path) -> bool:
    """Deletes a store whole or not at all; returns whether it is gone."""
    # A name that `_LEFTOVER` knows, should this process be killed.
    with suppress(OSError):  # another process has it open, on Windows, or deleted it
        away = tempfile.mkdtemp(dir=store.parent, prefix=f".{store.name}-")
        with suppress(OSError):
            os.replace(store, Path(away, store.name))
        shutil.rmtree(away, ignore_errors=True)
    return not store.exists()


def _in_gb(num_bytes: float) -> str:
    """Returns a size that is not less, in few digits."""
    size_gb = num_bytes / _GB
    digits = max(1, 2 - math.ceil(math.log10(max(size_gb, 1e-9))))
    return f"{math.ceil(size_gb * 10**digits) / 10**digits:.{digits}f}"
