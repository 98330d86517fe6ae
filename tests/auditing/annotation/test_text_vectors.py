"""Vectors are the classifier's; where it gives none, TF-IDF, and that is said."""

import shutil

import numpy as np
import pytest

from kerascls.auditing.annotation.text_vectors import (
    OWN_TFIDF,
    STATES,
    TFIDF,
    text_vectors,
)
from kerascls.auditing.annotation.vectors import squared_distances
from kerascls.inference.bundle import add_export, open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.serving.exporters.onnx.model import write_onnx

TEXTS = [("国足今晚迎战劲旅",), ("新车今天在上海发布",), ("国足今晚迎战劲旅",), ("",)]


class LogitsAlone:
    """A runtime as of an exported file."""

    def logits(self, inputs):
        raise NotImplementedError


def distances(found) -> np.ndarray:
    return squared_distances(found.vectors, 0)


def test_a_keras_model_gives_its_states(predictor):
    found = text_vectors(predictor, TEXTS)
    assert (found.kind, found.note) == (STATES, "")
    far = distances(found)
    assert far[2] == pytest.approx(0, abs=1e-4) and far[1] > 1e-3


def test_a_linear_model_gives_its_weights(linear_run):
    found = text_vectors(Predictor.load(linear_run.out), TEXTS)
    assert (found.kind, found.note) == (OWN_TFIDF, "")
    np.testing.assert_allclose(distances(found)[[2, 3]], [0, 1], atol=1e-6)


def test_an_exported_file_gives_none_and_that_is_said(multilabel_run, tmp_path):
    bundle = open_bundle(shutil.copytree(multilabel_run.result.bundle, tmp_path / "b"))
    write_onnx(bundle, tmp_path / "work.onnx")
    bundle = add_export(bundle, "onnx", tmp_path / "work.onnx", {"int8": False})
    found = text_vectors(Predictor(bundle), TEXTS)
    assert found.kind == TFIDF
    assert "the onnx file gives no hidden states" in found.note
    assert "`--runtime keras` has them" in found.note
    np.testing.assert_allclose(distances(found)[[2, 3]], [0, 1], atol=1e-6)
    assert text_vectors(Predictor(bundle, "keras"), TEXTS).kind == STATES


def test_a_model_without_one_vector_gives_none_and_that_is_said(predictor):
    found = text_vectors(Predictor(predictor.bundle, LogitsAlone()), TEXTS)
    assert "makes no one vector of a text" in found.note


def test_english_is_told_apart_by_words(predictor):
    alone = Predictor(predictor.bundle, LogitsAlone())
    found = text_vectors(alone, [("the team won",), ("won the team",), ("new car",)])
    same_letters, others = distances(found)[1:]
    assert same_letters < others == pytest.approx(2)
