import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.scores import Scores, pad_columns, score

SHAPES = st.tuples(st.integers(1, 30), st.integers(1, 6))


@st.composite
def multilabel_rows(draw):
    shape = draw(SHAPES)
    arrays = hnp.arrays(np.bool_, shape)
    return draw(arrays), draw(arrays)


@st.composite
def multiclass_rows(draw):
    rows, num_classes = draw(SHAPES)
    ids = hnp.arrays(np.int64, rows, elements=st.integers(0, num_classes - 1))
    eye = np.eye(num_classes, dtype=bool)
    return eye[draw(ids)], eye[draw(ids)]


def names(array):
    return tuple(f"label{column}" for column in range(array.shape[1]))


def assert_equals_sklearn(scores, truth, guess, present):
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    def reference(average, columns):
        return precision_recall_fscore_support(
            truth, guess, labels=columns, average=average, zero_division=0
        )

    everything = np.arange(len(scores.labels))
    precision, recall, f1, support = reference(None, everything)
    np.testing.assert_allclose(scores.precision, precision)
    np.testing.assert_allclose(scores.recall, recall)
    np.testing.assert_allclose(scores.f1, f1)
    np.testing.assert_array_equal(scores.support, support)
    assert scores.accuracy == pytest.approx(accuracy_score(truth, guess))
    if not present.any():
        return
    for average in ("micro", "macro", "weighted"):
        ours = getattr(scores, average)
        theirs = reference(average, everything[present])
        assert (ours.precision, ours.recall, ours.f1) == pytest.approx(theirs[:3])


@pytest.mark.filterwarnings("ignore")
@given(multilabel_rows())
def test_multilabel_scores_equal_those_of_sklearn(arrays):
    targets, predicted = arrays
    scores = score(targets, predicted, names(targets))
    # sklearn takes a single column for a binary problem: give it one empty column.
    truth, guess = (pad_columns(a, a.shape[1] + 1) for a in arrays)
    assert_equals_sklearn(scores, truth, guess, scores.present)


@pytest.mark.filterwarnings("ignore")
@given(multiclass_rows())
def test_multiclass_scores_equal_those_of_sklearn(arrays):
    targets, predicted = arrays
    scores = score(targets, predicted, names(targets))
    truth, guess = targets.argmax(1), predicted.argmax(1)
    assert_equals_sklearn(scores, truth, guess, scores.present)


@given(multilabel_rows())
def test_scores_survive_json(arrays):
    scores = score(*arrays, names(arrays[0]))
    copy = Scores.from_dict(json.loads(json.dumps(scores.to_dict())))
    assert copy.to_dict() == scores.to_dict()
    assert copy.support.dtype == np.int64


def test_a_class_without_truth_and_prediction_stays_out_of_macro():
    targets = np.array([[True, False], [True, False]])
    scores = score(targets, targets, ("a", "b"))
    assert scores.macro.f1 == 1.0
    assert scores.present.tolist() == [True, False]


def test_a_label_unseen_in_training_counts_as_a_miss():
    targets = np.array([[True, False], [False, True]])
    predicted = pad_columns(np.array([[True], [False]]), 2)
    scores = score(targets, predicted, ("known", "unseen"))
    assert scores.recall.tolist() == [1.0, 0.0]
    assert scores.macro.f1 == 0.5
    assert scores.micro.recall == 0.5
    assert scores.accuracy == 0.5


def test_empty_label_sets_are_legal():
    targets = np.zeros((3, 2), bool)
    scores = score(targets, targets, ("a", "b"))
    assert scores.accuracy == 1.0
    assert (scores.micro.f1, scores.macro.f1, scores.weighted.f1) == (0.0, 0.0, 0.0)


def test_subset_accuracy_wants_the_whole_row():
    targets = np.array([[True, True], [True, False]])
    predicted = np.array([[True, False], [True, False]])
    assert score(targets, predicted, ("a", "b")).accuracy == 0.5


def test_pad_columns_leaves_a_fitting_array_alone():
    array = np.ones((2, 3), np.float32)
    assert pad_columns(array, 3) is array
    assert pad_columns(array, 5).dtype == np.float32
    assert pad_columns(array, 5)[:, 3:].sum() == 0


def test_pad_columns_takes_no_column_away():
    with pytest.raises(SettingsError, match="num_columns=1"):
        pad_columns(np.ones((2, 3)), 1)


@pytest.mark.parametrize(
    ("targets", "predicted", "message"),
    [
        (np.ones((2, 2)), np.ones((2, 2), bool), "dtypes=float64, bool"),
        (np.ones((2, 2), bool), np.ones((2, 2), int), "dtypes=bool, int64"),
        (np.ones((2, 3), bool), np.ones((2, 2), bool), "pad_columns"),
        (np.ones((0, 2), bool), np.ones((0, 2), bool), "neither of them 0"),
    ],
)
def test_what_cannot_be_scored_is_an_error(targets, predicted, message):
    with pytest.raises(SettingsError, match=message):
        score(targets, predicted, ("a", "b"))


def test_each_column_needs_a_name():
    array = np.ones((2, 3), np.bool_)
    with pytest.raises(SettingsError, match=r"shape=\(2, 3\), 2 labels"):
        score(array, array, ("a", "b"))
