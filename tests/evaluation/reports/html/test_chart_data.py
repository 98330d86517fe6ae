"""What charts draw is counted from the rows, and is JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.history import append_history, history_rows
from kerascls.evaluation.reports.html import chart_data
from kerascls.evaluation.reports.html.chart_data import (
    coverage_points,
    history_lines,
    label_curves,
    matrices,
    reliability_bins,
)


def test_there_is_a_curve_for_each_label_that_training_had(report, scored):
    curves = label_curves(report, scored)
    assert len(curves) == scored.known
    for label, curve in enumerate(curves):
        point = curve["thresholds"].index(0.25)  # the rule's own
        assert curve["given"][point] == scored.chosen[:, label].sum()
        hits = scored.chosen[:, label] & scored.targets[:, label]
        assert curve["hits"][point] == hits.sum()
        assert curve["given"][0] == len(scored)


def test_a_threshold_of_the_rule_between_those_of_the_grid_is_counted(report, scored):
    rule = Rule("threshold", thresholds=(0.1234, 0.75))
    first, second = label_curves(replace(report, rule=rule), scored)
    assert 0.1234 in first["thresholds"] and 0.1234 not in second["thresholds"]


def test_coverage_ends_with_all_rows(report, scored):
    points = coverage_points(report, scored)
    assert {len(values) for values in points.values()} == {len(points["coverage"])}
    assert max(points["coverage"]) == 1


def test_bins_are_of_the_known_labels_and_without_empty_ones(scored):
    bins = reliability_bins(scored)
    assert len(bins["labels"]) == scored.known
    assert sum(bins["all"]["counts"]) == len(scored) * scored.known
    for label in bins["labels"]:
        assert sum(label["counts"]) == len(scored)
        assert all(label["counts"])
    assert json.loads(json.dumps(bins, allow_nan=False)) == bins


def test_multiclass_has_the_confusion(make_scored):
    truth = np.eye(3, dtype=bool)
    chosen = truth[[1, 1, 0]]
    rows = make_scored(truth, chosen * 0.9, chosen, "abc", Task.MULTICLASS)
    (confusion,) = matrices(rows)
    assert confusion["kind"] == "confusion"
    assert confusion["counts"] == [[0, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert sorted(confusion["pairs"]) == [[0, 1, 1], [2, 0, 1]]


def test_multilabel_has_errors_and_each_pair_of_labels_once(scored):
    errors, together = matrices(scored)
    assert (errors["kind"], together["kind"]) == ("errors", "together")
    assert errors["pairs"] == [[2, 1, 1]]
    assert together["pairs"] == [[0, 1, 1]]
    assert together["counts"][1][0] == together["counts"][0][1] == 1


def test_large_tables_keep_the_labels_with_the_most_errors(scored, monkeypatch):
    monkeypatch.setattr(chart_data, "MAX_MATRIX_LABELS", 2)
    errors, _ = matrices(scored)
    assert errors["labels"] == [1, 2] and np.shape(errors["counts"]) == (2, 2)


def test_lines_of_the_history_are_those_of_the_labels_shown(tmp_path, scored):
    path = tmp_path / "history.csv"
    for epoch, chosen in enumerate((scored.targets[::-1], scored.chosen), 1):
        scores = score(scored.targets, chosen, ("教育 education", "体育", "b", "c"))
        append_history(path, history_rows(epoch, scores))
    lines = history_lines(path, scored)
    assert lines["epochs"] == [1, 2]
    assert lines["macro"][1] == round(scores.macro.f1, 4)
    sport, _, unknown, _ = lines["classes"]
    assert sport[1] == pytest.approx(scores.f1[1], abs=1e-4)
    assert unknown == [None, None]


def test_there_are_no_lines_before_the_first_epoch(tmp_path, scored):
    append_history(tmp_path / "history.csv", [])
    assert history_lines(tmp_path / "history.csv", scored) is None
