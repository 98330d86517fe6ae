"""The picture of what training did about skewed labels."""

from dataclasses import replace

import numpy as np
import pytest

from kerascls.evaluation.reports.plots.label_effects import plot_label_effects

pytestmark = pytest.mark.filterwarnings("ignore:No installed font")


def test_each_label_has_a_bar_before_and_one_after(effects):
    pytest.importorskip("matplotlib")
    (axes,) = plot_label_effects(effects).axes
    widths = [[bar.get_width() for bar in bars] for bars in axes.containers]
    assert widths == [[90, 9, 1], pytest.approx([30, 30, 30])]
    assert [one.get_text() for one in axes.get_yticklabels()] == list(effects.labels)


def test_margins_stand_beside(margins):
    pytest.importorskip("matplotlib")
    _, beside = plot_label_effects(margins).axes
    points, *_ = beside.get_lines()
    assert points.get_xdata().tolist() == [1, 1.7, 3]


def test_words_can_be_chinese(effects):
    pytest.importorskip("matplotlib")
    (axes,) = plot_label_effects(effects, language="zh").axes
    legend = [one.get_text() for one in axes.get_legend().get_texts()]
    assert legend == ["训练集条数", "有效条数"]


def test_of_many_labels_the_most_frequent_and_the_rarest_are_drawn(effects):
    pytest.importorskip("matplotlib")
    rows = np.arange(100, 0, -1)
    labels = tuple(f"l{n}" for n in rows)
    many = replace(effects, labels=labels, rows=rows, effective_rows=rows, effects={})
    (axes,) = plot_label_effects(many, max_classes=4).axes
    names = [one.get_text() for one in axes.get_yticklabels()]
    assert names == ["l100", "l99", "l2", "l1"]
