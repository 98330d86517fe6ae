"""Every classifier can be explained, by the method that suits it."""

import numpy as np
import pytest

from kerascls.errors import DataError, SettingsError
from kerascls.inference.predictor import Predictor

TEXT = "中国队战胜日本队，a new car 🚗 e\u0301"


@pytest.fixture(scope="module")
def linear(multilabel_linear_run):
    return Predictor.load(multilabel_linear_run.out)


@pytest.fixture(scope="module")
def mixed(mixed_ensemble):
    return Predictor.load(mixed_ensemble.out)


def test_what_is_predicted_is_explained(predictor):
    explanation = predictor.explain(TEXT)
    assert explanation.prediction == predictor.predict(TEXT)
    assert explanation.labels == explanation.prediction.labels
    np.testing.assert_allclose(
        explanation.logits,
        predictor.text_logits([(TEXT,)])[0][
            [predictor.labels.index(label) for label in explanation.labels]
        ],
    )


def test_without_a_label_the_likeliest_is_explained(predictor, monkeypatch):
    from kerascls.decision.rule import Rule

    bundle = predictor.bundle
    monkeypatch.setattr(type(bundle), "rule", Rule("threshold", 1.0))
    explanation = predictor.explain(TEXT)
    scores = explanation.prediction.scores
    assert explanation.prediction.labels == ()
    assert explanation.labels == (max(scores, key=scores.get),)


def test_labels_that_are_asked_for_are_explained(predictor):
    explanation = predictor.explain(TEXT, labels=["汽车", "体育", "汽车"])
    assert explanation.labels == ("汽车", "体育")
    assert predictor.explain(TEXT, labels="汽车").labels == ("汽车",)


@pytest.mark.parametrize(
    ("which", "method"),
    [
        ("linear", "contributions"),
        ("predictor", "integrated_gradients"),
        ("mixed", "occlusion"),
    ],
)
def test_the_first_method_that_suits_is_taken(which, method, request):
    assert request.getfixturevalue(which).explain(TEXT).method == method


def test_a_method_that_does_not_suit_is_refused_with_those_that_do(linear, mixed):
    with pytest.raises(SettingsError, match="contributions, occlusion.*needs runtime"):
        linear.explain(TEXT, method="integrated_gradients")
    with pytest.raises(SettingsError, match="occlusion.*needs a linear model"):
        mixed.explain(TEXT, method="contributions")


def test_an_unknown_method_and_label_are_refused_with_the_nearest(predictor):
    with pytest.raises(SettingsError, match="Did you mean 'occlusion'"):
        predictor.explain(TEXT, method="oclusion")
    with pytest.raises(DataError, match="Did you mean '汽车'"):
        predictor.explain(TEXT, labels="汽车类")


def test_steps_are_for_the_method_that_takes_some(predictor, linear):
    with pytest.raises(SettingsError, match="steps=9 for method='contributions'"):
        linear.explain(TEXT, steps=9)
    for steps in (0, 2.5, True):
        with pytest.raises(SettingsError, match="whole number from 1 on"):
            predictor.explain(TEXT, steps=steps)
    assert predictor.explain(TEXT, steps=3).attributions.steps == 3


@pytest.mark.parametrize(
    ("which", "method"),
    [
        ("linear", "contributions"),
        ("linear", "occlusion"),
        ("predictor", "integrated_gradients"),
        ("predictor", "occlusion"),
        ("mixed", "occlusion"),
    ],
)
def test_parts_are_those_of_the_text_in_order(which, method, request):
    explanation = request.getfixturevalue(which).explain(TEXT, method=method)
    spans = explanation.spans
    assert spans
    assert all(TEXT[one.start : one.end] == one.text != "" for one in spans)
    ends = [0, *(one.end for one in spans)]
    assert all(one.start >= end for one, end in zip(spans, ends, strict=False))


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\x00\u200b"])
@pytest.mark.parametrize("which", ["linear", "predictor", "mixed"])
def test_of_a_text_without_anything_nothing_is_left_over(which, text, request):
    explanation = request.getfixturevalue(which).explain(text)
    of = explanation.attributions
    np.testing.assert_allclose(
        explanation.logits, of.base_logits + of.values.sum(axis=0), atol=1e-4
    )


def test_the_same_call_gives_the_same_numbers(predictor):
    first, second = (predictor.explain(TEXT).attributions.values for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_pairs_are_explained_in_both_texts(pair_predictor):
    explanation = pair_predictor.explain(("我们今天去看足球", "the team wins"))
    assert {span.column for span in explanation.spans} == {"question", "answer"}
    with pytest.raises(SettingsError, match="question, answer"):
        pair_predictor.explain("我们今天去看足球")
