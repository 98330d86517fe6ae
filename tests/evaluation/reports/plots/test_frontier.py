"""The picture of quality and speed."""

from dataclasses import replace
from itertools import combinations

import pytest
from leaderboard_cases import board, entry, truth

from kerascls.errors import SettingsError
from kerascls.evaluation.leaderboard import Costs
from kerascls.evaluation.ranked_models import build_leaderboard
from kerascls.evaluation.reports.plots.frontier import plot_frontier


@pytest.fixture(scope="module")
def crowd():
    """Twelve models that are nearly as good and as fast as each other."""
    targets = truth(200)
    entries = [
        entry(f"model_number_{n}", 0.8, targets, 2, 100.0 + n % 4, 20 * n)
        for n in range(12)
    ]
    return build_leaderboard(entries, resamples=10)


def names_in(figure):
    return [text for text in figure.axes[0].texts if text.get_text()]


def test_every_model_has_its_name_and_no_name_covers_another(crowd, drawn):
    figure = drawn(plot_frontier(crowd))
    names = names_in(figure)
    assert {text.get_text() for text in names} == {s.name for s in crowd.standings}
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in names]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


def test_the_line_joins_the_models_on_the_frontier(drawn):
    shown = board()
    line = drawn(plot_frontier(shown)).axes[0].lines[0]
    expected = sorted(
        (one.costs.speed.texts_per_s, one.scores["macro_f1"].mean)
        for one in shown.standings
        if one.on_frontier
    )
    assert [*zip(*line.get_data(), strict=True)] == expected


def test_models_without_a_speed_are_left_out(drawn):
    shown = board()
    first, *others = shown.standings
    unknown = replace(first, costs=Costs(), on_frontier=None)
    figure = drawn(plot_frontier(replace(shown, standings=(unknown, *others))))
    assert len(names_in(figure)) == 2


def test_words_are_chinese_where_they_are_to_be(drawn):
    axes = drawn(plot_frontier(board(), language="zh")).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("每秒条数", "宏平均 F1")


def test_a_leaderboard_without_speeds_has_no_picture():
    shown = board()
    bare = tuple(replace(one, costs=Costs()) for one in shown.standings)
    with pytest.raises(SettingsError, match="leaderboard with speeds"):
        plot_frontier(replace(shown, standings=bare))
