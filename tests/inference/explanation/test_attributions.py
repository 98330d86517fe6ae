"""Every method returns numbers for parts that are read, and what is left of a text."""

import pytest
from explained_models import counting_predictor

from kerascls.inference.predictor import Predictor


@pytest.mark.parametrize("text", ["", "国足 大胜。"])
def test_numbers_fit_each_other(text, tmp_path, linear_run):
    for predictor in (counting_predictor(tmp_path), Predictor.load(linear_run.out)):
        explanation = predictor.explain(text, labels=predictor.labels)
        of = explanation.attributions
        assert of.values.shape == (len(of.units), len(predictor.labels))
        assert of.base_logits.shape == explanation.logits.shape
        assert len(of.unread) == 0
