"""Near duplicates are the pairs that comparing every text with every other finds."""

import random
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.minhash import near_pairs, normalised

TEXTS = st.lists(
    st.text("中国队今天战胜了日本 aB!", max_size=12), max_size=12, unique=True
)


def grams(text, size):
    padded = normalised(text) + "\0" * (size - 1)
    return {padded[start : start + size] for start in range(len(padded) - size + 1)}


def similarity(one, other, size):
    first, second = grams(one, size), grams(other, size)
    return len(first & second) / max(len(first | second), 1)


def by_comparing_all(texts, threshold, size):
    sets = [grams(text, size) for text in texts]
    return {
        (a, b)
        for a, b in combinations(range(len(texts)), 2)
        if sets[a] and len(sets[a] & sets[b]) >= threshold * len(sets[a] | sets[b])
    }


def changed(text, random_, times):
    letters = list(text)
    for _ in range(times):
        letters[random_.randrange(len(letters))] = chr(
            random_.randrange(0x4E00, 0x9FA5)
        )
    return "".join(letters)


@given(TEXTS, st.sampled_from([0.5, 0.8, 1.0]), st.sampled_from([1, 2, 3]))
def test_no_pair_is_false_and_similarities_are_exact(texts, threshold, size):
    pairs, similarities = near_pairs(texts, threshold, size)
    expected = by_comparing_all(texts, threshold, size)
    assert set(map(tuple, pairs.tolist())) <= expected
    exact = [similarity(texts[a], texts[b], size) for a, b in pairs.tolist()]
    assert similarities.tolist() == exact


@pytest.mark.parametrize("threshold", [0.6, 0.8])
def test_nearly_all_pairs_are_found(threshold):
    random_ = random.Random(0)
    letters = [chr(code) for code in range(0x4E00, 0x5200)]
    texts = ["".join(random_.choices(letters, k=30)) for _ in range(100)]
    texts += [changed(text, random_, times) for text in texts for times in (1, 2, 4)]
    expected = by_comparing_all(texts, threshold, 2)
    pairs, _ = near_pairs(texts, threshold, 2)
    assert len(expected) > 100
    assert len(expected - set(map(tuple, pairs.tolist()))) <= 0.01 * len(expected)


def test_marks_case_width_and_spaces_do_not_count():
    pairs, similarities = near_pairs(["ＡＢ 国足，今晚!", "ab国足今晚", "新车"], 1.0)
    assert (pairs.tolist(), similarities.tolist()) == ([[0, 1]], [1.0])


def test_texts_of_marks_alone_are_compared_by_them():
    assert near_pairs(["!!! ???", "!!!???", "......"], 1.0)[0].tolist() == [[0, 1]]


@pytest.mark.parametrize("texts", [[], ["一"], ["", " "], ["", "一", "二"]])
def test_where_nothing_is_alike_there_are_no_pairs(texts):
    pairs, similarities = near_pairs(texts)
    assert (pairs.shape, similarities.shape) == ((0, 2), (0,))


def test_many_alike_texts_hang_together_without_all_pairs():
    texts = [f"本店今日特价商品一览表请各位顾客到前台领取{n:04}" for n in range(500)]
    pairs, _ = near_pairs(texts, 0.5)
    assert len(np.unique(pairs)) == 500
    assert len(pairs) < 100 * 500


@pytest.mark.slow
def test_a_hundred_thousand_short_chinese_texts_take_less_than_a_minute(shared_data):
    from kerascls.data.readers import read

    files = ("train", "dev", "test")
    folder = shared_data / "thucnews_headlines"
    texts = {row.texts[0] for f in files for row in read(folder / f"{f}.csv").examples}
    assert len(texts) > 100_000
    start = time.monotonic()
    near_pairs(sorted(texts))
    assert time.monotonic() - start < 60
