import numpy as np
import pytest

from kerascls.data.drawing import drawn_rows
from kerascls.decision.curves import sort_labels
from kerascls.decision.objectives import (
    FBeta,
    PrecisionAt,
    RecallAt,
    parse_objective,
    pooled_threshold,
)
from kerascls.errors import SettingsError

PROBS = np.float32([[0.1], [0.3], [0.5], [0.7], [0.9]])
TARGETS = np.array([[0], [1], [0], [1], [1]], bool)
CURVES = sort_labels(TARGETS, PROBS, slice(0, 1))
HALF = np.float32([0.5])


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        ("macro_f1", "macro_f1"),
        ("f1", FBeta(1)),
        ("f0.5", FBeta(0.5)),
        ("precision@0.95", PrecisionAt(0.95)),
        ("recall@1", RecallAt(1)),
    ],
)
def test_objectives_are_read_from_text(text, objective):
    assert parse_objective(text) == objective


@pytest.mark.parametrize(
    "text", ["", "f", "f0", "F1", "precision", "precision@0", "recall@1.5", "cost"]
)
def test_a_text_that_is_no_objective_is_an_error(text):
    with pytest.raises(SettingsError, match=f"objective='{text}'"):
        parse_objective(text)


def test_a_file_of_costs_needs_the_names_of_the_labels():
    with pytest.raises(SettingsError, match="Give `labels=`"):
        parse_objective("cost:costs.csv")


@pytest.mark.parametrize(
    ("objective", "index"),
    [
        (FBeta(0.5), 3),  # .91, at index 1 .79
        (FBeta(1), 1),  # .86, at index 3 .8
        (PrecisionAt(1), 3),
        (PrecisionAt(0.75), 1),
        (RecallAt(1), 1),
        (RecallAt(0.6), 3),
    ],
)
def test_the_best_index_of_a_label_is_chosen(objective, index):
    indices, reached = objective.choose(CURVES, HALF)
    assert (indices.tolist(), reached.tolist()) == ([index], [True])


def test_a_precision_never_reached_takes_the_highest_and_says_so():
    curves = sort_labels(np.array([[1], [0], [0]], bool), PROBS[:3], slice(0, 1))
    indices, reached = PrecisionAt(0.9).choose(curves, HALF)
    assert (indices.tolist(), reached.tolist()) == ([0], [False])


def test_shrinkage_never_breaks_what_was_reached():
    own, low, high = np.float32([0.6]), np.float32([0.2]), np.float32([0.65])
    assert PrecisionAt(1).settle(CURVES, own, low) == own
    assert PrecisionAt(1).settle(CURVES, own, high) == high
    assert RecallAt(1).settle(CURVES, own, low) == low
    assert RecallAt(1).settle(CURVES, own, high) == own
    assert FBeta().settle(CURVES, own, high) == high


def test_labels_are_pooled_as_if_they_were_one():
    two = np.hstack([TARGETS, TARGETS]), np.hstack([PROBS, PROBS])
    expected = CURVES.thresholds_at(np.array([0]), np.array([3]))[0]
    assert pooled_threshold(PrecisionAt(1), *two) == expected


def test_without_a_positive_the_pooled_threshold_is_one_half():
    assert pooled_threshold(RecallAt(0.9), np.zeros((3, 2), bool), PROBS[:3]) == 0.5


def test_a_large_table_is_thinned_unless_that_loses_all_positives(monkeypatch):
    rows = np.setdiff1d(np.arange(5), drawn_rows(5, 2))
    rare = np.isin(np.arange(5), rows[:1])[:, None]
    objective = PrecisionAt(1)
    whole = [pooled_threshold(objective, truth, PROBS) for truth in (rare, TARGETS)]
    monkeypatch.setattr("kerascls.decision.objectives._LARGE", 2)
    assert pooled_threshold(objective, rare, PROBS) == whole[0]
    assert pooled_threshold(objective, TARGETS, PROBS) != whole[1]


def test_rows_that_take_turns_have_the_pooled_threshold_of_all(monkeypatch):
    rng = np.random.default_rng(0)
    probs = rng.random((4000, 2), dtype=np.float32)
    odd = np.arange(4000)[:, None] % 2 == 1
    targets = rng.random(probs.shape) < np.where(odd, probs, probs**4)
    whole = pooled_threshold(RecallAt(0.9), targets, probs)
    every_other = pooled_threshold(RecallAt(0.9), targets[::2], probs[::2])
    monkeypatch.setattr("kerascls.decision.objectives._LARGE", 4000)
    found = pooled_threshold(RecallAt(0.9), targets, probs)
    assert found == pytest.approx(whole, abs=0.03)
    assert every_other != pytest.approx(whole, abs=0.1)
