"""An explanation in words says how it was made and what it leaves out."""

from dataclasses import replace

import numpy as np
import pytest
from explained_models import counting_predictor

from kerascls.evaluation.reports.explanations import (
    explanation_lines,
    label_line,
    large_gaps,
    part_rows,
    strongest,
)
from kerascls.evaluation.reports.language import language_of
from kerascls.inference.predictor import Predictor


@pytest.fixture
def cut(tmp_path):
    """An explanation by occlusion of a text that is cut."""
    predictor = counting_predictor(tmp_path, max_tokens=5)
    return predictor.explain("国 足国足足", labels=["b", "c"])


def test_what_is_not_read_is_said(cut):
    assert explanation_lines(cut)[1:] == [
        "Cut off and not read: 2 of 6 characters of text, from character 4 to 6."
    ]


def test_the_method_and_what_it_replaces_are_said(cut, linear_run, sample_ensemble):
    assert "[MASK] stands in place" in explanation_lines(cut)[0]
    (exact,) = explanation_lines(Predictor.load(linear_run.out).explain("体育"))
    assert exact.startswith("Exact contributions to the logit before calibration")
    (words,) = explanation_lines(Predictor.load(sample_ensemble.out).explain("体育"))
    assert "falls when a word is hidden" in words


def test_a_gap_that_is_large_is_said_with_more_steps(cut):
    additive = replace(cut.attributions, is_additive=True, steps=50)
    gaps = replace(cut, attributions=additive)
    np.testing.assert_allclose(gaps.gaps, 0, atol=1e-6)
    assert large_gaps(gaps) == []
    more = replace(gaps, logits=gaps.logits + [1, 0])
    assert large_gaps(more) == ["b"]
    assert "too few for b" in explanation_lines(more)[-1]
    assert "--steps 200" in explanation_lines(more)[-1]
    assert "in 50 steps from [MASK]" in explanation_lines(more)[0]


def test_an_empty_text_is_said(tmp_path):
    lines = explanation_lines(counting_predictor(tmp_path).explain(""))
    assert lines[1:] == ["There is nothing in the text that could be attributed to."]


def test_a_label_has_its_numbers(cut):
    assert label_line(cut, 0) == (
        "predicted, score 0.982, logit 4.000, 0.000 with nothing of the text"
    )
    assert "没有文本内容时 0.000" in label_line(cut, 0, language_of("zh"))


def test_the_strongest_parts_come_first_and_the_rest_is_added_up(cut):
    shown, rest = strongest(cut, 1, number=1)
    assert [(span.text, value) for span, value in shown] == [("国", 3.0)]
    assert rest == 3.0
    assert part_rows(cut, 1)[:2] == [("+3.000", "0-1", "国"), ("+3.000", "3-4", "国")]
