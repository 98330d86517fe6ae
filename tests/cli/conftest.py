"""Runs the command line in this process, with fakes where Keras would start."""

from collections.abc import Callable
from dataclasses import dataclass

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
def replace(monkeypatch) -> Callable[..., None]:
    """Puts functions in the place of public ones, by their names in `kerascls`."""

    def replace(**members: object) -> None:
        for name, member in members.items():
            monkeypatch.setitem(vars(kerascls), name, member)

    return replace
