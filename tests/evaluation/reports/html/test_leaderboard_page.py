"""The page of a leaderboard opens offline, and shows names as they are."""

from dataclasses import replace

from leaderboard_cases import board

from kerascls.evaluation.reports.html.leaderboard_page import leaderboard_page
from kerascls.evaluation.reports.language import language_of


def test_the_page_has_models_pairs_and_the_plot_and_loads_nothing():
    page = leaderboard_page(board(), b"\x89PNG")
    assert page.count("<table>") == 2
    assert 'src="data:image/png;base64,iVBORw=="' in page
    assert "default-src 'none'" in page and "http://" not in page
    assert "<script" not in page and "https://" not in page


def test_names_are_no_html():
    shown = board()
    first, *others = shown.standings
    odd = replace(first, name="<img src=x>\udc80")
    page = leaderboard_page(replace(shown, standings=(odd, *others)))
    assert "<img" not in page and "&lt;img src=x&gt;" in page
    page.encode()


def test_the_page_speaks_chinese():
    page = leaderboard_page(board(), say=language_of("zh"))
    assert '<html lang="zh">' in page and "<h1>排行榜</h1>" in page


def test_one_model_has_no_pairs():
    shown = board()
    alone = replace(shown, standings=shown.standings[:1], pairs=())
    assert leaderboard_page(alone).count("<table>") == 1
