"""Files written whole or not at all, and locks."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write_atomically(path: Path, content: bytes):
    """Writes a file so that a reader sees the old content or the new, never a part.

    Args:
        path: The file; its folder must exist.
        content: All of it.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any):
    """Writes a value as indented UTF-8 JSON, atomically."""
    write_atomically(path, as_json(value))


def as_json(value: Any) -> bytes:
    """Returns a value as indented UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
    return text.encode()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lets one process or thread at a time write to a folder; the others wait.

    On Windows, and on network file systems that have no locks, nobody waits.
    """
    handle = _locked(folder, wait=True)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_locked(folder: Path) -> bool:
    """Returns whether somebody holds a folder `locked`, as far as can be known.

    Where there are no locks somebody may always be writing.
    """
    try:
        handle = _locked(folder, wait=False)
    except OSError:
        return True  # or it has been removed
    if handle is not None:
        os.close(handle)
    return handle is None


def _locked(folder: Path, wait: bool) -> int | None:
    """Returns what holds a lock until it is closed; None where there are no locks.

    Raises:
        BlockingIOError: When somebody else has it, and waiting is not wanted.
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
