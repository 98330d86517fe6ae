"""Files and folders that appear whole or not at all, and locks."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kerascls.system.disk import told_when_full


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Lets a file or folder be made beside its path, and moves it there when done.

    When the block fails, or is interrupted, what was there before stays and nothing
    is left beside it. A process that is killed leaves something `unfinished`.

    Args:
        path: Where it goes; its folder must exist. What is there gives way, a file to
            a file and a folder to a folder. A link is replaced, not followed.

    Yields:
        Where to make it. It keeps the permissions it is made with.

    Example:
        >>> with replaced(Path("runs/news/scores.txt")) as work:
        ...     work.write_text("0.93")
    """
    with (
        told_when_full(path),
        TemporaryDirectory(
            dir=path.parent, prefix=f".{path.name}-", ignore_cleanup_errors=True
        ) as folder,
    ):
        work = Path(folder, path.name)
        yield work
        move(work, path)


@contextmanager
def staged(folder: str | Path) -> Iterator[Path]:
    """Lets files be written beside each other, and puts all into a folder when done.

    When the block fails, the folder is as it was before.

    Args:
        folder: Where the files go, below the same folders; made if it is not there.
            Files of other names stay.

    Yields:
        Where to write them.
    """
    folder = Path(folder)
    was_there = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with (
            told_when_full(folder),
            TemporaryDirectory(
                dir=folder, prefix=".files-", ignore_cleanup_errors=True
            ) as made,
        ):
            work = Path(made)
            yield work
            for file in [one for one in work.rglob("*") if one.is_file()]:
                place = folder / file.relative_to(work)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(file, place)
    except BaseException:
        if not was_there:
            with suppress(OSError):  # another process writes there
                folder.rmdir()
        raise


def unfinished(name: str) -> str:
    """Returns the glob pattern of what killed processes have left of making `name`."""
    return f".{name}-*"


def move(made: Path, path: Path) -> None:
    """Gives what was made its final name, in place of what has it now.

    A folder that was there goes beside what was made; whoever made that removes it.
    """
    if not (made.is_dir() and path.is_dir()):
        os.replace(made, path)
        return
    before = made.with_name(f"{made.name}.before")
    try:
        os.replace(path, before)
        os.replace(made, path)
    except BaseException:
        # An interrupt may come before, between and after the two.
        if os.path.lexists(before) and not os.path.lexists(path):
            os.replace(before, path)
        raise


def flush(path: Path) -> None:
    """Waits until what was written to a file, or into a folder, is on the disk."""
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":
        return  # folders cannot be opened there
    # Windows flushes only what may be written to; no folder can be opened so.
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Writes a file, in a folder that exists, so that readers see all of it.

    Content that comes in pieces is never in memory as a whole.
    """
    with replaced(path) as work:
        if isinstance(content, bytes):
            work.write_bytes(content)
        else:
            with open(work, "wb") as file:
                file.writelines(content)
        work.chmod(0o644)
        flush(work)


def write_all(
    folder: str | Path, contents: Mapping[str, bytes | Iterable[bytes]]
) -> list[Path]:
    """Writes contents, by file name, atomically into a folder; returns the paths."""
    with staged(folder) as work:
        for name, content in contents.items():
            write_atomically(work / name, content)
    return [Path(folder) / name for name in contents]


def write_json(path: Path, value: Any) -> None:
    """Writes a value as indented UTF-8 JSON, atomically."""
    write_atomically(path, as_json(value))


def as_json(value: Any) -> bytes:
    """Returns a value as indented UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
    return text.encode()


def as_csv(rows: Iterable[Iterable[Any]], line_end: str = "\n") -> str:
    """Returns rows, the header included, as CSV."""
    return "".join(csv_lines(rows, line_end))


def csv_lines(rows: Iterable[Iterable[Any]], line_end: str = "\n") -> Iterator[str]:
    """Yields each row, the header included, as CSV."""
    writer: Any = csv.writer(_Handed(), lineterminator=line_end)
    return map(writer.writerow, rows)


class _Handed:
    """Gives what is written to whoever writes it."""

    def write(self, line: str) -> str:
        return line


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lets one process or thread at a time write to a folder; the others wait.

    On Windows, and on network file systems that have no locks, nobody waits.
    """
    handle = lock(folder, wait=True)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_locked(folder: Path) -> bool:
    """Returns whether a folder may be `locked`; True where there are no locks."""
    try:
        handle = lock(folder, wait=False)
    except OSError:
        return True  # or it has been removed
    if handle is not None:
        os.close(handle)
    return handle is None


def lock(folder: Path, wait: bool) -> int | None:
    """Takes a folder, still readable for everybody, for this process or thread alone.

    Returns:
        A file descriptor: closing it, or the end of the process, frees the folder.
        None where there are no locks.

    Raises:
        BlockingIOError: When somebody else has it, with `wait=False`.
    """
    try:
        import fcntl
    except ImportError:
        return None  # on Windows
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException as error:
        os.close(handle)
        if isinstance(error, BlockingIOError) or not isinstance(error, OSError):
            raise
        return None  # on some network file systems
    return handle
