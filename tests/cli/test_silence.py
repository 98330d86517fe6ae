"""What reaches the screen while the backends start."""

import os
import subprocess
import sys
import warnings

import pytest

from kerascls.cli.silence import hushed_stderr, simplify_warnings

LOG = (
    "WARNING: All log messages before absl::InitializeLog() is called are written\n"
    "I0000 00:00:1795306010.331640    7353 port.cc:153] oneDNN custom operations\n"
    "E0000 00:00:1795306010.331640    7353 cuda_platform.cc:52] failed call\n"
)


def test_native_log_lines_are_dropped_and_others_kept(capfd):
    with hushed_stderr():
        os.write(2, (LOG + "Something else\n").encode())
    assert capfd.readouterr().err == "Something else\n"


def test_the_screen_is_back_after_an_error(capfd):
    with pytest.raises(ImportError), hushed_stderr():
        os.write(2, b"reason\n")
        raise ImportError
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "reason\nafter\n"


def test_a_warning_is_one_line_without_its_place_in_the_code(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        simplify_warnings()
        warnings.warn("install a font", UserWarning, stacklevel=1)
        warnings.warn("for developers", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr().err == "note: install a font\n"


IMPORT = """
from kerascls.cli.silence import silence_backends
silence_backends()
import keras
keras.ops.ones((2, 2)) @ keras.ops.ones((2, 2))
import tensorflow
print(tensorflow.__name__, keras.backend.backend())
"""


@pytest.mark.slow
def test_starting_tensorflow_writes_nothing():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT],
        capture_output=True,
        text=True,
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "KERASCLS_DEBUG": "0"},
    )
    assert done.stderr == ""
    assert done.stdout == "tensorflow tensorflow\n"
