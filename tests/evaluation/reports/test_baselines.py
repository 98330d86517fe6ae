"""What is to be beaten is said, and whether it is."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from report_cases import LABELS, PREDICTED, TARGETS

from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.baselines import (
    LinearBaseline,
    all_labels_baseline,
    baseline_lines,
    compared_with_linear,
)
from kerascls.evaluation.reports.language import language_of


def linear(chosen, targets=TARGETS, ours=PREDICTED) -> LinearBaseline:
    repeated = (np.repeat(array, 40, axis=0) for array in (targets, chosen, ours))
    return compared_with_linear(*repeated, LABELS, "C 1", 2.34)


def verdict(report, chosen) -> str:
    return baseline_lines(replace(report, linear=linear(chosen)))[2]


def test_a_surely_better_classifier_beats_the_linear_model(report):
    line = verdict(report, np.zeros_like(TARGETS))
    assert line.startswith("Beats the linear model: macro-F1 by +0.5000 [+0.")
    assert line.endswith("] (95 % intervals).")


def test_a_surely_worse_one_is_told_so(report):
    line = verdict(report, TARGETS)
    assert line.startswith("WORSE THAN THE LINEAR MODEL, which `fit --model linear`")
    assert "micro-F1 by -" in line


def test_no_difference_is_no_victory(report):
    line = verdict(report, PREDICTED)
    assert line.startswith("Not surely better than the linear model: macro-F1 by +0.0")


def test_scores_and_cost_of_the_linear_model_stand_in_front(report):
    line = baseline_lines(replace(report, linear=linear(PREDICTED)))[1]
    assert line.startswith("Linear model on the same rows (C 1; 2.3 s): accuracy 0.6")


def test_chinese_says_how_the_linear_model_was_made_and_names_labels_in_its_quotes(
    report,
):
    terms = {"ngrams": "2,441", "unit": "characters", "model": "linear SVM"}
    terms |= {"strength": "1", "weights": "none", "rows": "10", "all_rows": "20"}
    model = replace(linear(PREDICTED), terms=terms)
    always, how, verdict = baseline_lines(
        replace(report, linear=model), language_of("zh")
    )[:3]
    assert always.startswith("总是给出“体育”：")
    assert "（2,441 个由 1 至 2 个字组成的 n-gram，线性支持向量机，C = 1，" in how
    assert "类别权重：无，从 20 条中取 10 条训练；2.3 秒）" in how
    assert "相差 +0.0000" in verdict and "；方括号内为 95% 置信区间。" in verdict
    assert not re.search(r"[一-鿿] [一-鿿]", always + how + verdict)
    earlier = replace(report, linear=linear(PREDICTED))
    assert "（C 1；2.3 秒）" in baseline_lines(earlier, language_of("zh"))[1]


def test_all_labels_are_those_of_training():
    scores = all_labels_baseline(TARGETS, 2, LABELS)
    assert scores.predicted.tolist() == [5, 5, 0, 0]
    assert scores.micro.f1 == pytest.approx(2 * 5 / (10 + 6))


def test_who_does_not_beat_labels_given_without_looking_is_told_so(report):
    given = np.zeros_like(TARGETS)
    given[:, 0] = True
    blind = replace(report, scores=score(TARGETS, given, LABELS))
    lines = baseline_lines(replace(blind, all_labels=score(TARGETS, TARGETS, LABELS)))
    assert lines[1].startswith("All labels always: accuracy 1.0000")
    assert lines[2].startswith("NO BETTER THAN GIVING '体育' always: macro-F1 0.25")
    assert lines[3].startswith("NO BETTER THAN GIVING all labels always: macro-F1 ")


def test_who_beats_them_is_told_nothing_more(report):
    nothing = score(TARGETS, np.zeros_like(TARGETS), LABELS)
    lines = baseline_lines(replace(report, baseline=nothing, all_labels=nothing))
    assert len(lines) == 2


def test_it_survives_json():
    values = linear(PREDICTED).to_dict()
    again = LinearBaseline.from_dict(json.loads(json.dumps(values)))
    assert again.to_dict() == values
