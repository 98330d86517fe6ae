import pytest

from kerascls.data.ideographs import SAMPLED_TEXTS, mostly_ideographs


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["今天 news about a car"], False),
        (["今天上海发布 car"], True),
        (["すし", "sushi"], True),
        (["123 !?", ""], False),
        ([], False),
    ],
)
def test_a_fifth_of_ideographs_makes_a_text_chinese_or_japanese(texts, expected):
    assert mostly_ideographs(texts) is expected


@pytest.mark.parametrize(
    "order", [["上海今天", "news of today"], ["news of today", "上海今天"]]
)
def test_texts_of_two_languages_that_take_turns_count_both(order):
    assert mostly_ideographs(order * SAMPLED_TEXTS)
