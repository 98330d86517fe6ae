"""Labels in any of scikit-learn's forms become names, and come back in that form."""

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.training.estimator.label_forms import form_and_names

ROWS = [(), ("label_0",), ("label_0", "label_2")]
MATRIX = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 1]])


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["b", "a", "b"], ["b", "a", "b"]),
        (np.array([2, 10, 2], np.int16), ["2", "10", "2"]),
        (np.array([2.0, 10.0, 2.0]), ["2", "10", "2"]),
        ([True, False, True], ["TRUE", "FALSE", "TRUE"]),
        (np.array([[2], [10], [2]]), ["2", "10", "2"]),
    ],
)
def test_a_label_for_each_text_is_multiclass(labels, names):
    form, rows = form_and_names(labels)
    assert form.task is Task.MULTICLASS and rows == [(name,) for name in names]
    chosen = np.array([[name == row[0] for name in form.names] for row in rows])
    np.testing.assert_array_equal(form.given_back(chosen), np.ravel(labels))
    assert form.given_back(chosen).dtype == np.asarray(labels).dtype


def test_a_matrix_comes_back_as_one():
    form, rows = form_and_names(MATRIX)
    assert form.task is Task.MULTILABEL and rows == ROWS
    np.testing.assert_array_equal(form.classes, [0, 1, 2])
    np.testing.assert_array_equal(form.given_back(MATRIX > 0), MATRIX)


def test_rows_of_0_and_1_are_a_matrix_and_other_numbers_are_not():
    form, rows = form_and_names(MATRIX.tolist())
    assert form.is_indicator and rows == ROWS
    form, rows = form_and_names([[0, 1], [1]])
    assert not form.is_indicator and rows == [("label_0", "label_1"), ("label_1",)]


def test_what_is_only_an_array_is_taken_as_one():
    class Array:
        def __array__(self, dtype=None, copy=None):
            return MATRIX[:, 0]

    assert form_and_names(Array())[1] == [("0",), ("1",), ("1",)]


def test_sparse_matrices_and_frames_are_matrices():
    sparse = pytest.importorskip("scipy.sparse")
    assert form_and_names(sparse.csr_matrix(MATRIX))[1] == ROWS
    pandas = pytest.importorskip("pandas")
    form, rows = form_and_names(pandas.DataFrame(MATRIX, columns=["a", "b", "c"]))
    assert rows == [(), ("a",), ("a", "c")] and form.classes.tolist() == ["a", "b", "c"]


def test_lists_come_back_as_tuples():
    form, rows = form_and_names([["b", "a"], [], ("b", "b")])
    assert form.task is Task.MULTILABEL and rows == [("b", "a"), (), ("b",)]
    chosen = np.array([[True, True], [False, False], [False, True]])
    assert form.given_back(chosen) == [("a", "b"), (), ("b",)]


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (None, "requires y to be passed"),
        (["a", "a"], "at least two labels.*1 class: a"),
        ([], "at least two labels"),
        (["a", None], r"y\[1\]=None"),
        (["a", 1], "texts and int"),
        ([0.5, 1.0], "continuous"),
        (["a", "a "], "differ by more than white space"),
        (["a", ""], "none empty"),
        ([["a"], "b"], "Put it into a list"),
        (np.array([[0, 2]]), "matrix of 0 and 1"),
        ([1j, 2j], "texts or numbers"),
    ],
)
def test_what_is_no_label_is_refused(labels, words):
    with pytest.raises(SettingsError, match=words):
        form_and_names(labels)


def test_shares_of_labels_are_refused():
    with pytest.raises(SettingsError, match="y with dicts.*task='distribution'"):
        form_and_names([{"a": 0.7, "b": 0.3}, {"a": 1.0}])
