"""A leaderboard as a value."""

import json

import pytest
from leaderboard_cases import board

from kerascls.data.labels import Task


def test_it_is_plain_json():
    values = json.loads(json.dumps(board().to_dict(), allow_nan=False))
    first = values["standings"][0]
    assert first["p"] is None and first["speed"]["runtime"] == "keras"
    assert first["scores"]["macro_f1"]["std"] > 0
    assert len(values["pairs"]) == 3


@pytest.mark.parametrize(
    ("task", "by", "shown"),
    [
        (Task.MULTICLASS, "macro_f1", ("macro_f1", "micro_f1", "accuracy")),
        (Task.MULTILABEL, "macro_f1", ("macro_f1", "micro_f1")),
        (Task.MULTILABEL, "accuracy", ("macro_f1", "micro_f1", "accuracy")),
    ],
)
def test_accuracy_is_shown_for_one_label_and_where_it_ranks(task, by, shown):
    from dataclasses import replace

    assert replace(board(), task=task, by=by).shown_scores == shown


def test_a_notebook_shows_the_table():
    shown = board()._repr_html_()
    assert "<table>" in shown and "模型 [b] 0" in shown
