import io
import warnings

import pytest

from kerascls.report import append_history, history_rows, plot_history, plot_scores
from kerascls.report.plots import CHINESE_FONTS


@pytest.fixture
def fonts(monkeypatch):
    """Sets which fonts matplotlib believes to be installed."""
    from matplotlib import font_manager

    real = font_manager.fontManager.ttflist

    def install(*names):
        latin = [font for font in real if font.name not in CHINESE_FONTS]
        chinese = [
            font_manager.FontEntry(fname=latin[0].fname, name=name) for name in names
        ]
        monkeypatch.setattr(font_manager.fontManager, "ttflist", latin + chinese)

    return install


def drawn(figure):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(io.BytesIO(), format="png", dpi=30)
    return figure


def test_the_history_plot_has_a_line_for_each_number(tmp_path, scores):
    path = tmp_path / "history.csv"
    for epoch in (1, 2, 3):
        append_history(path, history_rows(epoch, scores, loss=1 / epoch, val_loss=1))
    loss_axes, score_axes = drawn(plot_history(path)).axes
    assert [line.get_label() for line in loss_axes.lines] == ["loss", "val_loss"]
    assert loss_axes.lines[0].get_ydata() == pytest.approx([1, 1 / 2, 1 / 3])
    assert [line.get_label() for line in score_axes.lines] == [
        "macro-F1",
        "micro-F1",
        "accuracy",
    ]


def test_a_history_without_losses_is_plotted(tmp_path, scores):
    path = tmp_path / "history.csv"
    append_history(path, history_rows(1, scores))
    assert not drawn(plot_history(path)).axes[0].lines


def test_the_score_plot_has_a_bar_for_each_class(report, fonts):
    fonts("SimHei")
    axes = drawn(plot_scores(report)).axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([1.0, 0.5, 0.0, 0.0])
    assert axes.get_yticklabels()[0].get_fontfamily() == ["SimHei", "sans-serif"]


def test_a_missing_chinese_font_is_named(report, fonts):
    fonts()
    with pytest.warns(UserWarning, match="Noto Sans CJK"):
        plot_scores(report)


def test_only_the_classes_with_most_support_are_drawn(report, fonts):
    fonts("SimHei")
    assert len(plot_scores(report, max_classes=2).axes[0].patches) == 2
