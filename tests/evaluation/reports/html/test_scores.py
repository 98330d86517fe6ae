"""Numbers of the page are JSON types, and those of the report."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.reports.details import details_of
from kerascls.evaluation.reports.html.scores import (
    class_columns,
    headline,
    is_plain,
    own_thresholds,
    rounded,
    shortest,
)


@pytest.fixture
def details(scored):
    return details_of(scored, [0.25, 0.25], resamples=20)


def test_the_headline_has_value_interval_and_baseline(report, details):
    cards = {card["key"]: card for card in headline(report, details)}
    assert list(cards) == ["macro_f1", "micro_f1", "weighted_f1", "accuracy"]
    card = cards["micro_f1"]
    assert card["value"] == report.scores.micro.f1
    assert card["baseline"] == report.baseline.micro.f1
    assert card["interval"] == rounded(details.intervals.headline["micro_f1"])
    assert (card["name"], card["level"]) == ("micro-F1", "95")


def test_micro_f1_is_left_out_where_it_is_the_accuracy(report, details):
    cards = headline(replace(report, task=Task.MULTICLASS), details)
    assert [card["key"] for card in cards] == ["macro_f1", "weighted_f1", "accuracy"]


def test_columns_are_in_the_order_of_the_labels(report, scored, details):
    columns = class_columns(report, scored, details)
    assert columns["support"] == [3, 2, 1, 0]
    assert columns["given"] == [3, 2, 0, 0]
    assert columns["hits"] == [3, 1, 0, 0]
    assert columns["train"] == [7, 3, 0, 0]
    assert columns["threshold"] == [0.25, 0.25, None, None]
    assert columns["average_precision"][2:] == [None, None]
    assert json.loads(json.dumps(columns, allow_nan=False)) == columns


def test_f1_at_half_is_a_column_where_there_is_one(report, scored, details, scores):
    assert class_columns(report, scored, details)["at_half"] is None
    half = replace(scores, f1=np.array([0.5, 0.25, 0, 0]))
    columns = class_columns(replace(report, at_half=half), scored, details)
    assert columns["at_half"] == [0.5, 0.25, 0, None]


def test_without_counts_of_training_there_are_none(report, scored, details):
    columns = class_columns(replace(report, train_support={}), scored, details)
    assert columns["train"] == [None] * 4


def test_a_rule_without_thresholds_has_none(report, scored):
    likeliest = replace(report, rule=Rule("argmax"))
    assert own_thresholds(likeliest, scored) == [None] * 4


@pytest.mark.parametrize(
    ("rule", "plain"),
    [
        (Rule("threshold", 0.5), True),
        (Rule("threshold", thresholds=(0.5, 0.1)), True),
        (Rule("threshold", 0.5, min_labels=1), False),
        (Rule("threshold", 0.5, max_labels=2), False),
        (Rule("threshold", 0.5, abstain_below=0.2), False),
        (Rule("argmax"), False),
    ],
)
def test_a_rule_is_plain_if_thresholds_are_all_of_it(report, rule, plain):
    assert is_plain(replace(report, rule=rule)) is plain


def test_what_is_not_finite_becomes_none():
    values = np.array([0.123456, np.nan, np.inf, 1], np.float32)
    assert rounded(values) == [0.1235, None, None, 1.0]


def test_float32_is_shown_with_as_few_digits_as_tell_it_apart():
    assert shortest(np.array([0.1, 1 / 3, 1.0])) == [0.1, 0.33333334, 1.0]
