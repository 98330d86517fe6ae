"""What a row of the table of formats does."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from kerascls.serving.exporters.formats import FORMATS, Format
from kerascls.system.extras import EXTRAS


@pytest.fixture
def calls(monkeypatch) -> list:
    """Puts a module in place whose functions keep what they are called with."""
    calls = []
    module = ModuleType("some_format")
    module.write = lambda *given: calls.append(("write", *given)) or "a note"
    module.open = lambda *given: calls.append(("open", *given)) or "a runtime"
    module.check = lambda *given: calls.append(("check", *given))
    monkeypatch.setitem(sys.modules, "some_format", module)
    return calls


def made(**changes) -> Format:
    names = {"writer": "some_format:write", "opener": "some_format:open"}
    return Format(suffix=".x", **names | changes)


def test_functions_are_called_by_name_with_what_they_need(calls):
    row, path = made(checker="some_format:check"), Path("m.x")
    assert row.write("bundle", path, True) == "a note"
    assert row.open(path, True) == "a runtime"
    row.check(path, "bundle", [("a",)])
    assert calls == [
        ("write", "bundle", path, True),
        ("open", path, True),
        ("check", path, "bundle", [("a",)]),
    ]


def test_a_format_without_a_checker_passes(calls):
    made().check(Path("m.x"), "bundle", [("a",)])
    assert calls == []


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_a_file_has_a_suffix_and_a_directory_a_marker(row):
    assert bool(row.suffix) != (row.marker is not None)
    assert not row.suffix or row.suffix.startswith(".")


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_an_extra_is_one_that_can_be_installed(row):
    assert row.extra is None or row.extra in EXTRAS


def test_the_predictor_finds_onnx_alone_in_a_bundle():
    assert [name for name, row in FORMATS.items() if row.in_bundle] == ["onnx"]
