"""A SavedModel's answers must follow from its scores, in every part."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from kerascls.data.labels import LabelSet
from kerascls.decision.rule import Rule
from kerascls.serving.exporters.saved_model.string_check import wrong_rows

BUNDLE = SimpleNamespace(
    label_set=LabelSet(("体育", "汽车", "军事")),
    rule=Rule("threshold", 0.5, abstain_below=0.3),
)
SCORES = np.array([[0.6, 0.9, 0.1], [0.2, 0.1, 0.2]], np.float32)
RIGHT = {
    "labels": [["汽车", "体育"], ["", ""]],
    "label_counts": [2, 0],
    "scores": SCORES,
    "abstained": [False, True],
}


def wrong(expected=SCORES, **changes):
    found = {name: tf.constant(value) for name, value in (RIGHT | changes).items()}
    return wrong_rows(BUNDLE, found, expected).tolist()


def test_right_answers_pass():
    assert wrong() == []


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"labels": [["体育", "汽车"], ["", ""]]}, 0),
        ({"labels": [["汽车", "军事"], ["", ""]]}, 0),
        ({"label_counts": [1, 0]}, 0),
        ({"abstained": [False, False]}, 1),
        ({"expected": SCORES + np.float32([[0], [0.01]])}, 1),
    ],
)
def test_each_wrong_part_is_found(changes, row):
    assert wrong(**changes) == [row]
