"""Edited texts: some units differ; numbers, negations and punctuation do not."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.preprocessing.augmentation import (
    can_be_edited,
    edited,
    edited_copies,
)

CHINESE = "国足主场二比零取胜，没有悬念，2024年夺冠"
ENGLISH = "The striker didn't score 3 goals, but the home team won (again)."
words = st.sampled_from(
    ["国足", "主场", "没", "二", "2024", "，", "。", "the", "team", "don't", "3.5%"]
    + ["not", "win", " ", "  ", "🙂", "iPhone15", "葛󠄀", "हिन्दी", "\n", "\ud800", "'"]
)
texts = st.lists(words, max_size=30).map("".join) | st.text(max_size=40)
shares = st.floats(0.01, 0.99)
seeds = st.integers(0, 2**32)
CASES = pytest.mark.parametrize("text", [CHINESE, ENGLISH])


def generator(seed):
    return np.random.default_rng(seed)


@given(texts, shares, seeds)
def test_the_same_seed_makes_the_same_text(text, share, seed):
    made = [edited(text, share, generator(seed)) for _ in range(2)]
    assert made[0] == made[1]


@given(texts, shares, seeds)
def test_what_is_too_short_stays_and_nothing_becomes_blank(text, share, seed):
    made = edited(text, share, generator(seed))
    if not can_be_edited(text):
        assert made == text
    assert bool(made.strip()) == bool(text.strip())


@given(texts, shares, seeds)
def test_no_character_comes_from_elsewhere(text, share, seed):
    assert set(edited(text, share, generator(seed))) <= {*text, " "}


@given(texts, shares, seeds)
def test_numbers_stay_as_they_are(text, share, seed):
    def numbers(of):
        return re.findall(r"\d+", of)

    assert numbers(edited(text, share, generator(seed))) == numbers(text)


@CASES
@given(shares, seeds)
def test_what_negates_and_punctuation_stays(text, share, seed):
    kept = re.compile("没|didn't|二|零|[，,().]")
    assert kept.findall(edited(text, share, generator(seed))) == kept.findall(text)


# The clause that denies something, and the text with it.
DENYING = [
    ("价格不贵味道好", "价格不贵味道好，服务也很热情"),
    ("没有悬念", CHINESE),
    ("并非免费的早餐", "酒店位置方便，并非免费的早餐"),
    (
        "not bad but slow",
        "The staff were very nice, not bad but slow; cheap.",
    ),
    ("I didn't like it at all", "A very long film: I didn't like it at all!"),
    ("it isn\u2019t a good one", "Look at the new phone, it isn\u2019t a good one"),
    (
        "not-so-good service there",
        "Nice and quiet rooms, not-so-good service there",
    ),
    ("I cant hardly recommend", "I cant hardly recommend, we liked other places more"),
    ("Never again", "Never again\nThe weather was fine though"),
    ("値段は高くない店", "値段は高くない店。駅からとても近い"),
    ("まだ食べられません", "店内は広くて明るい。まだ食べられません"),
]


@pytest.mark.parametrize(("clause", "text"), DENYING)
@pytest.mark.parametrize("share", [0.1, 0.99])
def test_what_is_denied_stays_denied_and_nothing_else_is(clause, text, share):
    assert clause in text
    made = {edited(text, share, generator(seed)) for seed in range(100)}
    assert len(made) > 5
    assert all(clause in one for one in made)


@given(st.lists(words, max_size=30).map(" ".join), shares, seeds)
def test_what_stands_behind_a_negation_stays_there(text, share, seed):
    def denied(of):
        # Up to five words, of no more than ten units.
        return re.findall(r"(?:没|not|don't)(?: +[^\s,.，。]+){0,5}", of)

    assert denied(edited(text, share, generator(seed))) == denied(text)


def test_a_negation_reaches_ten_units_where_no_mark_ends_its_clause():
    text = "甲乙丙丁戊己庚辛壬癸" * 2 + "不" + "东南西北左右前后上下" * 2
    made = {edited(text, 0.9, generator(seed)) for seed in range(60)}
    assert all(text[10:31] in one for one in made)
    assert len({one.partition("不")[0] for one in made}) > 5
    assert len({one.partition("不")[2] for one in made}) > 5


def test_a_stop_stays_with_its_word():
    text = "It rained hard. We stayed home."
    made = {edited(text, 0.9, generator(seed)) for seed in range(60)}
    assert all("hard. " in one and one.endswith("home.") for one in made)


def test_a_text_that_denies_all_it_says_has_no_copies():
    text = "这家酒店的早餐不太好吃"
    assert not can_be_edited(text)
    assert edited_copies((text,), 4, 0.1, generator(0)) == []


@CASES
@given(seeds)
def test_a_small_share_is_one_edit(text, seed):
    def units(of):
        return Counter(re.findall(r"[a-zA-Z']+|[^\sa-zA-Z']", of))

    made = edited(text, 0.01, generator(seed))
    added, gone = units(made) - units(text), units(text) - units(made)
    assert added.total() + gone.total() <= 1


@CASES
def test_texts_are_shortened_lengthened_and_reordered(text):
    made = {edited(text, 0.01, generator(seed)) for seed in range(60)}
    assert {np.sign(len(one) - len(text)) for one in made} == {-1, 0, 1}
    assert len(made) > 10


def test_words_stay_apart():
    known = set(re.findall("[^ ,().]+", ENGLISH))
    for seed in range(50):
        made = edited(ENGLISH, 0.5, generator(seed))
        assert set(re.findall("[^ ,().]+", made)) <= known


@given(st.lists(texts, min_size=1, max_size=3), st.integers(1, 5), shares, seeds)
def test_copies_differ_from_the_row_and_each_other_in_one_text(
    fields, number, share, seed
):
    row = tuple(fields)
    copies = edited_copies(row, number, share, generator(seed))
    assert len(copies) <= number
    assert len({row, *copies}) == 1 + len(copies)
    for copy in copies:
        assert sum(a != b for a, b in zip(row, copy, strict=True)) == 1


def test_as_many_copies_are_made_as_are_asked_for():
    assert len(edited_copies((CHINESE, ""), 4, 0.1, generator(0))) == 4


def test_a_text_that_has_few_units_has_no_copies():
    assert edited_copies(("足球 3", "2024"), 4, 0.1, generator(0)) == []
