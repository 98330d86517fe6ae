"""What a report says of distributions."""

import csv
import io
import json

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.distributions import MASSES, MEASURES, task_scores
from kerascls.evaluation.reports.baselines import (
    baseline_lines,
    compared_with_linear,
    with_distances,
)
from kerascls.evaluation.reports.csv_markdown_json import (
    DISTANCES_FILE,
    MASSES_FILE,
    REPORT_FILE,
    report_csv,
    report_markdown,
    write_report,
)
from kerascls.evaluation.reports.details import details_of
from kerascls.evaluation.reports.distributions import (
    SHARES,
    TRAINING_MEAN,
    DistributionDetails,
    distance_rows,
    distribution_details,
    distribution_markdown,
    mass_table,
    mean_baseline,
)
from kerascls.evaluation.reports.html.page import report_html
from kerascls.evaluation.reports.html.payload import payload
from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.tables import render_report
from kerascls.evaluation.scored_rows import ScoredRows

LABELS = ("cs", "stat", "体育", "new")
RULE = Rule("cumulative", mass=0.8)
MEAN = np.array([0.5, 0.3, 0.2])


def scored_shares(noise=0.1, rows=80):
    """Rows of which a classifier knows three of four labels, more or less."""
    random = np.random.default_rng(0)
    truth = random.dirichlet(np.ones(3), rows)
    predicted = truth * np.exp(random.normal(0, noise, truth.shape))
    predicted = np.float32(predicted / predicted.sum(axis=1, keepdims=True))
    weights = np.float32(np.pad(truth, ((0, 0), (0, 1))))
    weights[0] = [0.5, 0.25, 0, 0.25]
    probabilities = np.pad(predicted, ((0, 0), (0, 1)))
    return ScoredRows(
        task=Task.DISTRIBUTION,
        labels=LABELS,
        targets=weights > 0,
        probabilities=probabilities,
        chosen=np.pad(RULE.apply(predicted), ((0, 0), (0, 1))),
        known=3,
        rows_sha256="",
        lines=np.arange(rows),
        weights=weights,
    )


def report_of(scored, linear=None):
    scores = task_scores(
        *(scored.task, scored.truth, scored.probabilities),
        *(scored.chosen, scored.labels),
    )
    return Report(
        task=scored.task,
        scores=scores,
        baseline=mean_baseline(scored, MEAN, RULE),
        baseline_label=TRAINING_MEAN,
        rule=RULE,
        train_support=dict.fromkeys(LABELS[:3], 9),
        unseen={"new": 1},
        source="test.csv",
        details=details_of(scored, resamples=20),
        linear=linear,
        distribution=distribution_details(scored, MEAN),
    )


def linear_of(scored, noise=0.5):
    other = scored_shares(noise)
    linear = compared_with_linear(
        *(scored.targets, other.chosen, scored.chosen, LABELS, "how", 1.0)
    )
    return with_distances(
        linear, scored.weights, other.probabilities, scored.probabilities
    )


@pytest.fixture(scope="module")
def report():
    scored = scored_shares()
    return report_of(scored, linear_of(scored))


def test_the_training_mean_is_the_same_distribution_for_every_row():
    scored = scored_shares()
    scores = mean_baseline(scored, MEAN, RULE)
    assert scores.predicted.tolist() == [80, 80, 0, 0]
    assert scores.distances["kl"] > report_of(scored).scores.distances["kl"]


def test_differences_are_the_classifiers_means_less_those_of_the_training_mean():
    scored = scored_shares()
    report = report_of(scored)
    for name, one in report.distribution.differences.items():
        assert one.b == pytest.approx(report.scores.distances[name])
        assert one.a == pytest.approx(report.baseline.distances[name])
        assert one.low <= one.difference <= one.high


