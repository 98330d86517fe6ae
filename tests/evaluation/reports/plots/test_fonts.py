import matplotlib
import pytest

from kerascls.errors import SettingsError
from kerascls.evaluation.reports import plot_scores
from kerascls.evaluation.reports.plots.fonts import (
    drawn_labels,
    missing_glyphs,
    shortened,
    text_style,
)


def test_a_missing_chinese_font_is_named_to_who_asked_for_the_plot(report, fonts):
    fonts()
    with pytest.warns(UserWarning, match="Noto Sans CJK") as caught:
        plot_scores(report)
    assert caught[0].filename == __file__


def test_a_font_installed_later_than_matplotlib_looked_is_found(fonts, monkeypatch):
    from matplotlib import font_manager

    fonts()
    new = font_manager.FontEntry(fname="new.ttc", name="SimHei")
    manager = font_manager.fontManager
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["bad", "new.ttc"])

    def add(path):
        if path == "bad":
            raise RuntimeError
        manager.ttflist.append(new)

    monkeypatch.setattr(manager, "addfont", add)
    with text_style(["体育"]):
        assert matplotlib.rcParams["font.family"] == ["SimHei", "sans-serif"]


def test_latin_texts_need_no_chinese_font(fonts, recwarn):
    fonts()
    with text_style(["$a - $b"]):
        assert matplotlib.rcParams["font.family"] == ["sans-serif"]
    assert not recwarn


def test_long_labels_are_cut_to_one_line():
    assert shortened("体育\n 足球") == "体育 足球"
    assert shortened("x" * 30) == "x" * 23 + "…"


def test_at_most_ten_missing_characters_are_named():
    messages = [f"Glyph {0x4E00 + n} (X) missing from font(s) Y." for n in range(12)]
    note = missing_glyphs([*messages, *messages, "another"])
    assert "has 12 of the characters, 一 (U+4E00), " in note
    assert "and 2 more" in note and chr(0x4E0A) not in note
    assert missing_glyphs(["another"]) is None


def test_labels_that_training_lacked_cannot_be_drawn():
    with pytest.raises(SettingsError, match="labels with 'c'. Name some of a, b"):
        drawn_labels(["a", "c"], {"a": 3, "b": 1})
