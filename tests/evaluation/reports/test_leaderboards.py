"""Leaderboards as text."""

import csv
import io
from dataclasses import replace

import pytest
from leaderboard_cases import board

from kerascls.evaluation.leaderboard import Costs
from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.reports.leaderboards import (
    leaderboard_csv,
    leaderboard_html,
    leaderboard_markdown,
    pairs_csv,
    render_leaderboard,
)


@pytest.fixture(scope="module")
def shown():
    return board()


def test_the_screen_shows_scores_with_spread_costs_and_what_judges_them(shown):
    text = render_leaderboard(shown)
    first = next(line for line in text.splitlines() if "模型 [b] 0" in line)
    assert " ± " in first and "best" in first
    assert all(cell in first for cell in ("0.12 M", "1.2", "10", "2.5"))
    assert "Holm's correction for the number of pairs (3)" in text
    assert "on a machine, 2 cores (keras, cpu)" in text
    assert max(map(len, text.splitlines()[:6])) < 120


def test_models_that_are_level_with_the_best_are_marked(shown):
    first, second, third = shown.standings
    level = replace(second, p=0.4, is_level=True)
    text = render_leaderboard(replace(shown, standings=(first, level, third)))
    assert "0.400 ≈" in text
    assert text.count("≈") == 2  # and once explained


def test_what_is_not_known_is_said_to_be(shown):
    bare = [replace(one, costs=Costs()) for one in shown.standings]
    text = render_leaderboard(replace(shown, standings=tuple(bare)))
    assert text.count("n/a") == 12
    assert "Speed:" not in text


def test_one_model_is_a_table_without_pairs(shown):
    alone = replace(shown, standings=shown.standings[:1], pairs=())
    assert "Holm" not in render_leaderboard(alone)


def test_markdown_has_models_pairs_notes_and_the_plot(shown):
    noted = replace(shown, notes=("two | three",))
    text = leaderboard_markdown(noted, plot="leaderboard.png")
    rows = [line for line in text.splitlines() if line.startswith("| 模型")]
    assert len(rows) == 6
    assert "![quality and speed](leaderboard.png)" in text
    assert "- Note: two | three" in text
    assert {line.count("|") for line in rows[3:]} == {7}


def test_markdown_speaks_other_languages(shown):
    text = leaderboard_markdown(shown, language_of("zh"))
    assert "# 排行榜" in text and "| 模型 |" in text and "![" not in text


def test_csv_has_numbers_in_full(shown):
    [first, *_] = csv.DictReader(io.StringIO(leaderboard_csv(shown)))
    spread = shown.standings[0].scores["macro_f1"]
    assert float(first["macro_f1"]) == spread.mean
    assert float(first["macro_f1_std"]) == spread.std
    assert first["seeds"] == "3" and first["runtime"] == "keras"
    assert first["corrected_p"] == "" and first["on_frontier"] == "True"


def test_csv_of_models_without_speed_has_empty_cells(shown):
    bare = tuple(replace(one, costs=Costs()) for one in shown.standings)
    text = leaderboard_csv(replace(shown, standings=bare))
    [first, *_] = csv.DictReader(io.StringIO(text))
    assert (first["texts_per_s"], first["runtime"], first["device"]) == ("", "", "")


def test_pairs_are_csv_too(shown):
    rows = list(csv.DictReader(io.StringIO(pairs_csv(shown))))
    assert [row["better"] for row in rows] == ["模型 [b] 0", "模型 [b] 0", "模型 [b] 1"]
    assert all(float(row["low"]) <= float(row["high"]) for row in rows)


def test_names_are_no_formulas_and_no_html(shown):
    first, *others = shown.standings
    odd = replace(shown, standings=(replace(first, name="=<b>1"), *others))
    assert "'=<b>1" in leaderboard_csv(odd)
    assert "&lt;b&gt;" in leaderboard_html(odd)
