"""Whether something can be written to a place, asked before work begins."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from kerascls.errors import DiskFullError, SettingsError
from kerascls.system.disk import told_when_full


def check_folder(
    folder: str | Path, argument: str = "out", is_option: bool = True
) -> None:
    """Checks, leaving nothing behind, that a folder can be made and written to.

    Args:
        folder: The folder, which may not be there yet.
        argument: What messages call it.
        is_option: Whether the command line has `--ARGUMENT`, and not a place for it.

    Raises:
        SettingsError: When a file is in its way, it may not be written to, or its name
            is none.
        DiskFullError: When the disk has no room for even that.
    """
    folder = Path(folder)
    how = f"with --{argument}" if is_option else f"for {argument.upper()}"
    _check_name(folder, argument, how)
    nearest = next(
        path for path in (folder, *folder.parents, Path()) if os.path.lexists(path)
    )
    received = f"Received: {argument}={str(folder)!r}"
    if not nearest.is_dir():
        where = "a file" if nearest == folder else f"where {str(nearest)!r} is a file"
        raise SettingsError(
            f"Expected a directory to write to. {received}, {where}. Choose another "
            f"name {how}."
        )
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise SettingsError(
            f"Expected a directory that can be written to. {received}, where "
            f"{str(nearest)!r} cannot. Choose another {how}."
        )
    try:  # file systems of the kernel's, of a network's or of an archive's say no late
        with told_when_full(folder), TemporaryDirectory(dir=nearest, prefix=".try-"):
            pass
    except DiskFullError:
        raise
    except OSError as error:
        raise SettingsError(
            f"Expected a directory that can be made. {received}, but nothing can be "
            f"made in {str(nearest)!r} ({error.strerror}). Choose another place {how}."
        ) from error


def _check_name(folder: Path, argument: str, how: str) -> None:
    why = ""
    for path in (folder, *map(Path, folder.parts)):  # of what is not there no part is
        try:
            os.lstat(path)
        except ValueError as error:
            why = str(error)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                why = str(error.strerror)
    if not why:
        return
    raise SettingsError(
        f"Expected the name of a directory. Received: {argument}={str(folder)!r:.100} "
        f"({why}). Choose another name {how}."
    )


def first_in(folder: Path) -> str:
    """Returns the name of something that a folder holds, the same one each time."""
    return min(one.name for one in folder.iterdir())


def is_earlier(out: Path, mark: str, kind: str) -> bool:
    """Returns whether a directory holds an earlier run or search; otherwise it is free.

    `mark` is the file by which one is known, `kind` what it is called in messages.

    Raises:
        SettingsError: When something else is there.
    """
    check_folder(out)
    if not out.is_dir() or not any(out.iterdir()):
        return False
    if not (out / mark).is_file():
        raise SettingsError(
            f"Expected an empty directory or one of an earlier {kind}. Received: "
            f"out={str(out)!r}, which holds other files, such as "
            f"{first_in(out)!r}. Choose another --out."
        )
    return True
