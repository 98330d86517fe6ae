"""N-grams are those of scikit-learn, whatever the texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.models.linear import ngrams
from kerascls.models.linear.ngrams import ANALYZERS, UNKNOWN, count_ngrams, ngrams_in

# Case that changes length or neighbours, every kind of white space, what is no word.
ODD = st.sampled_from(
    "aAbéİßΣσς ﬁ\t\n\u00a0\u2028\u3000\x1c_-0①体育😀\u0301\u200d\ufeff"
)
TEXTS = st.lists(st.text(ODD | st.characters(exclude_categories=["Cs"])), min_size=1)


def counted(analyzer, texts) -> list[dict[str, int]]:
    """Returns the n-grams of each text."""
    found = []
    for counts in count_ngrams(analyzer, texts):
        grams = zip(analyzer.ngrams(counts.keys), counts.times.tolist(), strict=True)
        for length in counts.lengths.tolist():
            found.append(dict(next(grams) for _ in range(length)))
    return found


def of_scikit_learn(name, texts) -> list[dict[str, int]]:
    from sklearn.feature_extraction.text import CountVectorizer

    cut = CountVectorizer(analyzer=name, ngram_range=(1, 2)).build_analyzer()
    return [{gram: cut(text).count(gram) for gram in cut(text)} for text in texts]


@pytest.mark.parametrize("name", ANALYZERS)
@given(texts=TEXTS)
def test_ngrams_are_those_of_scikit_learn(name, texts):
    pytest.importorskip("sklearn")
    assert counted(ANALYZERS[name](), texts) == of_scikit_learn(name, texts)


@pytest.mark.parametrize("name", ANALYZERS)
@given(texts=TEXTS)
def test_keys_of_sorted_ngrams_ascend_and_read_back(name, texts):
    found = sorted(set().union(*counted(ANALYZERS[name](), texts)))
    if not found:
        return
    analyzer = ANALYZERS[name].of(found)
    keys = analyzer.keys(found)
    assert (np.diff(keys) > 0).all()
    assert analyzer.ngrams(keys) == found


def test_words_that_are_not_known_are_in_no_known_ngram():
    analyzer = ANALYZERS["word"].of(["red", "red car"])
    symbols, rows = analyzer.symbols(["a blue car", "red car"])
    assert symbols.tolist() == [UNKNOWN, 0, 1, 0]
    assert rows.tolist() == [0, 0, 1, 1]
    (counts,) = count_ngrams(analyzer, ["blue red"])
    known = analyzer.keys(["red", "red car"])
    assert np.isin(counts.keys, known).tolist().count(True) == 1


def test_more_words_than_have_room_are_unknown(monkeypatch):
    monkeypatch.setattr(ngrams, "UNKNOWN", 2)
    analyzer = ANALYZERS["word"]()
    assert analyzer.symbols(["aa bb cc aa"])[0].tolist() == [0, 1, 2, 0]
    assert analyzer.ngrams(np.array([0, 1 << ngrams.SYMBOL_BITS])) == ["aa", "bb"]


@pytest.mark.parametrize("name", ANALYZERS)
def test_texts_are_counted_some_at_a_time(name, monkeypatch):
    texts = ["体育 ab cd", "", "ab", "cd ef 军事", ""] * 3
    whole = counted(ANALYZERS[name](), texts)
    monkeypatch.setattr(ngrams, "ROWS_AT_ONCE", 4)
    monkeypatch.setattr(ngrams, "CHARS_AT_ONCE", 6)
    assert len(list(count_ngrams(ANALYZERS[name](), texts))) > 4
    assert counted(ANALYZERS[name](), texts) == whole


def test_half_a_surrogate_pair_is_the_character_for_what_is_damaged():
    assert counted(ANALYZERS["char"](), ["\ud800"]) == [{"\ufffd": 1}]


@pytest.mark.parametrize("name", ANALYZERS)
def test_no_text_has_no_ngram(name):
    assert counted(ANALYZERS[name](), []) == []
    assert counted(ANALYZERS[name](), ["", ""]) == [{}, {}]


@pytest.mark.parametrize("name", ANALYZERS)
@given(text=st.text(ODD | st.characters()))
def test_every_symbol_has_a_place_of_its_own_kind(name, text):
    analyzer = ANALYZERS[name]()
    spans = analyzer.spans(text)
    assert len(spans) == len(analyzer.symbols([text])[0])
    assert (spans[:, 0] < spans[:, 1]).all() and (spans <= len(text)).all()
    assert (np.diff(spans, axis=0) >= 0).all()


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("char", "Ab \n中", ["A", "b", " \n", "中"]),
        ("char", "İ", ["İ", "İ"]),
        ("word", "A big  red_1 x 中国!", ["big", "red_1", "中国"]),
        ("word", "\ud800ab", ["ab"]),
    ],
)
def test_symbols_are_found_in_the_text(name, text, parts):
    spans = ANALYZERS[name]().spans(text).tolist()
    assert [text[start:end] for start, end in spans] == parts


@pytest.mark.parametrize("name", ANALYZERS)
@given(text=st.text(ODD))
def test_ngrams_of_a_text_are_those_that_are_counted(name, text):
    analyzer = ANALYZERS[name]()
    keys, members = ngrams_in(analyzer.symbols([text])[0])
    times = {} if not len(keys) else counted(analyzer, [text])[0]
    found = analyzer.ngrams(keys)
    assert {gram: found.count(gram) for gram in found} == times
    assert {*(members[:, 1] - members[:, 0]).tolist()} <= {0, 1}
    assert all(
        (end > first) == (keys[row] & ngrams._SECOND > 0)
        for row, (first, end) in enumerate(members.tolist())
    )
