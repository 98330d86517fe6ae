"""The files of a leaderboard."""

import json
from dataclasses import replace

from leaderboard_cases import board

from kerascls.evaluation.leaderboard import Costs
from kerascls.evaluation.reports.write_leaderboard import write_leaderboard

FILES = {f"leaderboard.{end}" for end in ("md", "csv", "json", "html", "png")}


def test_all_forms_are_written(tmp_path):
    shown = board()
    paths = write_leaderboard(tmp_path, shown)
    assert {path.name for path in paths} == FILES | {"pairs.csv"}
    stored = json.loads((tmp_path / "leaderboard.json").read_text("utf-8"))
    assert stored == json.loads(json.dumps(shown.to_dict()))


def test_without_speeds_there_is_no_picture_not_even_an_old_one(tmp_path):
    shown = board()
    write_leaderboard(tmp_path, shown)
    bare = tuple(replace(one, costs=Costs()) for one in shown.standings)
    write_leaderboard(tmp_path, replace(shown, standings=bare))
    assert not (tmp_path / "leaderboard.png").exists()
    assert "leaderboard.png" not in (tmp_path / "leaderboard.md").read_text("utf-8")
