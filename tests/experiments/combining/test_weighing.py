"""Weights of runs, and which run is the best."""

import numpy as np
import pytest

from kerascls.data.labels import LABEL_TASKS, LabelSet, Task
from kerascls.decision.mixing import mix
from kerascls.errors import DataError
from kerascls.evaluation.scored_rows import ScoredRows
from kerascls.experiments.combining.valid_rows import ValidRows
from kerascls.experiments.combining.weighing import (
    SELECTIONS,
    Judge,
    Weighed,
    best_of,
    mean_of,
    weigh,
    weights_table,
)
from kerascls.settings.decision import DecisionSettings

LABELS = ("a", "b", "c")
ALWAYS_A = np.array([[1.0, 0.0, 0.0]] * 6, np.float32)


class Fixed:
    """A candidate that gives the likeliest label."""

    def __init__(self, name: str) -> None:
        self.name = name

    def chosen(self, probabilities: np.ndarray) -> np.ndarray:
        return probabilities == probabilities.max(axis=1, keepdims=True)


def judge_of(probabilities, best_by="macro_f1", task=Task.MULTICLASS) -> Judge:
    targets = np.eye(3, dtype=bool)[[0, 1, 2, 0, 1, 2]]
    rows = ScoredRows(
        task=task,
        labels=(*LABELS, "unseen"),
        targets=np.pad(targets, [(0, 0), (0, 1)]),
        probabilities=np.zeros((6, 4), np.float32),
        chosen=np.zeros((6, 4), bool),
        known=3,
        rows_sha256="",
        lines=np.arange(6),
    )
    valid = ValidRows(rows, list(probabilities), [], "valid.csv")
    return Judge(valid, DecisionSettings(), best_by)


def sure_of(columns, sure=0.9) -> np.ndarray:
    """Probabilities that are sure of a column in each row."""
    found = np.full((len(columns), 3), (1 - sure) / 2, np.float32)
    found[np.arange(len(columns)), columns] = sure
    return found


RIGHT = sure_of([0, 1, 2, 0, 1, 2])
WRONG = sure_of([1, 2, 0, 1, 2, 0])
FIRST_HALF = sure_of([0, 1, 2, 1, 2, 0])
SECOND_HALF = sure_of([1, 2, 0, 0, 1, 2])
RUNS = [Fixed("one"), Fixed("two")]


@pytest.mark.parametrize("select", ["fitted", "greedy"])
def test_who_is_wrong_is_left_out(select):
    weighed = weigh(RUNS, judge_of([WRONG, RIGHT]), select)
    assert [one.weight for one in weighed] == [0, 1]
    assert [one.score for one in weighed] == [0, 1]
    assert best_of(weighed) == 1


def test_who_is_right_in_different_rows_counts_alike():
    weighed = weigh(RUNS, judge_of([FIRST_HALF, SECOND_HALF]), "fitted")
    assert [one.weight for one in weighed] == pytest.approx([0.5, 0.5], abs=1e-3)
    assert sum(one.weight for one in weighed) == pytest.approx(1)


def test_equal_weights_do_not_ask_who_is_right():
    judge = judge_of([WRONG, RIGHT])
    weighed = weigh(RUNS, judge, "equal")
    assert [one.weight for one in weighed] == [0.5, 0.5]
    expected = mix([WRONG, RIGHT], [0.5, 0.5])
    np.testing.assert_allclose(mean_of(weighed, judge.rows), expected)


@pytest.mark.parametrize("best_by", ["macro_f1", "accuracy", "f1:b", "loss"])
@pytest.mark.parametrize("task", LABEL_TASKS)
def test_every_score_and_task_selects(best_by, task):
    judge = judge_of([WRONG, RIGHT], best_by, task)
    judge.check()
    assert weigh(RUNS, judge, "greedy")[1].weight == 1


def test_of_equal_scores_the_surer_run_is_better():
    weighed = weigh(RUNS, judge_of([RIGHT, sure_of([0, 1, 2] * 2, 0.99)]), "equal")
    assert weighed[0].score == weighed[1].score
    assert best_of(weighed) == 1


def test_a_score_of_no_label_is_refused():
    with pytest.raises(DataError, match="label='d'"):
        judge_of([RIGHT], "f1:d").check()
    assert LabelSet(LABELS).column("b") == 1


def test_the_table_shows_each_run_and_their_mean():
    weighed = weigh(RUNS, judge_of([WRONG, RIGHT]), "equal")
    whole = Weighed("ensemble", 1.0, 0.123, 0.75)
    table = weights_table(weighed, whole, "macro_f1", 100)
    assert "one" in table and "0.500" in table and "macro_f1" in table
    assert "0.1230" in table
    assert "macro_f1" not in weights_table(weighed, whole, "loss", 100)


def test_every_way_to_weigh_is_in_the_table():
    assert list(SELECTIONS)[0] == "fitted"
    for select in SELECTIONS:
        weighed = weigh(RUNS, judge_of([ALWAYS_A, RIGHT]), select)
        assert sum(one.weight for one in weighed) == pytest.approx(1)
