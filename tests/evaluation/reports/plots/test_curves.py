import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.evaluation.reports.plots.curves import (
    plot_coverage,
    plot_precision_recall,
    plot_reliability,
)


@pytest.fixture
def rows(make_scored):
    """One label found by its probabilities, one that is never given."""
    targets = [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]]
    found = np.float32([[0.9, 0.2, 0], [0.8, 0.3, 0], [0.6, 0.4, 0], [0.1, 0.1, 0]])
    return make_scored(targets, found, found >= 0.5, ("a", "b", "unseen"), known=2)


def test_a_dot_marks_the_labels_that_were_given(rows, drawn):
    axes = drawn(plot_precision_recall(rows)).axes[0]
    names = [line.get_label() for line in axes.lines]
    assert names[0] == "a" and names[-1] == "b"
    (dot,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert dot.get_xydata() == pytest.approx(np.array([[1, 2 / 3]]))


def test_labels_that_training_lacked_have_no_curve(rows):
    with pytest.raises(SettingsError, match="'unseen'"):
        plot_precision_recall(rows, labels=["unseen"])


def test_reliability_has_a_point_and_a_bar_for_each_bin_in_use(rows, drawn):
    axes, below = drawn(plot_reliability(rows, bins=2)).axes
    points = axes.lines[1].get_xydata()
    below_half = rows.probabilities[:, :2] <= 0.5
    targets = rows.targets[:, :2]
    assert points[0] == pytest.approx(
        [rows.probabilities[:, :2][below_half].mean(), targets[below_half].mean()]
    )
    assert [bar.get_height() for bar in below.patches] == [5, 3]


def test_multiclass_reliability_looks_at_the_likeliest_label(make_scored, drawn):
    found = np.float32([[0.8, 0.2], [0.3, 0.7]])
    scored = make_scored([[1, 0], [1, 0]], found, found > 0.5, "ab", Task.MULTICLASS)
    axes, _ = drawn(plot_reliability(scored, bins=1)).axes
    assert axes.lines[1].get_xydata() == pytest.approx(np.array([[0.75, 0.5]]))


def test_coverage_starts_where_all_rows_are_answered(rows, drawn):
    line = drawn(plot_coverage(rows)).axes[0].lines[0].get_xydata()
    assert line[0] == pytest.approx([1, 0.25])
    assert line[-1] == pytest.approx([0.25, 1])
