"""Scores beyond precision, recall and F1: computed, kept, shown."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.evaluation.metrics.bootstrap import bootstrap_intervals
from kerascls.evaluation.metrics.ranking import ranking_scores
from kerascls.evaluation.metrics.resampling import HEADLINE
from kerascls.evaluation.reports import render_report
from kerascls.evaluation.reports.csv_markdown_json import report_csv, report_markdown
from kerascls.evaluation.reports.details import Details, details_of
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.tables import detail_lines
from kerascls.evaluation.scored_rows import ScoredRows

LABELS = ("体育", "教育 education", "[red]x|y", "never")


def scored_rows(**changes):
    """The rows of the report; training lacked the last two labels."""
    truth = np.eye(4, dtype=bool)[[0, 0, 1, 2, 0]]
    truth[1, 1] = True
    probabilities = np.float32(
        [[0.9, 0.1], [0.8, 0.2], [0.1, 0.6], [0.2, 0.7], [0.7, 0.3]]
    )
    probabilities = np.pad(probabilities, ((0, 0), (0, 2)))
    values = {
        "task": Task.MULTILABEL,
        "labels": LABELS,
        "targets": truth,
        "probabilities": probabilities,
        "chosen": probabilities >= 0.5,
        "known": 2,
        "rows_sha256": "",
        "lines": np.arange(5) + 2,
    }
    return ScoredRows(**(values | changes))


@pytest.fixture
def details() -> Details:
    return details_of(scored_rows(), [0.5, 0.25], resamples=50)


@pytest.fixture
def detailed(report, details) -> Report:
    return replace(report, details=details)


def line_of(text, name):
    return next(line for line in text.splitlines() if line.startswith(f"| {name}"))


def test_scores_of_each_class_are_undefined_for_labels_unseen_in_training(details):
    for values in details.classes.values():
        assert np.isfinite(values).tolist() == [True, True, False, False]
    assert details.classes["threshold"][:2].tolist() == [0.5, 0.25]
    assert details.classes["roc_auc"][0] == 1
    assert details.classes["average_precision"][1] == pytest.approx((1 / 2 + 2 / 4) / 2)


def test_scores_of_rows_count_labels_unseen_in_training(details):
    rows = scored_rows()
    assert details.extra.hamming == pytest.approx(3 / 20)
    assert details.ranking == ranking_scores(rows.targets, rows.probabilities)
    expected = bootstrap_intervals(rows.targets, rows.chosen, resamples=50)
    assert details.intervals.headline == expected.headline


def test_multilabel_calibration_is_that_of_the_labels_of_training():
    rows = scored_rows()
    values = (rows.probabilities - rows.targets)[:, :2]
    assert details_of(rows, resamples=2).brier_score == pytest.approx(
        (values**2).mean()
    )


def test_multiclass_calibration_is_that_of_the_likeliest_label():
    probabilities = np.float32([[0.75, 0.25, 0, 0]] * 5)
    truth = np.eye(4, dtype=bool)[[0, 0, 1, 2, 0]]
    rows = scored_rows(
        task=Task.MULTICLASS, targets=truth, chosen=truth, probabilities=probabilities
    )
    details = details_of(rows, resamples=2)
    assert details.calibration_error == pytest.approx(0.75 - 3 / 5)
    expected = np.square(probabilities - truth).sum(axis=1).mean()
    assert details.brier_score == pytest.approx(expected)


def test_a_mean_is_over_the_classes_that_have_the_score(details):
    values = details.classes["roc_auc"][:2]
    assert details.mean_of("roc_auc") == pytest.approx(values.mean())
    assert np.isnan(details_of(scored_rows(), resamples=2).mean_of("threshold"))


def test_details_survive_json(detailed):
    text = json.dumps(detailed.to_dict(), allow_nan=False)
    copy = Report.from_dict(json.loads(text))
    assert copy.to_dict() == detailed.to_dict()
    assert copy.details.ranking == detailed.details.ranking
    assert copy.details.intervals.headline == detailed.details.intervals.headline
    np.testing.assert_array_equal(
        copy.details.intervals.f1, detailed.details.intervals.f1
    )


def test_undefined_recall_survives_json():
    none = np.zeros((5, 4), bool)
    details = details_of(scored_rows(targets=none), resamples=2)
    values = json.loads(json.dumps(details.to_dict(), allow_nan=False))
    assert values["ranking"]["r_at"]["1"] is None
    assert np.isnan(Details.from_dict(values).ranking.r_at[1])


def test_a_report_of_an_earlier_version_has_no_details(report):
    values = report.to_dict()
    del values["details"]
    assert Report.from_dict(values).details is None


def test_the_csv_file_stays_as_it_was(report, detailed):
    assert report_csv(detailed) == report_csv(report)


def test_the_screen_shows_the_same_table_and_the_first_lines(report, detailed):
    before, after = (render_report(one).splitlines() for one in (report, detailed))
    assert after[: len(before)] == before
    more = after[len(before) :]
    assert more[0].startswith("95 % intervals: accuracy 0.")
    assert all(name.replace("_f1", "-F1") in more[0] for name in HEADLINE)
    assert len(more) == 2


def test_markdown_has_every_line(detailed):
    text = report_markdown(detailed)
    ranking = detailed.details.ranking
    assert f"P@3 {ranking.p_at[3]:.4f}" in text
    assert f"Label-ranking average precision {ranking.lrap:.4f}." in text
    assert f"Brier score {detailed.details.brier_score:.4f}." in text


@pytest.mark.parametrize("labels", [5, 6])
def test_the_top_five_are_told_of_more_labels_than_five(detailed, labels):
    details = replace(detailed.details, labels=tuple(map(str, range(labels))))
    told = f", top-five score {details.ranking.top_five:.4f}."
    assert (told in "".join(detail_lines(details))) is (labels == 6)


def test_undefined_scores_are_shown_as_such(report):
    none = np.zeros((5, 4), bool)
    details = details_of(scored_rows(targets=none), resamples=2)
    text = report_markdown(replace(report, details=details))
    assert "mean average precision n/a, mean ROC AUC n/a." in text
    assert "R@1 n/a" in text


def test_the_markdown_table_has_a_column_for_each_score_of_a_class(detailed):
    text = report_markdown(detailed)
    assert line_of(text, "class").endswith(
        "| in training | threshold | average precision | ROC AUC | calibration error "
        "| Brier score | f1 95 % interval |"
    )
    cells = line_of(text, "教育").split(" | ")
    assert cells[5:8] == ["3", "0.2500", "0.5000"]
    assert line_of(text, "never").endswith("| n/a | n/a | n/a | n/a | n/a | n/a |")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in table} == {13}


def test_without_thresholds_there_is_no_column_for_them(report):
    details = details_of(scored_rows(), resamples=2)
    assert "| threshold |" not in report_markdown(replace(report, details=details))
