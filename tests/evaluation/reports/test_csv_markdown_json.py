import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.csv_markdown_json import report_markdown, write_report
from kerascls.evaluation.reports.report import Report


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_three_files_are_written_and_nothing_else(tmp_path, report):
    paths = write_report(tmp_path / "new", report)
    assert sorted(paths) == sorted((tmp_path / "new").iterdir())
    assert [path.name for path in paths] == ["report.csv", "report.md", "report.json"]


def test_the_csv_file_has_the_form_of_the_original_project(tmp_path, report):
    write_report(tmp_path, report)
    assert (tmp_path / "report.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = rows_of(tmp_path / "report.csv")
    numbers = ["precision", "recall", "f1-score", "support"]
    assert list(rows[0]) == ["class", *numbers, "kind"]
    assert [row["class"] for row in rows[4:]] == [
        "micro avg",
        "accuracy",
        "macro avg",
        "weighted avg",
    ]
    assert float(rows[5]["f1-score"]) == report.scores.accuracy


def test_scores_at_half_are_a_column_of_csv_and_markdown(tmp_path, report, scores):
    f1 = np.array([0.125, 0.25, 0.5, 0])
    half = replace(scores, f1=f1, macro=replace(scores.macro, f1=0.375))
    report = replace(report, at_half=half)
    write_report(tmp_path, report)
    rows = rows_of(tmp_path / "report.csv")
    assert list(rows[0])[-2:] == ["f1 at 0.5", "kind"]
    found = {row["class"]: row["f1 at 0.5"] for row in rows}
    assert found["体育"] == "0.125"
    assert found["never"] == ""
    assert found["macro avg"] == "0.375"
    lines = report_markdown(report).splitlines()
    (first,) = (x for x in lines if x.startswith("| 体育"))
    (last,) = (x for x in lines if x.startswith("| macro avg"))
    assert first.endswith("| 7 | 0.1250 |")
    assert last.endswith("|  | 0.3750 |")
    assert any("from probability 0.5" in x.lower() for x in lines)


def report_of_one(label):
    found = score(np.ones((1, 1), bool), np.ones((1, 1), bool), (label,))
    return Report(
        task=Task.MULTILABEL,
        scores=found,
        baseline=found,
        baseline_label=label,
        rule=Rule("threshold", 0.5),
    )


def test_a_label_that_a_spreadsheet_would_run_is_plain_text(tmp_path):
    label = "=1+1"
    write_report(tmp_path, report_of_one(label))
    assert rows_of(tmp_path / "report.csv")[0]["class"] == "'=1+1"


def test_a_label_named_like_an_average_is_told_from_it(tmp_path):
    label = "accuracy"
    report = report_of_one(label)
    write_report(tmp_path, report)
    rows = [row for row in rows_of(tmp_path / "report.csv") if row["class"] == label]
    assert [row["kind"] for row in rows] == ["class", "average"]
    assert Report.from_dict(report.to_dict()).scores.labels == (label,)


def test_pandas_reads_the_csv_file(tmp_path, report):
    import pandas

    write_report(tmp_path, report)
    frame = pandas.read_csv(tmp_path / "report.csv", index_col=0)
    assert frame.loc["macro avg", "f1-score"] == report.scores.macro.f1
    assert frame["support"].dtype == int


def test_the_json_file_gives_the_report_back(tmp_path, report):
    write_report(tmp_path, report)
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert "体育" in text
    assert Report.from_dict(json.loads(text)).to_dict() == report.to_dict()


def test_the_markdown_table_survives_a_label_with_a_bar(report):
    line = next(x for x in report_markdown(report).splitlines() if "red" in x[:10])
    assert line == "| [red]x\\|y | 0.0000 | 0.0000 | 0.0000 | 1 | 0 |"


def test_the_markdown_names_labels_unseen_in_training(report):
    assert "Unseen in training: [red]x|y (1 row), never (3 rows)." in report_markdown(
        report
    )


def test_files_are_replaced(tmp_path, report):
    write_report(tmp_path, report)
    write_report(tmp_path, Report(**{**vars(report), "task": Task.MULTICLASS}))
    assert len(rows_of(tmp_path / "report.csv")) == 7


def test_a_failed_write_leaves_the_old_file(tmp_path, report, monkeypatch):
    write_report(tmp_path, report)
    before = (tmp_path / "report.csv").read_bytes()

    def fail(*paths):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_report(tmp_path, Report(**{**vars(report), "task": Task.MULTICLASS}))
    assert (tmp_path / "report.csv").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def test_markdown_can_be_chinese(report):
    text = report_markdown(report, language="zh")
    assert text.startswith("# 评估结果")
    assert "| 标签 | 精确率 | 召回率 | F1 | 真实条数 |" in text
    assert "| 宏平均 |" in text
