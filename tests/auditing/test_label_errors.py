"""Wrong labels among likely ones come first, with better labels."""

import numpy as np
import pytest

from kerascls.auditing.label_errors import (
    Judged,
    find_label_errors,
    label_error_section,
)
from kerascls.data.labels import LABEL_TASKS, Task

pytest.importorskip("cleanlab", reason='pip install "kerascls[audit]"')


def sure_probabilities(truth, seed=0):
    noise = np.random.default_rng(seed).uniform(0.005, 0.015, truth.shape)
    return np.where(truth, 1 - noise, noise)


def test_a_wrong_class_is_found_and_the_right_one_suggested():
    truth = np.repeat(np.eye(3, dtype=np.bool_), 20, axis=0)
    probabilities = sure_probabilities(truth)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    given = truth.copy()
    given[[5, 45]] = np.roll(given[[5, 45]], 1, axis=1)
    errors = find_label_errors(given, probabilities, Task.MULTICLASS)
    found, quality = errors.rows, errors.quality
    assert sorted(found) == [5, 45]
    assert quality[found].max() < np.delete(quality, found).min()
    np.testing.assert_array_equal(errors.better[found], truth[found])


def test_labels_too_many_and_missing_ones_are_found():
    truth = np.random.default_rng(1).random((200, 4)) < 0.4
    given = truth.copy()
    given[3] ^= [True, False, False, False]
    given[90] ^= [False, False, True, False]
    errors = find_label_errors(given, sure_probabilities(truth), Task.MULTILABEL)
    assert sorted(errors.rows) == [3, 90]
    np.testing.assert_array_equal(errors.better[errors.rows], truth[errors.rows])


def test_one_sure_error_among_many_sure_labels_is_ranked_by_itself():
    truth = np.zeros((100, 30), np.bool_)
    truth[np.arange(100), np.arange(100) % 30] = True
    probabilities = sure_probabilities(truth)
    given = truth.copy()
    given[7, 20] = True
    errors = find_label_errors(given, probabilities, Task.MULTILABEL)
    assert errors.rows[0] == errors.quality.argmin() == 7


@pytest.mark.parametrize("task", LABEL_TASKS)
def test_labels_without_any_row_are_no_error(task):
    given = np.zeros((30, 3), np.bool_)
    given[:, 0] = True
    given[10:20] = [False, True, False]
    probabilities = sure_probabilities(given)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    errors = find_label_errors(given, probabilities, task)
    assert (len(errors.rows), errors.estimated) == (0, 0)


def test_labels_that_were_not_judged_stay_in_the_suggestion(rows_of):
    cells = ["体育", "汽车"] * 20
    rows = rows_of(
        [(f"文{n}", cell) for n, cell in enumerate(cells)] + [("x", "体育|稀")]
    )
    truth = np.array([[c == "体育", c == "汽车"] for c in [*cells, "汽车"]])
    given = truth.copy()
    given[-1] = [True, False]
    judged = Judged(
        np.arange(41), ("体育", "汽车"), given, sure_probabilities(truth), ()
    )
    ((one,),) = label_error_section(rows, judged).findings
    assert (one.row, one.suggestion) == (40, "稀|汽车")


@pytest.mark.parametrize(("cell", "suggestion"), [("", "[]"), ("汽车", "汽车")])
def test_no_label_is_suggested_only_where_some_row_has_none(rows_of, cell, suggestion):
    cells = [(f"文{n}", name) for n in range(20) for name in ("体育", "汽车")]
    rows = rows_of([*cells[:39], ("文19", cell)])
    given = np.array([["体育" in row, "汽车" in row] for row in rows.labels])
    probabilities = sure_probabilities(given)
    probabilities[0] = [0.001, 0.3]
    judged = Judged(np.arange(40), ("体育", "汽车"), given, probabilities, ())
    ((one,),) = label_error_section(rows, judged).findings
    assert (one.row, one.suggestion) == (0, suggestion)


@pytest.mark.parametrize("targets", [[], [[0, 0]] * 3, [[1, 0]] * 3])
def test_rows_that_all_say_the_same_do_not_differ(targets):
    targets = np.array(targets, np.bool_).reshape(-1, 2)
    rows = np.arange(len(targets))
    assert not Judged(rows, ("a", "b"), targets, targets, ()).differ


def test_a_single_label_can_be_judged():
    truth = np.arange(40)[:, None] % 2 == 0
    given = truth.copy()
    given[6] = False
    errors = find_label_errors(given, sure_probabilities(truth), Task.MULTILABEL)
    assert errors.rows.tolist() == [6]
