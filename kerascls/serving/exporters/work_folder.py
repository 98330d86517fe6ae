"""Where an exported model is made, and where it may go."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kerascls.errors import SettingsError
from kerascls.system.disk import told_when_full
from kerascls.system.files import is_locked, locked, move

_PREFIX = ".kerascls-export-"


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """Gives a folder on the same disk, which is removed whatever happens.

    Those of earlier exports that were killed go too.
    """
    for older in parent.glob(f"{_PREFIX}*"):
        if not is_locked(older):
            shutil.rmtree(older, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=".kerascls-new-"))
    try:
        with locked(folder):
            # Before it was locked, it would look like a killed one's.
            folder = folder.rename(parent / folder.name.replace("-new-", "-export-", 1))
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_free(path: Path, marker: str | None, suffix: str = "") -> None:
    """Checks that an exported model may be written to a path.

    What may be replaced is a file with `suffix` or, of formats that have a `marker`, a
    directory with that in it.

    Raises:
        SettingsError: When its folder is missing, or something else is there.
    """
    if not path.parent.is_dir():
        raise SettingsError(
            f"Expected an existing folder for the export. Received: "
            f"out={str(path)!r}. Create {str(path.parent)!r} first."
        )
    if marker is None:
        is_older = path.is_file() and path.suffix == suffix
    else:
        is_older = (path / marker).is_file()
    if path.exists() and not is_older:
        raise SettingsError(
            f"Expected a free place, or an earlier export of the same format. "
            f"Received: out={str(path)!r}, which is something else. Choose another "
            f"--out."
        )


def copy(made: Path, path: Path) -> None:
    """Copies a file so that a reader sees the old one or the new, never a part."""
    with told_when_full(path), work_folder(path.parent) as folder:
        move(Path(shutil.copyfile(made, folder / made.name)), path)


def num_bytes(path: Path) -> int:
    """Returns the size of a file, or of all files in a directory."""
    if path.is_file():
        return path.stat().st_size
    return sum(item.stat().st_size for item in path.rglob("*") if item.is_file())
