"""Contributions of a linear model add up to its logit, whatever the text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.inference.predictor import Predictor


@pytest.fixture(scope="module")
def predictor(linear_run):
    return Predictor.load(linear_run.out)


TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(["体育", "国足今晚", " ", "\n", "car", "İ", "新车，"])
    ).map("".join),
)


@given(text=TEXTS)
def test_they_add_up_to_logit_minus_intercept(predictor, text):
    explanation = predictor.explain(text, labels=predictor.labels)
    of = explanation.attributions
    np.testing.assert_allclose(of.base_logits, predictor.runtime.model.intercept)
    total = of.values.sum(axis=0)
    np.testing.assert_allclose(total, explanation.logits - of.base_logits, atol=1e-5)
    assert np.abs(explanation.gaps).max() < 1e-5


def test_a_text_of_one_known_n_gram_has_all_of_it(predictor):
    model = predictor.runtime.model
    alone = next(n for n in model.tfidf.ngrams if len(n) == 1 and n.isalpha())
    explanation = predictor.explain(alone, labels=predictor.labels)
    column = list(model.tfidf.ngrams).index(alone)
    # Its weight is divided by itself.
    expected = model.coefficients[column]
    np.testing.assert_allclose(explanation.attributions.values[0], expected, rtol=1e-5)


def test_what_no_n_gram_has_is_0_and_all_is_read(predictor):
    explanation = predictor.explain("\u0b85\u0b86\u0b87", labels=predictor.labels)
    assert not explanation.attributions.values.any()
    assert explanation.unread == []
