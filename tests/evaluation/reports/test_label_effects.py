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
        "体育 has 90.0 rows for one of [red]x|y, and 1.0 as they counted.",
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


def test_the_ratio_is_of_the_labels_of_most_and_fewest_rows(effects):
    turned = replace(effects, effective_rows=np.array([10, 60, 40.0]))
    assert turned.lines()[1] == (
        "体育 has 90.0 rows for one of [red]x|y, and 0.25 as they counted."
    )


def test_labels_without_a_row_in_the_first_epoch_are_named(effects):
    drawn = replace(effects, effective_rows=np.array([30, 9, 0.0]))
    assert drawn.lines()[1:3] == [
        "体育 has 10.0 rows for one of 教育 education, and 3.3 as they counted.",
        "Without a row in the first epoch: [red]x|y.",
    ]
    none = replace(effects, rows=np.zeros(3, int), effective_rows=np.zeros(3))
    assert "Without a row in the first epoch: 体育, " in none.lines()[1]


def test_of_many_labels_without_a_row_some_are_named():
    labels = tuple(f"L{n}" for n in range(13))
    rows, counts = np.arange(13, 0, -1), np.eye(13)[0]
    many = LabelEffects(
        method="oversample",
        settings={},
        labels=labels,
        rows=rows,
        effective_rows=counts,
    )
    assert many.lines()[-1].endswith("L1, L2, L3, L4, L5, L6, L7, L8, L9, L10 (+2).")


def test_a_weight_that_all_labels_have_changes_no_skew(effects):
    weights = np.full(3, 1.75)
    alike = replace(
        effects,
        effective_rows=effects.rows * weights,
        effects={"positive_weight": weights},
    )
    assert not alike.changes_rows
    assert alike.lines()[1:] == ["weight of a yes: 1.75 for all labels."]


@pytest.mark.parametrize(
    "stated, told",
    [
        ({"体育": 5.0, "x": 0.5}, "label_weights 体育 5; x 0.5"),
        (dict.fromkeys(map(str, range(2000)), 2.0), "label_weights 2,000 labels"),
    ],
)
def test_weights_that_were_stated_are_no_method(effects, stated, told):
    weighed = replace(effects, method="none", settings={"label_weights": stated})
    assert weighed.lines()[0] == f"Skewed labels: {told}."


@pytest.mark.parametrize(
    "code, title",
    [("en", "Skewed labels in training"), ("zh", "训练时对标签不均衡的处理")],
)
def test_markdown_has_a_table_in_each_language(effects, code, title):
    lines = effects.markdown(language_of(code))
    assert f"## {title}" in lines
    assert lines[-1] == "| [red]x\\|y | 1 | 30.0 | 30 |"
    assert len({line.count(" | ") for line in lines[-3:]}) == 1
