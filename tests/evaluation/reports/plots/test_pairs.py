import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.evaluation.reports.plots.pairs import plot_confusion, plot_pairs

LABELS = ("体育", "a $label$ of more than twenty-four", "never")


@pytest.fixture(autouse=True)
def _chinese(fonts):
    fonts("SimHei")


def test_the_confusion_plot_shows_shares_and_numbers(make_scored, drawn):
    one_hot = np.eye(3)
    true, given = one_hot[[0, 0, 0, 1]], one_hot[[0, 0, 1, 1]]
    scored = make_scored(true, given, given, LABELS, Task.MULTICLASS)
    axes = drawn(plot_confusion(scored)).axes[0]
    expected = np.array([[2 / 3, 1 / 3, 0], [0, 1, 0], [0, 0, 0]])
    assert np.allclose(axes.images[0].get_array(), expected)
    assert [text.get_text() for text in axes.texts] == ["2", "1", "1"]
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "体育",
        "a $label$ of more than …",
        "never",
    ]


def test_rows_without_an_answer_count_in_the_shares(make_scored):
    true, given = [[1, 0], [1, 0]], [[1, 0], [0, 0]]
    scored = make_scored(true, given, given, "ab", Task.MULTICLASS)
    axes = plot_confusion(scored).axes[0]
    assert axes.images[0].get_array().tolist() == [[0.5, 0], [0, 0]]


def test_only_the_labels_confused_most_are_drawn(make_scored):
    one_hot = np.eye(3)
    true, given = one_hot[[0, 1, 2]], one_hot[[2, 1, 2]]
    scored = make_scored(true, given, given, "abc", Task.MULTICLASS)
    axes = plot_confusion(scored, max_labels=2).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "c"]


def test_error_pairs_and_labels_true_together_are_drawn_side_by_side(
    make_scored, drawn
):
    targets, chosen = [[1, 1, 0], [1, 0, 0]], [[1, 1, 0], [0, 1, 0]]
    scored = make_scored(targets, chosen, chosen, LABELS)
    errors, together = drawn(plot_pairs(scored)).axes
    assert errors.images[0].get_array().tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert [text.get_text() for text in together.texts] == ["2", "1", "1", "1"]


def test_rows_without_errors_have_a_plot(make_scored, drawn):
    scored = make_scored([[1, 0]], [[1, 0]], [[1, 0]], "ab")
    errors, together = drawn(plot_pairs(scored)).axes
    assert errors.images[0].get_array().tolist() == [[0, 0], [0, 0]]
