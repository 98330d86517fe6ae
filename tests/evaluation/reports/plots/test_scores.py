from dataclasses import replace

import numpy as np
import pytest

from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports import plot_scores


def test_the_score_plot_has_a_bar_for_each_class(report, fonts, drawn):
    fonts("SimHei")
    axes = drawn(plot_scores(report)).axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([1.0, 0.5, 0.0, 0.0])
    assert axes.get_yticklabels()[0].get_fontfamily() == ["SimHei", "sans-serif"]


def test_only_the_classes_with_most_support_are_drawn(report, fonts):
    fonts("SimHei")
    assert len(plot_scores(report, max_classes=2).axes[0].patches) == 2


def test_the_title_is_written_in_a_font_that_has_it(report, fonts):
    fonts("SimHei")
    eye = np.eye(2, dtype=bool)
    report = replace(report, scores=score(eye, eye, ("a", "b")), source="测试.csv")
    axes = plot_scores(report).axes[0]
    assert axes.title.get_fontfamily() == ["SimHei", "sans-serif"]


def test_long_labels_and_titles_leave_room_for_the_bars(report, fonts, drawn):
    fonts("SimHei")
    eye = np.eye(2, dtype=bool)
    scores = score(eye, eye, ("a" * 200, "b"))
    figure = drawn(plot_scores(replace(report, scores=scores, source="c" * 200)))
    (axes,) = figure.axes
    assert axes.get_position().width > 0.5
    assert len(axes.get_title()) == 60
