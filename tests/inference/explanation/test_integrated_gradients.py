"""Attributions add up to what the text changes, for every model that has gradients."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "models" / "classic"))
from explained_models import counting_predictor, lively_classifier, predictor_of
from tiny_classics import NAMES, lively_classic
from tiny_models import tiny_input_spec

from kerascls.errors import SettingsError
from kerascls.inference.explanation import integrated_gradients
from kerascls.inference.predictor import Predictor

TEXT = "国足大胜。今天新车"
ALL = ["a", "b", "c"]
WINDOWS = {"max_tokens": 6, "max_windows": 3, "window_overlap": 1}
TRANSFORMERS = {
    "cls": {},
    "albert, mean": {"family": "albert", "pooling": "mean"},
    "pooler": {"family": "electra", "pooling": "pooler"},
    "mix": {"family": "roberta", "pooling": "label_attention", "mix_layers": 2},
    "modern": {"family": "modernbert", "pooling": "attention"},
    "windows": {"pooling": "mean", "window_pooling": "attention"},
}
QUICK = ("windows", "textcnn")  # to trace the others takes long


def each(names):
    """Marks as slow what is not quick."""
    slow = pytest.mark.slow
    return [name if name in QUICK else pytest.param(name, marks=slow) for name in names]


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    """A predictor of a transformer of two layers."""
    return predictor_of(tmp_path_factory.mktemp("bundle"), lively_classifier())


def check_complete(explanation, steps):
    """Checks that nothing of the way from baseline to text is left over."""
    of = explanation.attributions
    assert of.steps == steps and of.hidden_token == "[MASK]"
    change = np.abs(explanation.logits - of.base_logits)
    assert (np.abs(explanation.gaps) <= 0.02 * np.maximum(change, 0.5)).all()
    assert np.abs(of.values).max() > 0.001


@pytest.mark.parametrize("kind", each(TRANSFORMERS))
def test_transformers_are_explained_completely(kind, tmp_path):
    options = TRANSFORMERS[kind]
    spec = WINDOWS if "window_pooling" in options else {}
    predictor = predictor_of(tmp_path, lively_classifier(**options), **spec)
    explanation = predictor.explain(TEXT, labels=ALL)
    assert explanation.method == "integrated_gradients"
    check_complete(explanation, integrated_gradients.STEPS)
    assert [span.text for span in explanation.spans] == [*TEXT]


@pytest.mark.parametrize("name", each(NAMES))
def test_classic_models_are_explained_completely_or_by_occlusion(name, tmp_path):
    predictor = predictor_of(tmp_path, lively_classic(name))
    # Its n-grams have embeddings of their own, its likeliest labels jump.
    if name in ("fasttext", "seq2seq"):
        assert predictor.explain(TEXT).method == "occlusion"
        with pytest.raises(
            SettingsError, match="neither seq2seq nor with hashed n-grams"
        ):
            predictor.explain(TEXT, method="integrated_gradients")
        return
    explanation = predictor.explain(TEXT, labels=ALL, steps=200)
    check_complete(explanation, 200)


def test_without_n_grams_fasttext_has_gradients(tmp_path):
    sizes = {"ngrams": 1, "buckets": 64}
    predictor = predictor_of(tmp_path, lively_classic("fasttext", sizes=sizes))
    explanation = predictor.explain(TEXT, labels=ALL, steps=1)
    assert np.abs(explanation.gaps).max() < 1e-5  # it is linear


def test_the_baseline_is_the_text_of_hidden_tokens(predictor):
    explanation = predictor.explain(TEXT, labels=ALL)
    occluded = predictor.explain(TEXT, labels=ALL, method="occlusion")
    np.testing.assert_allclose(
        explanation.attributions.base_logits,
        occluded.attributions.base_logits,
        atol=1e-5,
    )


def test_what_is_cut_off_is_told(predictor):
    bundle = replace(predictor.bundle, input_spec=tiny_input_spec(max_tokens=6))
    explanation = Predictor(bundle, predictor.runtime).explain(TEXT, labels="a")
    assert [span.text for span in explanation.unread] == ["。今天新车"]
    check_complete(explanation, integrated_gradients.STEPS)


@pytest.mark.parametrize("tokens", [1, 30, 10_000])
def test_the_batch_changes_no_number_and_is_no_larger(predictor, monkeypatch, tokens):
    expected = predictor.explain(TEXT, labels=ALL, steps=9).attributions.values
    sizes, run = [], predictor.runtime.gradients

    def watched(embedded, inputs, columns):
        sizes.append(inputs["token_ids"].size)
        return run(embedded, inputs, columns)

    monkeypatch.setattr(predictor.runtime, "gradients", watched)
    monkeypatch.setattr(integrated_gradients, "TOKENS_AT_ONCE", tokens)
    found = predictor.explain(TEXT, labels=ALL, steps=9).attributions.values
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert max(sizes) <= max(tokens, len(TEXT) + 2)
    assert sum(sizes) == 3 * 10 * (len(TEXT) + 2)


def test_fixed_shapes_as_compilers_like_them_change_no_number(predictor, monkeypatch):
    expected = predictor.explain(TEXT, labels=ALL, steps=4).attributions.values
    monkeypatch.setattr(predictor.runtime, "_buckets", (16, 32))
    found = predictor.explain(TEXT, labels=ALL, steps=4).attributions.values
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_progress_is_told(predictor):
    told = []
    predictor.explain(TEXT, labels="a", steps=4, on_progress=lambda *x: told.append(x))
    assert told == [(5, 5)]


def test_a_runtime_without_gradients_is_explained_by_occlusion(tmp_path):
    assert counting_predictor(tmp_path).explain("国").method == "occlusion"
