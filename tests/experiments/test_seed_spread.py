"""Several reports as one table."""

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

from kerascls.evaluation.metrics.distributions import MEASURES
from kerascls.evaluation.metrics.scores import score
from kerascls.experiments.seed_spread import render_spreads, spreads, spreads_csv


@pytest.fixture
def reports(report):
    """The second gives its two labels to the right rows, and no others."""
    targets = np.eye(4, dtype=bool)[[0, 0, 1, 2, 0]]
    right = score(targets, targets, report.scores.labels)
    return [report, replace(report, scores=right)]


def test_every_score_has_the_values_of_all_reports(reports):
    found = {one.name: one for one in spreads(reports)}
    labels = reports[0].scores.labels
    assert tuple(found)[:4] == labels
    f1 = reports[0].scores.f1[1]
    assert found[labels[1]].values == (pytest.approx(f1), 1.0)
    assert found["macro avg"].mean == pytest.approx(
        np.mean([one.scores.macro.f1 for one in reports])
    )
    assert found["accuracy"].std == pytest.approx(
        np.std([one.scores.accuracy for one in reports], ddof=1)
    )


def test_a_class_that_is_nowhere_has_no_numbers(reports):
    never = {one.name: one for one in spreads(reports)}["never"]
    assert (never.values, never.mean, never.std) == ((None, None), None, None)


def test_one_value_has_no_spread(report):
    assert all(one.std is None for one in spreads([report]))


def test_the_table_shows_mean_std_min_and_max(reports):
    lines = render_spreads(spreads(reports), title="Two seeds").splitlines()
    assert lines[0] == "Two seeds"
    macro = next(line for line in lines if line.strip().startswith("macro avg"))
    low, high = sorted(one.scores.macro.f1 for one in reports)
    assert macro.split()[-2:] == [f"{low:.4f}", f"{high:.4f}"]
    assert "n/a" in next(line for line in lines if line.strip().startswith("never"))
    assert any("[red]x|y" in line for line in lines)


def test_the_csv_has_a_column_for_each_run(reports):
    text = spreads_csv(spreads(reports), ["seed 1", "seed 2"])
    rows = {row["score"]: row for row in csv.DictReader(StringIO(text))}
    assert float(rows["macro avg"]["seed 2"]) == 1.0
    assert rows["never"]["mean"] == ""


def test_of_distributions_the_distances_follow(reports):
    scored = [
        replace(one, scores=replace(one.scores, distances=dict.fromkeys(MEASURES, n)))
        for n, one in enumerate(reports, 1)
    ]
    found = spreads(scored)[-len(MEASURES) :]
    assert [(one.name, one.values) for one in found][0] == ("KL", (1, 2))
    assert "Jensen-Shannon" in render_spreads(found)
