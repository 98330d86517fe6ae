import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import texts

from kerascls.preprocessing.tokenizers.word_splitting import (
    auto_words,
    blank_words,
    characters,
    clean,
    jieba_words,
)

MANY = st.one_of(texts, st.text(max_size=30))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("国足3:1大胜", ["国", "足", "3", ":", "1", "大", "胜"]),
        ("iPhone15手机，很好!", ["iphone15", "手", "机", "，", "很", "好", "!"]),
        ("don't snake_case", ["don", "'", "t", "snake", "_", "case"]),
        ("二〇二〇年 人々", ["二", "〇", "二", "〇", "年", "人", "々"]),
        ("ひらがな漢字カタカナ", ["ひらがな", "漢", "字", "カタカナ"]),
        ("Café cafe\u0301", ["café", "café"]),
        ("हिन्दी สวัสดี", ["हिन्दी", "สวัสดี"]),
        ("好😀👨\u200d👩", ["好", "😀", "👨", "👩"]),
        ("❤\ufe0f 葛\U000e0100", ["❤", "葛"]),
        ("\U0002a6b2\U00030000", ["\U0002a6b2", "\U00030000"]),
        ("a\u3000b\u00a0c\td", ["a", "b", "c", "d"]),
        ("Ent\u00adwick\ufefflung\x00", ["entwicklung"]),
        ("[PAD][UNK]", ["[", "pad", "]", "[", "unk", "]"]),
        ("=\u0338", ["≠"]),
        (" \u0301a", ["\u0301", "a"]),
    ],
)
def test_ideographs_and_marks_stand_alone(text, words):
    assert auto_words(text) == words


def test_white_space_of_any_kind_separates_words_that_were_cut_before():
    words = ["国足", "大胜", "韩国", "a.b"]
    assert blank_words("国足 大胜\u3000韩国\u00a0a.b\n") == words


def test_characters_are_all_but_white_space():
    assert characters("国足 ab\u3000。\n") == ["国", "足", "a", "b", "。"]


def test_halves_of_a_surrogate_pair_are_joined_or_replaced():
    assert clean("\ud83d\ude00A\ud83d") == "😀a\ufffd"


@given(MANY)
def test_a_clean_text_stays_as_it_is(text):
    assert clean(clean(text)) == clean(text)
    assert unicodedata.is_normalized("NFC", clean(text))


@given(MANY)
@pytest.mark.parametrize("split", [auto_words, blank_words, characters])
def test_no_character_is_lost_or_invented(split, text):
    assert "".join(split(text)) == "".join(clean(text).split())
    assert not any(character.isspace() for word in split(text) for character in word)


def test_jieba_cuts_chinese_into_words_and_loses_white_space_alone():
    pytest.importorskip("rjieba")
    text = "我来到北京清华大学 \u3000Hello  world，"
    assert jieba_words(text)[:4] == ["我", "来到", "北京", "清华大学"]
    assert jieba_words(text)[4:] == ["hello", "world", "，"]


def test_jieba_knows_words_with_capitals():
    pytest.importorskip("rjieba")
    assert jieba_words("买T恤") == ["买", "t恤"]
    assert jieba_words("T恤İ")[:2] == ["t", "恤"]  # İ is longer in lower case


def test_words_that_somebody_adds_to_rjieba_change_nothing():
    rjieba = pytest.importorskip("rjieba")
    before = jieba_words("浑水摸鱼者")
    rjieba.add_word("浑水摸鱼者", 99999, "n")
    assert rjieba.cut("浑水摸鱼者") == ["浑水摸鱼者"] != before
    assert jieba_words("浑水摸鱼者") == before


@given(MANY)
def test_jieba_loses_and_invents_nothing(text):
    pytest.importorskip("rjieba")
    assert "".join(jieba_words(text)) == "".join(clean(text).split())
