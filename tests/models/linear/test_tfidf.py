"""Weights are those of scikit-learn, learned and applied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.models.linear.ngrams import ANALYZERS
from kerascls.models.linear.tfidf import SparseRows, Tfidf, learn_tfidf

TEXTS = [
    "体育新闻：国足 今晚 迎战！国足国足",
    "The team　wins\n\na GOAL ⚽ the team",
    "国足 the  team",
    "İstanbul ΣΑΣ ﬁ",
    "",
]


def dense(rows: SparseRows, num_columns: int) -> np.ndarray:
    array = np.zeros((len(rows), num_columns))
    for row in range(len(rows)):
        span = slice(rows.offsets[row], rows.offsets[row + 1])
        array[row, rows.columns[span]] = rows.values[span]
    return array


def vectorizer(analyzer, **options):
    text = pytest.importorskip("sklearn.feature_extraction.text")
    return text.TfidfVectorizer(
        analyzer=analyzer, ngram_range=(1, 2), sublinear_tf=True, **options
    )


@pytest.mark.parametrize("min_df", [1, 2])
@pytest.mark.parametrize("analyzer", ANALYZERS)
def test_weights_are_those_of_scikit_learn(analyzer, min_df):
    theirs = vectorizer(analyzer, min_df=min_df)
    wanted = theirs.fit_transform(TEXTS).toarray()
    tfidf, rows = learn_tfidf(TEXTS, analyzer, min_df)
    assert list(tfidf.ngrams) == theirs.get_feature_names_out().tolist()
    np.testing.assert_allclose(tfidf.idf, theirs.idf_, rtol=1e-12)
    np.testing.assert_allclose(dense(rows, len(tfidf.ngrams)), wanted, atol=1e-12)
    others = ["国足 wins", "unknown ⚽⚽", "", "the the team team"]
    (applied,) = tfidf.transform(others)
    wanted = theirs.transform(others).toarray()
    np.testing.assert_allclose(dense(applied, len(tfidf.ngrams)), wanted, atol=1e-12)


@given(st.lists(st.text("ab 体\n"), min_size=3, max_size=6))
def test_any_texts_have_the_weights_of_scikit_learn(texts):
    theirs = vectorizer("char")
    if not any(texts):
        assert not len(learn_tfidf(texts, "char", 1)[0].ngrams)
        return
    wanted = theirs.fit_transform(texts).toarray()
    tfidf, rows = learn_tfidf(texts, "char", 1)
    np.testing.assert_allclose(dense(rows, len(tfidf.ngrams)), wanted, atol=1e-12)


def test_of_too_many_ngrams_the_most_frequent_stay_the_first_of_equals():
    texts = ["aa aa bb", "aa cc", "bb cc"]
    tfidf, rows = learn_tfidf(texts, "word", 1, max_features=2)
    assert list(tfidf.ngrams) == ["aa", "bb"]
    assert np.diff(rows.offsets).tolist() == [2, 1, 1]
    theirs = vectorizer("word", max_features=1).fit(texts)
    tfidf, _ = learn_tfidf(texts, "word", 1, max_features=1)
    assert list(tfidf.ngrams) == theirs.get_feature_names_out().tolist()


def test_what_was_learned_weighs_the_same_when_it_is_made_again():
    tfidf, rows = learn_tfidf(TEXTS, "word", 1)
    (again,) = Tfidf("word", list(tfidf.ngrams), tfidf.idf).transform(TEXTS)
    columns = len(tfidf.ngrams)
    np.testing.assert_array_equal(dense(again, columns), dense(rows, columns))


def test_rows_times_weights_are_the_dense_product():
    random = np.random.default_rng(0)
    tfidf, rows = learn_tfidf(TEXTS, "char", 1)
    weights = random.normal(size=(len(tfidf.ngrams), 3)).astype(np.float32)
    wanted = dense(rows, len(tfidf.ngrams)) @ weights
    np.testing.assert_allclose(rows.dot(weights), wanted, atol=1e-6)
    assert rows.dot(weights).dtype == np.float32


def test_rows_are_put_one_after_another():
    _, rows = learn_tfidf(["ab", "b", ""], "char", min_texts=1)
    joined = SparseRows.joined([rows, rows])
    assert len(joined) == 6
    weights = np.eye(int(rows.columns.max()) + 1, dtype=np.float32)
    np.testing.assert_array_equal(joined.dot(weights)[3:], rows.dot(weights))
    assert len(SparseRows.joined([])) == 0