def test_shares_of_labels_are_means_over_rows():
    scored = scored_shares()
    shares = distribution_details(scored, MEAN).shares
    assert shares["true_share"] == pytest.approx(scored.weights.mean(axis=0))
    assert shares["predicted_share"] == pytest.approx(scored.probabilities.mean(axis=0))
    assert shares["share_error"][3] == pytest.approx(0.25 / 80)


def test_a_report_comes_back_from_its_file(report, tmp_path):
    write_report(tmp_path, report)
    values = json.loads((tmp_path / REPORT_FILE).read_text("utf-8"))
    again = Report.from_dict(values)
    assert again.to_dict() == report.to_dict()
    assert isinstance(again.distribution, DistributionDetails)
    assert again.scores.distances == report.scores.distances


def test_both_tables_are_files_of_their_own(report, tmp_path):
    write_report(tmp_path, report)
    tables = {}
    for name in (DISTANCES_FILE, MASSES_FILE):
        text = (tmp_path / name).read_text("utf-8-sig")
        tables[name] = [*csv.DictReader(io.StringIO(text))]
    assert [row["measure"] for row in tables[DISTANCES_FILE]] == list(MEASURES)
    first = tables[DISTANCES_FILE][0]
    assert float(first["classifier"]) == report.scores.distances["kl"]
    assert float(first["training_mean"]) == report.baseline.distances["kl"]
    assert float(first["linear"]) == report.linear.scores.distances["kl"]
    assert float(first["low"]) < float(first["high"])
    masses = [float(row["mass"]) for row in tables[MASSES_FILE]]
    assert masses == [percent / 100 for percent in MASSES]


def test_tables_say_the_numbers_of_the_report(report):
    headings, *rows = distance_rows(report)
    assert len(headings) == len(rows[0]) == 7
    assert rows[0][:2] == ["KL", f"{report.scores.distances['kl']:.4f}"]
    assert len(mass_table(report.distribution)) == 1 + len(MASSES)
    assert len(distance_rows(report_of(scored_shares()))[0]) == 5


def test_what_is_beaten_is_told_by_its_divergence(report):
    lines = "\n".join(baseline_lines(report))
    assert "Always the training mean: KL" in lines
    assert "Beats the linear model: KL by -" in lines
    assert "Beats the training mean: KL by -" in lines
    assert "NOT SURELY" not in lines and "WORSE" not in lines


def test_one_that_is_no_better_than_the_mean_is_told_loudly():
    scored = scored_shares(noise=9.0)
    lines = "\n".join(baseline_lines(report_of(scored)))
    assert "WORSE THAN THE TRAINING MEAN" in lines


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_and_texts_have_the_section(report, language):
    say = language_of(language)
    markdown = report_markdown(report, language=language)
    assert f"## {say('Distributions')}" in markdown
    for name in SHARES.values():
        assert say(name) in markdown
    page = report_html(report, scored_shares(), language=language)
    assert "distributionSection" in page
    content = payload(report, scored_shares(), say=say)
    assert content["distribution"]["tables"][0] == distance_rows(report, say)
    assert [one["key"] for one in content["headline"]][0] == "kl"
    assert content["headline"][0]["against"] == "linear"


def test_the_screen_shows_both_tables(report):
    shown = render_report(report)
    for _, title in MEASURES.values():
        assert title in shown
    assert "missed mass" in shown
    assert "share above 0" in shown


def test_the_table_of_labels_has_their_shares(report):
    first = next(csv.DictReader(io.StringIO(report_csv(report))))
    assert first["class"] == "cs"
    assert float(first["true share"]) == report.distribution.shares["true_share"][0]


def test_reports_of_other_tasks_say_nothing_of_it(report):
    scored = scored_shares()
    other = Report(
        task=Task.MULTILABEL,
        scores=task_scores(
            Task.MULTILABEL, scored.targets, scored.targets, scored.chosen, LABELS
        ),
        baseline=report.baseline,
        baseline_label="cs",
        rule=RULE,
    )
    assert distribution_markdown(other) == []
    assert distance_rows(other) == []
    assert "distances" not in other.to_dict()["scores"]
