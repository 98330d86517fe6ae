"""What training did about skewed labels, in words, as a table and as JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.evaluation.reports.language import language_of


def test_json_gives_it_back(effects):
    stored = json.loads(json.dumps(effects.to_dict(), allow_nan=False))
    copy = LabelEffects.from_dict(stored)
    assert copy.to_dict() == effects.to_dict()
    assert copy.effective_rows.tolist() == [30, 30, 30]
    assert stored["classes"]["教育 education"] == {
        "rows": 9,
        "effective_rows": 30,
        "weight": 3.33333,
    }


def test_lines_say_the_skew_before_and_after(effects):
    assert effects.lines() == [
        "Skewed labels: class_weight (weight_power 1, max_weight 100).",
        "The most frequent label has 90.0 rows for one of the rarest, and 1.0 as it "
        "was trained.",
        "weight: 0.3333 to 30.",
    ]


def test_where_rows_count_as_they_are_only_margins_are_told(margins):
    assert margins.lines() == [
        "Skewed labels: ldam (ldam_margin 3).",
        "margin: 1 to 3.",
    ]


def test_a_loss_that_treats_labels_alike_is_named(margins):
    alike = replace(margins, method="zlpr", settings={}, effects={})
    assert alike.lines() == ["Skewed labels: zlpr."]
    assert alike.table()[0] == ["label", "in training", "effective rows"]


def test_labels_stand_by_their_rows(effects):
    shuffled = replace(effects, rows=np.array([1, 90, 9]))
    assert shuffled.order == [1, 2, 0]
    assert [row[0] for row in shuffled.table()[1:]] == [
        "教育 education",
        "[red]x|y",
        "体育",
    ]


def test_a_label_without_rows_is_no_rarest(effects):
    without = replace(effects, rows=np.array([90, 9, 0]))
    assert "has 10.0 rows for one" in without.lines()[1]


@pytest.mark.parametrize(
    "code, title",
    [("en", "Skewed labels in training"), ("zh", "训练时对标签不均衡的处理")],
)
def test_markdown_has_a_table_in_each_language(effects, code, title):
    lines = effects.markdown(language_of(code))
    assert f"## {title}" in lines
    assert lines[-1] == "| [red]x\\|y | 1 | 30.0 | 30 |"
    assert len({line.count(" | ") for line in lines[-3:]}) == 1
