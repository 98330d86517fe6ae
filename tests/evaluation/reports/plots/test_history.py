import pytest

from kerascls.errors import SettingsError
from kerascls.evaluation.reports import plot_history
from kerascls.evaluation.reports.history import append_history, history_rows
from kerascls.evaluation.reports.plots.history import plot_class_history


@pytest.fixture
def history(tmp_path, scores):
    path = tmp_path / "history.csv"
    for epoch in (1, 2, 3):
        append_history(path, history_rows(epoch, scores, loss=1 / epoch, val_loss=1))
    return path


def test_the_history_plot_has_a_line_for_each_number(history, drawn):
    loss_axes, score_axes = drawn(plot_history(history)).axes
    assert [line.get_label() for line in loss_axes.lines] == ["loss", "val_loss"]
    assert loss_axes.lines[0].get_ydata() == pytest.approx([1, 1 / 2, 1 / 3])
    assert [line.get_label() for line in score_axes.lines] == [
        "macro-F1",
        "micro-F1",
        "accuracy",
    ]


def test_validations_within_epochs_are_plotted_where_they_were(tmp_path, scores, drawn):
    path = tmp_path / "history.csv"
    for epoch in (0.416667, 0.833333, 1):
        append_history(path, history_rows(epoch, scores, loss=epoch))
    for figure in (plot_history(path), plot_class_history(path)):
        line = drawn(figure).axes[0].lines[0]
        assert line.get_xdata() == pytest.approx([0.416667, 0.833333, 1])


def test_a_history_without_losses_is_plotted(tmp_path, scores, drawn):
    path = tmp_path / "history.csv"
    append_history(path, history_rows(1, scores))
    assert not drawn(plot_history(path)).axes[0].lines


def test_the_largest_classes_and_macro_f1_are_drawn_over_the_epochs(
    history, scores, drawn, fonts
):
    fonts("SimHei")
    lines = drawn(plot_class_history(history)).axes[0].lines
    names = [line.get_label() for line in lines]
    assert names == ["体育", "教育 education", "[red]x|y", "never", "macro-F1"]
    assert lines[1].get_ydata() == pytest.approx([scores.f1[1]] * 3)


def test_classes_can_be_chosen_and_may_have_gaps(history, drawn):
    lines = drawn(plot_class_history(history, labels=["never"])).axes[0].lines
    assert [line.get_label() for line in lines] == ["never", "macro-F1"]


def test_a_class_that_the_history_lacks_is_refused(history):
    with pytest.raises(SettingsError, match="'zzz'.*体育"):
        plot_class_history(history, labels=["zzz"])
