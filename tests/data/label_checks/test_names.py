"""Names that stand for no label, and spellings of one."""

import pytest


@pytest.mark.parametrize(
    "word",
    ["nan", "NaN", "None", "NULL", "N/A", "<NA>", "NaT", "-", r"\N", "NA"],
)
def test_words_for_a_missing_value_are_told(look, word):
    said = look([word, "a", "b"], "label")
    assert f"whose names are often written for a missing one: '{word}' (8 rows)" in said
    assert "--skip-bad-rows" in said
    assert "no label" in look([word, "a", "b|c"])


@pytest.mark.parametrize("word", ["nano", "无", "nonesuch", "0", "---a"])
def test_other_words_are_not(look, word):
    assert look([word, "a", "b"], "label") == ""


def test_spellings_of_one_label_are_told_together(look):
    said = look(["体育", "体育\u200b", "NBA", "ＮＢＡ"], "label")
    assert "2 labels in several spellings: " in said
    assert "'体育' (6 rows) / '体育<U+200B>' (6 rows); 'NBA' (6 rows)" in said


def test_many_spellings_are_counted(look):
    cells = [f"{name}{number}" for number in range(9) for name in "aA"]
    said = look(cells, "label", rows=36)
    assert "9 labels in several spellings" in said
    assert said.count(" / ") == 6
    assert "and 3 more" in said
