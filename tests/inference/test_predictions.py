"""Predictions of many texts: as a sequence, as columns, in a notebook."""

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.inference.predictions import Predictions
from kerascls.inference.predictor import Prediction

SCORES = np.array([[0.2, 0.7, 0.1], [0.4, 0.3, 0.3]], np.float32)
LABELS = ("a", "<b>", "c")


def predictions(rule, task=Task.MULTICLASS):
    return Predictions(task, LABELS, SCORES, rule, ("one", "<i>two"))


def test_it_is_a_sequence_of_predictions():
    both = predictions(Rule("argmax"))
    assert len(both) == 2 and list(both) == [both[0], both[1]]
    assert isinstance(both[0], Prediction)
    assert [one.labels for one in both] == [("<b>",), ("a",)]
    assert both[-1].scores["a"] == pytest.approx(0.4)
    assert list(both[1:]) == [both[1]] and both[1:].texts == ("<i>two",)


def test_one_label_is_a_text_and_several_are_a_list():
    columns = predictions(Rule("argmax")).columns()
    assert list(columns) == ["predicted", "score", "score_a", "score_<b>", "score_c"]
    assert columns["predicted"].tolist() == ["<b>", "a"]
    np.testing.assert_allclose(columns["score"], [0.7, 0.4])
    np.testing.assert_array_equal(columns["score_c"], SCORES[:, 2])
    several = predictions(Rule("top_k", k=2)).columns()
    assert several["predicted"] == [["<b>", "a"], ["a", "<b>"]]
    assert several["score"][0] == pytest.approx([0.7, 0.2])
    none = predictions(Rule("threshold", 0.6), Task.MULTILABEL).columns()
    assert none["predicted"] == [["<b>"], []] and none["score"][1] == []


def test_where_nothing_is_likely_enough_there_is_no_label_but_a_score():
    columns = predictions(Rule("argmax", abstain_below=0.5)).columns()
    assert columns["predicted"].tolist() == ["<b>", None]
    assert columns["abstained"].tolist() == [False, True]
    np.testing.assert_allclose(columns["score"], [0.7, 0.4])


@pytest.mark.parametrize("task", Task)
def test_no_texts_have_no_rows(task):
    none = Predictions(task, LABELS, SCORES[:0], Rule("argmax"))
    assert list(none) == [] and len(none.columns()["predicted"]) == 0


def test_a_notebook_shows_texts_escaped():
    html = predictions(Rule("argmax"))._repr_html_()
    assert "&lt;b&gt;" in html and "&lt;i&gt;two" in html and "<i>" not in html
    assert "width:70px" in html and "width:40px" in html
    assert "&lt;b&gt;" in predictions(Rule("argmax"))[0]._repr_html_()
