"""What is shown on a terminal, in a pipe, and in the log."""

import io

import pytest
from rich.console import Console

from kerascls.system.console import Screen


def screen(terminal=False, quiet=False, width=80):
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=width)
    return Screen(console, quiet), file


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/b] [", ":car: :smile:", r"\[b]"])
@pytest.mark.parametrize("terminal", [True, False])
def test_labels_that_look_like_markup_are_shown_as_they_are(text, terminal):
    shown, file = screen(terminal)
    shown.say(text)
    assert file.getvalue() == f"{text}\n"


def test_long_lines_are_not_broken():
    shown, file = screen(width=20)
    shown.say("/a/long/path/" * 10)
    assert file.getvalue() == "/a/long/path/" * 10 + "\n"


def test_the_log_has_every_line_those_before_it_began_included(tmp_path):
    shown, _ = screen(quiet=True)
    shown.say("early 体育")
    shown.log_to(tmp_path / "log.txt")
    shown.say("late\nlines")
    assert (tmp_path / "log.txt").read_text("utf-8") == "early 体育\nlate\nlines\n"


def test_quiet_shows_nothing():
    shown, file = screen(terminal=True, quiet=True)
    shown.say("x")
    with shown.bars() as bars:
        assert bars is None
    assert file.getvalue() == ""


def test_there_are_no_bars_where_there_is_no_terminal():
    shown, _ = screen()
    with shown.bars() as bars:
        assert bars is None


def test_a_terminal_shows_bars_with_their_titles_as_they_are():
    shown, file = screen(terminal=True)
    with shown.bars() as bars:
        show = bars("Reading [red]x[/red].csv")
        show(1, 2)
        show(2, 2)
    assert "Reading [red]x[/red].csv" in file.getvalue()
    assert "100%" in file.getvalue()


def test_lines_can_be_said_while_bars_are_shown():
    shown, file = screen(terminal=True)
    with shown.bars() as bars:
        bars("x")(1, 2)
        shown.say("[a] line")
    assert "[a] line" in file.getvalue()
