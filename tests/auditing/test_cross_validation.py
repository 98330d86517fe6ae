"""Every row is judged by a model that has not seen it."""

import numpy as np
import pytest

from kerascls.auditing import cross_validation
from kerascls.auditing.cross_validation import (
    affordable_rows,
    fold_rows,
    out_of_sample_probabilities,
)
from kerascls.data.labels import Task

WORDS = {"体育": "球队比赛", "汽车": "新车发布", "健康": "医院门诊"}
PLACES = "上海北京广州深圳天津重庆"


@pytest.fixture
def texts_and_targets():
    texts = [f"{place}{w}{n}" for w in WORDS.values() for n, place in enumerate(PLACES)]
    return texts, np.repeat(np.eye(3, dtype=np.bool_), len(PLACES), axis=0)


def test_what_words_tell_is_predicted(texts_and_targets):
    texts, targets = texts_and_targets
    probabilities = out_of_sample_probabilities(texts, targets, Task.MULTICLASS)
    assert (probabilities.argmax(axis=1) == targets.argmax(axis=1)).mean() > 0.9
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_the_label_of_a_row_does_not_change_its_own_probability(texts_and_targets):
    texts, targets = texts_and_targets
    rows = fold_rows(texts, targets, 3, seed=0)[0]
    other = targets.copy()
    other[rows] = np.roll(other[rows], 1, axis=1)
    # The folds of other labels may be others; the models must be the same ones.
    with pytest.MonkeyPatch.context() as patch:
        parts = fold_rows(texts, targets, 3, seed=0)
        patch.setattr("kerascls.auditing.cross_validation.fold_rows", lambda *_: parts)
        one, two = (
            out_of_sample_probabilities(texts, t, Task.MULTILABEL, folds=3)
            for t in (targets, other)
        )
    np.testing.assert_array_equal(one[rows], two[rows])


def test_equal_texts_are_in_one_fold():
    texts = ["甲", "乙", "甲", "丙", "甲", "丁", "乙"]
    targets = np.ones((7, 1), np.bool_)
    parts = fold_rows(texts, targets, 3, seed=0)
    assert sorted(np.concatenate(parts)) == list(range(7))
    for part in parts:
        others = set(range(7)) - set(part.tolist())
        assert not {texts[row] for row in part} & {texts[row] for row in others}


def test_a_label_that_no_or_every_other_row_has_gets_their_share():
    targets = np.array([[1, 0], [1, 0], [1, 0], [1, 0]], np.bool_)
    probabilities = out_of_sample_probabilities(
        ["ab", "bc", "cd", "de"], targets, Task.MULTILABEL, folds=2
    )
    assert probabilities.tolist() == [[1, 0]] * 4


def test_the_same_seed_gives_the_same_probabilities(texts_and_targets):
    one, two = (
        out_of_sample_probabilities(*texts_and_targets, Task.MULTILABEL, seed=3)
        for _ in range(2)
    )
    np.testing.assert_array_equal(one, two)


def test_rows_are_drawn_by_lot_until_their_characters_are_many(monkeypatch):
    texts = ["ab", "cde", "f", "", "ghij"]
    assert affordable_rows(texts, seed=0).tolist() == [0, 1, 2, 3, 4]
    monkeypatch.setattr(cross_validation, "MAX_CHARS", 6)
    drawn = {tuple(affordable_rows(texts, seed).tolist()) for seed in range(20)}
    assert len(drawn) > 1
    assert all(sum(len(texts[row]) for row in rows) <= 6 for rows in drawn)
    monkeypatch.setattr(cross_validation, "MAX_CHARS", 0)
    assert len(affordable_rows(["ab", "c"], seed=0)) == 1


def test_models_that_learned_from_a_part_predict_all_rows(texts_and_targets):
    texts, targets = texts_and_targets
    learned = np.arange(0, len(texts), 2)
    probabilities = out_of_sample_probabilities(
        texts, targets, Task.MULTICLASS, learned=learned
    )
    assert (probabilities.argmax(axis=1) == targets.argmax(axis=1)).mean() > 0.8
