import json
from types import SimpleNamespace

import numpy as np
import pytest

from kerascls.errors import BundleError
from kerascls.inference.runtimes.linear_runtime import (
    LinearRuntime,
    read_linear_model,
    write_linear_model,
)
from kerascls.models.linear.classifier import LinearClassifier
from kerascls.models.linear.tfidf import learn_tfidf

ROWS = [("国足 wins",), ("新车 🚗 of 国足",), ("",)]


@pytest.fixture(params=["char", "word"])
def model(request) -> LinearClassifier:
    tfidf, _ = learn_tfidf([row[0] for row in ROWS], request.param, 1)
    weights = np.random.default_rng(0).normal(size=(len(tfidf.ngrams), 2))
    return LinearClassifier(tfidf, weights.astype(np.float32), np.ones(2, np.float32))


def test_what_was_written_gives_the_same_logits(model, tmp_path):
    write_linear_model(tmp_path, model)
    again = read_linear_model(tmp_path, 2)
    np.testing.assert_array_equal(again.logits(ROWS), model.logits(ROWS))


def test_the_ngrams_can_be_read_by_people(model, tmp_path):
    write_linear_model(tmp_path, model)
    text = (tmp_path / "ngrams.json").read_text("utf-8")
    assert "国足" in text
    assert json.loads(text)["ngrams"] == list(model.tfidf.ngrams)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("ngrams.json", lambda values: {"ngrams": values["ngrams"][1:]}),
        ("ngrams.json", lambda values: {"ngrams": values["ngrams"][::-1]}),
        ("ngrams.json", lambda values: {}),
        ("encoder.json", lambda values: {"config": {"analyzer": "letters"}}),
        ("encoder.json", lambda values: {}),
    ],
)
def test_files_that_do_not_fit_together_are_refused(model, tmp_path, file, change):
    write_linear_model(tmp_path, model)
    values = json.loads((tmp_path / file).read_text("utf-8"))
    (tmp_path / file).write_text(json.dumps(change(values)), "utf-8")
    with pytest.raises(BundleError, match="Copy the bundle again"):
        read_linear_model(tmp_path, 2)


def test_weights_of_other_labels_are_refused(model, tmp_path):
    write_linear_model(tmp_path, model)
    with pytest.raises(BundleError, match="shapes"):
        read_linear_model(tmp_path, 3)


def test_vectors_are_the_weights_that_logits_are_made_of(model, tmp_path):
    write_linear_model(tmp_path, model)
    runtime = LinearRuntime(SimpleNamespace(path=tmp_path, label_set=("a", "b")))
    vectors = runtime.text_vectors(ROWS)
    logits = vectors.dot(model.coefficients) + model.intercept
    np.testing.assert_allclose(logits, runtime.text_logits(ROWS), atol=1e-6)
