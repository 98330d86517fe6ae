"""A full disk, told the same wherever it shows."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kerascls.errors import DiskFullError, KerasclsError

# EFBIG: files may be no larger here.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REASONS = tuple(map(os.strerror, FULL))


def is_full(error: BaseException) -> bool:
    """Returns whether an error means that a disk has no room, whoever raised it.

    Libraries that write by themselves, safetensors and TensorFlow for example, have
    errors of their own, which quote the system's words.
    """
    if isinstance(error, KerasclsError):
        return isinstance(error, DiskFullError)
    if isinstance(error, OSError) and error.errno in FULL:
        return True
    return any(reason in str(error) for reason in _REASONS)


@contextmanager
def told_when_full(place: Path) -> Iterator[None]:
    """Makes a full disk, met while something is written, one error with the place.

    Where one is within another, the outer one is told: what somebody asked for.

    Raises:
        DiskFullError: With the place, and what is free there.
    """
    try:
        yield
    except Exception as error:
        if not is_full(error):
            raise
        raise DiskFullError(_message(place, error)) from error


def _message(place: Path, error: Exception) -> str:
    near = next(path for path in (place, *place.parents, Path()) if path.exists())
    free = shutil.disk_usage(near).free / 1e6
    reason = next((one for one in _REASONS if one in str(error)), _REASONS[0])
    return (
        f"Expected room on the disk for what is written. Received: {str(place)!r}: "
        f"{reason}, {free:,.1f} MB are free. Make room and give the command again, or "
        f"write to another disk."
    )
