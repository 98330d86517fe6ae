from dataclasses import replace

import numpy as np
import pytest

from kerascls.models.linear.classifier import LinearClassifier, joined
from kerascls.models.linear.tfidf import learn_tfidf


def classifier() -> LinearClassifier:
    tfidf, _ = learn_tfidf(["red car", "blue sky"], "word", 1)
    weights = np.arange(2 * len(tfidf.ngrams), dtype=np.float32).reshape(-1, 2)
    return LinearClassifier(tfidf, weights, np.array([0.5, -1], np.float32))


def test_a_text_of_which_nothing_is_known_has_the_intercept():
    rows = [("green",), ("",), ("red car",)]
    logits = classifier().logits(rows)
    assert logits[:2].tolist() == [[0.5, -1], [0.5, -1]]
    assert (logits[2] > [0.5, -1]).all()


def test_fields_are_read_one_behind_the_other():
    assert joined([("red", "car"), ("", "")]) == ["red car", " "]
    model = classifier()
    both, one = model.logits([("red", "car"), ("red car", "")])
    np.testing.assert_array_equal(both, one)


def test_progress_is_told_and_no_row_is_no_logit():
    told = []
    classifier().logits([("red",)] * 3, lambda *done: told.append(done))
    assert told == [(3, 3)]
    assert classifier().logits([]).shape == (0, 2)


def test_contributions_are_shared_by_places_and_symbols():
    model = classifier()
    texts = ("a red car", "red Sky")
    spans, shares = model.contributions(texts, [1, 0])
    text = " ".join(texts)
    parts = [text[start:end] for start, end in spans.tolist()]
    assert parts == ["red", "car", "red", "Sky"]
    logits = model.logits([texts])[0, [1, 0]] - model.intercept[[1, 0]]
    np.testing.assert_allclose(shares.sum(axis=0), logits, atol=1e-6)
    # Both have the word alike, the first one half of "red car" too.
    (tfidf,) = model.tfidf.transform([text])
    column = list(model.tfidf.ngrams).index("red car")
    weight = tfidf.values[tfidf.columns == column] * model.coefficients[column, 1]
    np.testing.assert_allclose(shares[0, 0] - shares[2, 0], weight[0] / 2, atol=1e-6)


def test_what_speaks_for_a_label_comes_first_and_what_speaks_against_not_at_all():
    model = classifier()
    weights = np.float32([[3, -1], [1, -1], [2, 0], [0, 5]])
    rest = np.zeros((len(model.tfidf.ngrams) - 4, 2), np.float32)
    model = replace(model, coefficients=np.concatenate([weights, rest]))
    first, second = model.top_ngrams(2)
    ngrams, idf = model.tfidf.ngrams, model.tfidf.idf
    assert list(first) == [ngrams[0], ngrams[2]]
    assert first[ngrams[0]] == pytest.approx(3 * idf[0])
    assert list(second) == [ngrams[3]]
