"""Results go to standard output, progress to standard error."""

import json
import sys
from pathlib import Path

import pytest

from kerascls.cli.output import (
    echo_json,
    plain_table,
    progress_console,
    row_progress,
    show,
)


def test_columns_are_as_wide_as_their_widest_cell():
    rows = [("name", "rows", ""), ("a", "1,000", "x"), ("long name", "1", "")]
    assert plain_table(rows).splitlines() == [
        "name       rows",
        "a          1,000  x",
        "long name  1",
    ]


def test_json_keeps_chinese_and_writes_what_it_does_not_know_as_text(capsys):
    echo_json({"标签": Path("a"), "none": None})
    shown = capsys.readouterr().out
    assert "标签" in shown
    assert json.loads(shown) == {"标签": "a", "none": None}


@pytest.mark.parametrize("only_results", [False, True])
def test_standard_output_can_be_left_to_the_result(only_results):
    assert progress_console(only_results).stderr is only_results


@pytest.mark.parametrize(("quiet", "screen"), [(True, True), (False, False)])
def test_nobody_is_shown_progress_who_would_not_see_it(monkeypatch, quiet, screen):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: screen, raising=False)
    with row_progress(quiet) as show:
        assert show is None


def test_rows_done_are_shown_on_a_screen(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with row_progress(title="judging labels") as show:
        show(3, 7)
    shown = capsys.readouterr()
    assert "judging labels" in shown.err
    assert "3/7" in shown.err
    assert shown.out == ""


def test_on_a_narrow_screen_the_last_cell_is_on_a_line_of_its_own():
    rows = [("name", "rows", "title"), ("a", "1,000", "one title"), ("b", "1", "")]
    narrow = ["name  rows", "a     1,000", "    one title", "b     1"]
    assert plain_table(rows, 16).split("\n") == [*narrow, ""]
    assert plain_table(rows, 80) == plain_table(rows)


def test_a_text_is_folded_on_a_terminal_only(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "20")
    show("one two three four five six")
    assert capsys.readouterr().out == "one two three four five six\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    show("one two three four five six")
    assert capsys.readouterr().out == "one two three four\n  five six\n"
