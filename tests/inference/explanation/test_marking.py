"""Texts are marked by what their parts do, and escaped."""

import re
from html import unescape

from explained_models import counting_predictor

from kerascls.inference.explanation.marking import STRONGEST, marked_texts

TEXT = "国 <b>&足 大胜今天新车"


def test_marks_change_no_character_of_a_text(tmp_path):
    marked = marked_texts(counting_predictor(tmp_path, max_tokens=7).explain(TEXT), 0)
    assert unescape(re.sub(r"<[^>]*>", "", marked)) == TEXT
    assert "<b>" not in marked


def test_the_strongest_part_has_the_strongest_colour(tmp_path):
    explanation = counting_predictor(tmp_path).explain("国足", labels=["a", "b"])
    marked = marked_texts(explanation, 0)
    assert f'rgba(37,99,235,{STRONGEST:.3f})" title="+0.5000">国' in marked
    assert 'title="-0.5000">足' in marked and "220,38,38" in marked


def test_what_is_not_read_is_struck_through(tmp_path):
    explanation = counting_predictor(tmp_path, max_tokens=3).explain("国足大")
    assert re.search(r"<s [^>]*>足大</s>", marked_texts(explanation, 0))


def test_without_parts_there_is_nothing_to_colour(tmp_path):
    assert "span" not in marked_texts(counting_predictor(tmp_path).explain(""), 0)


def test_several_texts_have_the_names_of_their_columns(tmp_path):
    columns = {"text_columns": ("<q>", "answer"), "pair": True}
    explanation = counting_predictor(tmp_path, **columns).explain(("国", "足"))
    marked = marked_texts(explanation, 0)
    assert marked.index("<small>&lt;q&gt;</small>") < marked.index("国")
    assert "<small>answer</small>" in marked
