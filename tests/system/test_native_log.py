"""What reaches the screen while TensorFlow starts."""

import os
import subprocess
import sys

import pytest

from kerascls.system import native_log
from kerascls.system.native_log import LEVEL, quiet_backends, quiet_stderr

NOISE = (
    "WARNING: All log messages before absl::InitializeLog() is called are written\n"
    "I0000 00:00:1795306010.331640    7353 port.cc:153] oneDNN custom operations\n"
    "W0000 00:00:1795306010.331640    7353 gpu_device.cc:2] no GPU\n"
    "E0000 00:00:1795306010.331640    7353 cuda_platform.cc:52] failed call to cuInit: "
    "INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)\n"
    "E0000 00:00:1795306010.3    7353 cuda_fft.cc:4] Unable to register cuFFT factory: "
    "Attempting to register\n"
)
ERRORS = (
    "E0000 00:00:1795306010.331640    7353 cuda_platform.cc:52] failed call to cuInit: "
    "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)\n"
    "E0000 00:00:1795306010.3    7353 cuda_dnn.cc:5] Loaded runtime CuDNN library\n"
    "F0000 00:00:1795306010.331640    7353 env.cc:1] Check failed\n"
    "Something else\n"
)


def test_start_up_messages_are_dropped_and_errors_kept(capfd):
    with quiet_stderr():
        os.write(2, (NOISE + ERRORS + NOISE).encode())
    assert capfd.readouterr().err == ERRORS


def test_the_screen_is_back_after_an_error(capfd):
    with pytest.raises(ImportError), quiet_stderr():
        os.write(2, b"reason\n")
        raise ImportError
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "reason\nafter\n"


def test_where_there_is_no_screen_nothing_happens(monkeypatch):
    def closed(descriptor):
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    with quiet_stderr():
        done = True
    assert done


@pytest.fixture
def environment(monkeypatch):
    """Environment and finders as they are at the start of a program."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    os.environ.pop(LEVEL, None)
    return os.environ


def test_what_is_not_said_becomes_errors_only(environment):
    before = len(sys.meta_path)
    quiet_backends()
    quiet_backends()
    assert (environment[LEVEL], len(sys.meta_path)) == ("2", before + 1)


@pytest.mark.parametrize("level", ["0", "1"])
def test_who_asks_for_messages_gets_all(environment, level):
    environment[LEVEL] = level
    before = dict(environment), list(sys.meta_path)
    quiet_backends()
    assert (dict(environment), list(sys.meta_path)) == before


def test_a_tensorflow_that_is_there_is_left_alone(environment, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", sys)
    quiet_backends()
    assert LEVEL not in environment


PROGRAM = """
import kerascls
kerascls.fit  # the first use
import keras
keras.ops.ones((2, 2)) @ keras.ops.ones((2, 2))
import tensorflow
print(tensorflow.__name__, keras.backend.backend())
"""


@pytest.mark.slow
def test_starting_tensorflow_writes_nothing():
    environment = {name: one for name, one in os.environ.items() if name != LEVEL}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        env=environment | {"KERAS_BACKEND": "tensorflow", "KERASCLS_DEBUG": "0"},
    )
    assert done.stderr == ""
    assert done.stdout == "tensorflow tensorflow\n"


@pytest.mark.parametrize(
    ("flags", "expected"), [("sse2 avx avx2", True), ("sse2", False), (None, True)]
)
def test_a_processor_that_tensorflow_refuses_is_not_kept_from_hearing_it(
    tmp_path, flags, expected
):
    told = tmp_path / "cpuinfo"
    if flags is not None:
        told.write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\n")
    assert native_log._has_avx(told) is expected
