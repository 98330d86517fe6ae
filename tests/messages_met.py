"""Whether the tests meet every message of docs/ERRORS.md: `pytest --every-message`.

Without the option nothing is looked at. With it each error that is made in the tests'
own processes is compared with what docs/messages.py reads from the code, and the run
fails where a message was not met, or is another one than the page promises.
"""

import os
import sys
from collections.abc import Callable
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import click
import pytest

import kerascls

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(kerascls.__file__).parent
_INSIDE = f"{PACKAGE}{os.sep}"
OPTION = "--every-message"
# What no test in these processes can bring about: how it begins, and why.
UNMET: dict[str, str] = {}


class Meetings:
    """Which messages were met, by their numbers.

    Only a process that runs tests reads all messages; another is told its lines.
    """

    def __init__(self) -> None:
        self.met: set[int] = set()

    @cached_property
    def messages(self) -> list[Any]:
        """All messages. To read them takes seconds, and imports every module."""
        sys.path.insert(0, str(ROOT / "docs"))
        from messages import messages

        return messages()

    def note(self, text: str, place: tuple[str, int] | None) -> None:
        """Takes note of what was said, and of the file and line where it was made."""
        for number, message in enumerate(self.messages):
            if number in self.met or not message.may_be_made_at(place):
                continue
            if message.pattern.search(text):
                self.met.add(number)

    @cached_property
    def lines(self) -> list[str]:
        """What is shown of each message that was not met; nothing of those in UNMET."""
        return [
            ""
            if one.text.startswith(tuple(UNMET))
            else f"{one.path}:{one.first_line}: {one.text}"
            for one in self.messages
        ]

    @property
    def missing(self) -> list[str]:
        """What was not met, a line each."""
        lines = enumerate(self.lines)
        return [line for number, line in lines if line and number not in self.met]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option."""
    parser.addoption(
        OPTION, action="store_true", help="fail where no test meets a message"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begins to look."""
    if config.getoption(OPTION):
        config.meetings = Meetings()
        if hasattr(config, "workerinput") or not config.getoption("numprocesses", 0):
            _ = config.meetings.messages  # now, and not amid some test
        _watch(config.meetings)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hands what a worker met to the one who started it, or fails."""
    meetings = getattr(session.config, "meetings", None)
    if meetings is None:
        return
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["met"] = sorted(meetings.met)
        session.config.workeroutput["lines"] = meetings.lines
    elif meetings.missing:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes over what a worker met."""
    if meetings := getattr(node.config, "meetings", None):
        meetings.met.update(node.workeroutput.get("met", ()))
        if "lines" in node.workeroutput:  # or it was killed
            meetings.lines = node.workeroutput["lines"]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Lists what was not met."""
    if meetings := getattr(config, "meetings", None):
        terminalreporter.section("messages")
        for line in meetings.missing:
            terminalreporter.line(line)
        met, known = len(meetings.met), len(meetings.lines)
        terminalreporter.line(f"{met} of {known} messages were met")


def _watch(meetings: Meetings) -> None:
    """Tells `meetings` of every error that is made, and of all that is printed."""
    from kerascls.data.label_checks.column import Finding
    from kerascls.errors import KerasclsError

    def made(error: Any) -> None:
        # Click's own make their words of what is not there yet at this moment.
        text = getattr(error, "message", None) or ""
        if isinstance(error, KerasclsError):
            text = str(error)
        meetings.note(str(text), _place(error))

    def found(finding: Finding) -> None:
        if finding.is_certain:
            meetings.note(str(finding.error), _place(finding))

    def written(message: Any = None, *_: Any, **__: Any) -> None:
        meetings.note(str(message), None)

    KerasclsError.__init__ = _and_then(KerasclsError.__init__, made)
    click.ClickException.__init__ = _and_then(click.ClickException.__init__, made)
    Finding.__init__ = _and_then(Finding.__init__, found)
    click.echo = _and_then(click.echo, written)


def _and_then(function: Callable, tell: Callable) -> Callable:
    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        tell(*args[:1])
        return result

    return call


def _place(made: Any) -> tuple[str, int] | None:
    """Returns where something was called for, behind what runs in its own name."""
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_INSIDE) and frame.f_locals.get("self") is not made:
            return Path(path).relative_to(PACKAGE).as_posix(), frame.f_lineno
        frame = frame.f_back
    return None
