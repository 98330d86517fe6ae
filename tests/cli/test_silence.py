"""What reaches the screen besides results."""

import warnings

import pytest

from kerascls.cli import silence
from kerascls.cli.silence import silence_backends, simplify_warnings


def test_a_warning_is_one_line_without_its_place_in_the_code(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        simplify_warnings()
        warnings.warn("install a font", UserWarning, stacklevel=1)
        warnings.warn("for developers", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr().err == "note: install a font\n"


@pytest.mark.parametrize(("debug", "calls"), [("0", [1]), ("1", [])])
def test_who_looks_for_errors_gets_all_messages(monkeypatch, debug, calls):
    called = []
    monkeypatch.setenv("KERASCLS_DEBUG", debug)
    monkeypatch.setattr(silence, "quiet_backends", lambda: called.append(1))
    silence_backends()
    assert called == calls
