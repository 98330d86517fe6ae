"""What is shown on a terminal, in a pipe, and in the log."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from kerascls.system.console import Screen, drawn_lines, folded, screen_width


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


LONG = "labels that are not in every part: 军事 (train 3, valid 1), F1 0.3519, 教育"


@pytest.mark.parametrize("width", [80, 60, 30])
def test_long_lines_are_continued_between_words_on_a_terminal(width):
    shown, file = screen(terminal=True, width=width)
    shown.say(f"  {LONG}\nshort")
    *lines, short, end = file.getvalue().split("\n")
    assert max(map(cell_len, lines)) <= width
    assert " ".join(line.strip() for line in lines) == LONG
    assert lines[0].startswith("  labels")
    assert all(line.startswith("    ") for line in lines[1:])
    assert (short, end) == ("short", "")


@pytest.mark.parametrize(
    "line",
    [
        "a name         0.3519  0.4711  0.5129",
        "To go on: kerascls fit --resume --out runs/news",
        "/a/long/path/without/any/space",
    ],
)
def test_rows_of_tables_commands_and_words_stay_whole(line):
    assert folded(line, 20) == line


def test_where_there_is_no_terminal_nothing_is_folded_and_the_log_never(tmp_path):
    shown, file = screen(width=20)
    shown.say(LONG)
    assert file.getvalue() == f"{LONG}\n"
    shown, _ = screen(terminal=True, width=20)
    shown.log_to(tmp_path / "log.txt")
    shown.say(LONG)
    assert (tmp_path / "log.txt").read_text("utf-8") == f"{LONG}\n"


@given(st.text(st.sampled_from("ab 中，-"), max_size=60), st.integers(5, 40))
def test_folding_loses_no_word_and_adds_none(text, width):
    assert folded(text, width).split() == text.split()


def test_a_table_is_no_wider_than_a_terminal(monkeypatch):
    table = Table("name", "number")
    table.add_row("a name of some words " * 4, "1")
    assert max(map(len, drawn_lines(table))) > 80
    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "60")
    assert screen_width(stream) == 60
    assert max(map(len, drawn_lines(table, 100))) <= 60
    assert screen_width(io.StringIO()) is screen_width(None) is None
