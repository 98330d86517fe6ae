from dataclasses import replace

import pytest

from kerascls.data.labels import Task
from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.history import append_history, history_rows
from kerascls.evaluation.reports.plots.curves import plot_coverage
from kerascls.evaluation.reports.plots.pairs import plot_pairs
from kerascls.evaluation.reports.plots.write_plots import write_plots

ALWAYS = ["scores", "precision_recall", "reliability", "coverage"]


@pytest.mark.filterwarnings("ignore:The plots show boxes")  # SimHei is not there
def test_every_plot_is_written_as_png(tmp_path, report, scored, fonts):
    fonts("SimHei")
    history = tmp_path / "history.csv"
    append_history(history, history_rows(1, report.scores, loss=1))
    paths = write_plots(tmp_path / "new", report, scored, history, dpi=20)
    names = [*ALWAYS[:1], "pairs", *ALWAYS[1:], "history", "class_history"]
    assert [path.stem for path in paths] == names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_what_training_did_to_each_label_is_drawn(tmp_path, report, scored, effects):
    report = replace(report, label_effects=effects)
    paths = write_plots(tmp_path, report, scored, dpi=20)
    assert "label_effects" in [path.stem for path in paths]


def test_a_missing_font_is_said_once(tmp_path, report, scored, fonts):
    fonts()
    with pytest.warns(UserWarning) as caught:
        write_plots(tmp_path, report, scored, dpi=20)
    assert [str(one.message)[:17] for one in caught] == ["No installed font"]


def test_characters_without_a_font_are_named_in_one_note(
    tmp_path, report, scored, fonts
):
    fonts()
    scored = replace(scored, labels=("\U00010330\U000f0000", "b", "c", "d"))
    scores = score(scored.targets, scored.chosen, scored.labels)
    with pytest.warns(UserWarning) as caught:
        write_plots(tmp_path, replace(report, scores=scores), scored, dpi=20)
    (note,) = [str(one.message) for one in caught]
    assert "U+F0000" in note


@pytest.mark.filterwarnings("ignore:The plots show boxes")  # SimHei is not there
def test_multiclass_has_a_confusion_matrix(tmp_path, report, scored, fonts):
    fonts("SimHei")
    report, scored = (replace(one, task=Task.MULTICLASS) for one in (report, scored))
    paths = write_plots(tmp_path, report, scored, dpi=20)
    assert [path.stem for path in paths] == [ALWAYS[0], "confusion", *ALWAYS[1:]]


def test_axes_can_be_chinese_and_a_missing_font_is_said(
    tmp_path, report, scored, fonts
):
    fonts("SimHei")
    (left, _) = plot_pairs(scored, language="zh").axes
    assert (left.get_xlabel(), left.get_ylabel()) == ("预测", "漏判")
    assert plot_coverage(scored, language="zh").axes[0].get_xlabel() == "答复比例"
    fonts()
    latin = replace(scored, labels=tuple("abcd"))  # the words alone need a font
    report = replace(report, scores=score(scored.targets, scored.chosen, latin.labels))
    with pytest.warns(UserWarning, match="No installed font has Chinese") as told:
        write_plots(tmp_path, report, latin, dpi=20, language="zh")
    assert len(told) == 1
