"""Runs are scored, measured, shown and written."""

import io
import shutil

import pytest
from rich.console import Console

from kerascls.errors import DataError
from kerascls.evaluation.leaderboard import Speed
from kerascls.experiments.comparison import board
from kerascls.experiments.comparison.board import ranked
from kerascls.system.console import Screen
from kerascls.system.machine import machine_name


@pytest.fixture
def show():
    """A screen, and what it showed."""
    stream = io.StringIO()
    return Screen(Console(file=stream, width=200)), stream


def test_without_speed_nothing_is_measured(multilabel_run, show, tmp_path):
    screen, shown = show
    groups = {"a": [multilabel_run.out], "b": [multilabel_run.out]}
    options = {"by": "micro_f1", "resamples": 10, "speed": False, "screen": screen}
    found = ranked(groups, None, tmp_path, "zh", **options)
    assert (found.machine, found.by, found.out) == ("", "micro_f1", tmp_path)
    assert found.standings[1].p == 1.0
    assert "Ranked by micro-F1 on 6 test rows" in shown.getvalue()
    assert "# 排行榜" in (tmp_path / "leaderboard.md").read_text("utf-8")


def test_speeds_that_cannot_be_had_are_notes(
    multilabel_run, show, tmp_path, monkeypatch
):
    gone, bare = tmp_path / "gone", tmp_path / "bare"
    shutil.copytree(multilabel_run.out, gone)
    shutil.copytree(multilabel_run.out, bare)
    shutil.rmtree(bare / "bundle")

    def texts(run):
        if run == gone:
            raise DataError("gone")
        return [("足球",)]

    speed = Speed(5.0, "keras", "cpu")
    monkeypatch.setattr(board, "measure_speed", lambda bundle, texts: speed)
    groups = {"gone": [gone], "bare": [bare], "good": [multilabel_run.out]}
    options = {"by": "macro_f1", "resamples": 10, "speed": True, "screen": show[0]}
    found = ranked(groups, texts, None, "en", **options)
    by_name = {one.name: one.costs.speed for one in found.standings}
    assert by_name == {"gone": None, "bare": None, "good": speed}
    assert "no speed of bare: it has no bundle" in found.notes
    assert any("test rows cannot be read. gone" in note for note in found.notes)
    assert found.machine == machine_name()
