"""Runs the command line in this process, with fakes where Keras would start."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import pytest

import kerascls
from kerascls.cli import app


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys) -> Callable[..., Outcome]:
    """Runs `kerascls` with arguments."""
    monkeypatch.setattr(app, "silence_backends", bool)
    monkeypatch.delenv("KERASCLS_DEBUG", raising=False)

    def run(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            app.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(ended.value.code, captured.out, captured.err)

    return run


@pytest.fixture
def replace_module(monkeypatch) -> Callable[..., None]:
    """Puts a module with the given members in the place of `kerascls.NAME`."""

    def replace(name: str, **members: object) -> None:
        module = ModuleType(f"kerascls.{name}")
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, f"kerascls.{name}", module)
        monkeypatch.setattr(kerascls, name, module, raising=False)

    return replace
