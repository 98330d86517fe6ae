import json
from dataclasses import replace

import numpy as np
import pytest

from kerascls.errors import BundleError
from kerascls.evaluation.reports.language import ENGLISH, language_of
from kerascls.evaluation.reports.report import Report, majority_baseline


def test_a_report_survives_json(report):
    copy = Report.from_dict(json.loads(json.dumps(report.to_dict())))
    assert copy.to_dict() == report.to_dict()
    assert copy.rule == report.rule


def test_what_training_did_and_scores_at_half_survive_json(report, effects, scores):
    full = replace(report, label_effects=effects, at_half=scores)
    copy = Report.from_dict(json.loads(json.dumps(full.to_dict())))
    assert copy.to_dict() == full.to_dict()
    assert copy.label_effects.labels == effects.labels


def test_a_stored_report_of_other_keys_is_refused(report):
    values = report.to_dict() | {"more": 1}
    with pytest.raises(BundleError, match="'more'"):
        Report.from_dict(values)


def test_the_majority_baseline_gives_every_row_the_most_frequent_label():
    targets = np.array([[True, False, False], [False, True, True]])
    counts, labels = np.array([2, 5]), ("a", "b", "unseen")
    label, scores = majority_baseline(targets, counts, labels)
    assert label == "b"
    assert scores.predicted.tolist() == [0, 2, 0]
    assert scores.micro.precision == 0.5


def test_the_test_part_is_called_so_in_every_language(report):
    scored = replace(report, source="short.csv, test part")
    assert scored.source_in(ENGLISH) == "short.csv, test part"
    assert scored.source_in(language_of("zh")) == "short.csv（测试集）"
    assert replace(report, source="a.csv").source_in(language_of("zh")) == "a.csv"
