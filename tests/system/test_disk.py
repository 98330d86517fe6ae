"""A full disk is one error with the place, whichever library met it."""

import errno

import pytest
from safetensors import SafetensorError

from kerascls.errors import DataError, DiskFullError
from kerascls.system.disk import is_full, told_when_full

FULL = [
    OSError(errno.ENOSPC, "No space left on device", "file"),
    OSError(errno.EDQUOT, "Disk quota exceeded"),
    OSError(errno.EFBIG, "File too large"),
    SafetensorError("I/O error: No space left on device (os error 28)"),
    RuntimeError("x.data-00000; No space left on device [Op:SaveV2]"),
    DiskFullError("told before, of a place within"),
]
OTHERS = [
    OSError(errno.EACCES, "Permission denied"),
    SafetensorError("header too large"),
    MemoryError(),
    DataError("a text: No space left on device"),
]


@pytest.mark.parametrize("error", FULL, ids=str)
def test_a_full_disk_is_told_with_the_place(tmp_path, error):
    assert is_full(error)
    place = tmp_path / "new" / "bundle"
    with (
        pytest.raises(DiskFullError, match=r"new/bundle': \w.*, [\d.,]+ MB are free"),
        told_when_full(place),
    ):
        raise error


@pytest.mark.parametrize("error", OTHERS, ids=repr)
def test_other_errors_stay_what_they_are(tmp_path, error):
    assert not is_full(error)
    with pytest.raises(type(error)) as caught, told_when_full(tmp_path):
        raise error
    assert caught.value is error
