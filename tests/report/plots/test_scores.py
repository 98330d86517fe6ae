import pytest

from kerascls.report import plot_scores


def test_the_score_plot_has_a_bar_for_each_class(report, fonts, drawn):
    fonts("SimHei")
    axes = drawn(plot_scores(report)).axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([1.0, 0.5, 0.0, 0.0])
    assert axes.get_yticklabels()[0].get_fontfamily() == ["SimHei", "sans-serif"]


def test_only_the_classes_with_most_support_are_drawn(report, fonts):
    fonts("SimHei")
    assert len(plot_scores(report, max_classes=2).axes[0].patches) == 2
