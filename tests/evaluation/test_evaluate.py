"""Scores of a bundle on other files, unseen labels being misses."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kerascls.data.examples import Examples
from kerascls.data.readers import Dataset, Example, split_labels
from kerascls.errors import BundleError, DataError, DiskFullError, SettingsError
from kerascls.evaluation import evaluate as evaluation
from kerascls.evaluation.evaluate import evaluate, report_on, scored_rows_of
from kerascls.evaluation.reports.csv_markdown_json import report_csv


def scores_of(report, label):
    place = report.scores.labels.index(label)
    scores = report.scores
    return scores.recall[place], scores.support[place], scores.predicted[place]


def test_a_bundle_scores_as_at_the_end_of_training(multilabel_run, multilabel_files):
    report = evaluate(multilabel_run.result.bundle, multilabel_files["test"])
    end = multilabel_run.result.report
    assert report_csv(report) == report_csv(end)
    assert report.baseline_label == end.baseline_label


@pytest.mark.parametrize("kind", ["multilabel", "pair"])
def test_unseen_labels_are_counted_and_scored_as_misses(request, kind):
    run = request.getfixturevalue(f"{kind}_run")
    test = request.getfixturevalue(f"{kind}_files")["test"]
    report = evaluate(run.out, test)
    assert report.unseen == {"健康": 1, "教育": 1}
    assert report.scores.labels[-2:] == ("健康", "教育")
    for label in report.unseen:
        assert scores_of(report, label) == (0, 1, 0)
    assert report.scores.accuracy < 1


def made_up(rows):
    """A file as it was read, of these labels."""
    examples = Examples.of(
        Example(n + 2, (f"text {n}",), tuple(row)) for n, row in enumerate(rows)
    )
    facts = {"text_columns": ("text",), "label_column": "labels", "task": None}
    counts = {"skipped_rows": 0, "empty_texts": 0, "sha256": ""}
    return Dataset(path=Path("here.csv"), examples=examples, **facts, **counts)


def test_probabilities_decide_by_the_rule_of_the_bundle(multilabel_run):
    bundle = evaluation.open_bundle(multilabel_run.out)
    far = np.float32([[99, -99, -99], [-99, 99, 99], [-99, -99, -99]])
    known = list(bundle.label_set)
    scored = scored_rows_of(bundle, far, made_up([known[:1], known[1:], ()]))
    report = report_on(bundle, scored, "here")
    assert report.scores.accuracy == report.scores.macro.f1 == 1
    assert (report.source, report.rule) == ("here", bundle.rule)
    assert report.train_support == {"[red]军事[/red]": 9, "体育": 11, "汽车": 10}
    assert report.baseline_label == "体育"
    assert report.details.intervals.headline["accuracy"] == (1, 1)


def test_rows_can_be_chosen_and_keep_their_lines_and_texts(multilabel_run):
    bundle = evaluation.open_bundle(multilabel_run.out)
    data = made_up([("体育",), (), ("汽车", "新")])
    scored = scored_rows_of(bundle, np.zeros((2, 3)), data, np.array([2, 1]))
    assert scored.lines.tolist() == [4, 3]
    assert scored.texts == [("text 2",), ("text 1",)]
    assert scored.labels[-1] == "新"
    assert (scored.known, scored.targets[:, 3].tolist()) == (3, [True, False])
    assert not scored.probabilities[:, 3].any()


def test_scores_of_no_row_are_an_error(multilabel_run):
    bundle = evaluation.open_bundle(multilabel_run.out)
    with pytest.raises(DataError, match="none from here"):
        scored_rows_of(bundle, np.zeros((0, 3), np.float32), made_up([]))


def test_reports_are_written_where_wanted(multilabel_run, multilabel_files, tmp_path):
    calls = []
    report = evaluate(
        multilabel_run.out,
        multilabel_files["test"],
        out=tmp_path / "report",
        on_progress=lambda *done: calls.append(done),
    )
    written = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert written == report.to_dict()
    assert (tmp_path / "report" / "report.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    assert calls == [(6, 6)]


def test_other_columns_can_be_named(pair_run, tmp_path, write_csv):
    path = write_csv(tmp_path / "x.csv", ("a", "b", "kind"), [("足球", "", "体育")])
    report = evaluate(pair_run.out, path, text=("a", "b"), label="kind")
    assert report.scores.rows == 1


def test_fewer_text_columns_than_in_training_are_an_error(pair_run, pair_files):
    with pytest.raises(SettingsError, match=r"2 text.*question, answer.*text=answer\."):
        evaluate(pair_run.out, pair_files["test"], text="answer")


def test_the_separator_of_training_is_that_of_the_test(
    multilabel_run, tmp_path, write_csv, monkeypatch
):
    opened = evaluation.open_bundle(multilabel_run.out)
    monkeypatch.setattr(
        type(opened), "read", lambda self, name: {"data": {"label_separator": ";"}}
    )
    monkeypatch.setattr(evaluation, "Predictor", StubPredictor)
    rows = [("a", "体育;汽车"), ("b", "汽车|体育")]
    path = write_csv(tmp_path / "x.csv", ("text", "labels"), rows)
    assert evaluate(multilabel_run.out, path).unseen == {"汽车|体育": 1}
    assert evaluate(multilabel_run.out, path, label_separator="|").unseen == {
        "体育;汽车": 1
    }


class StubPredictor:
    def __init__(self, bundle, runtime):
        pass

    def text_logits(self, texts, on_progress):
        return np.zeros((len(texts), 3), np.float32)


def test_a_missing_bundle_is_named(tmp_path, multilabel_files):
    with pytest.raises(BundleError, match="nowhere"):
        evaluate(tmp_path / "nowhere", multilabel_files["test"])


def test_data_errors_come_before_the_model_is_loaded(multilabel_run, tmp_path):
    (tmp_path / "x.csv").write_text("text,labels\na,x,too many\n")
    code = (
        "import sys\nfrom kerascls import evaluate\nfrom kerascls.errors import *\n"
        "try: evaluate(*sys.argv[1:])\n"
        "except DataError: print('keras' in sys.modules, 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, multilabel_run.out, tmp_path / "x.csv"],
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_a_report_replaces_an_earlier_one_and_nothing_else(
    multilabel_run, multilabel_files, tmp_path
):
    def written(out):
        return evaluate(multilabel_run.out, multilabel_files["test"], out=out)

    written(tmp_path / "report")
    written(tmp_path / "report")
    before = (multilabel_run.out / "report.json").read_bytes()
    with pytest.raises(SettingsError, match="a run with a report of its own"):
        written(multilabel_run.out)
    assert (multilabel_run.out / "report.json").read_bytes() == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.md").write_text("mine")
    with pytest.raises(SettingsError, match="other files"):
        written(tmp_path / "mine")
    with pytest.raises(SettingsError, match="is a file"):
        written(tmp_path / "mine" / "report.md" / "new")


def test_a_report_that_cannot_be_written_leaves_nothing(
    multilabel_run, multilabel_files, tmp_path, monkeypatch
):
    def full_disk(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(evaluation, "write_errors", full_disk)
    with pytest.raises(DiskFullError, match="report': "):
        evaluate(multilabel_run.out, multilabel_files["test"], out=tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_a_table_in_memory_scores_as_its_file_does(multilabel_run, multilabel_files):
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(multilabel_files["test"], keep_default_na=False)
    frame["labels"] = [split_labels(cell) for cell in frame["labels"]]
    of_file, of_frame = (
        evaluate(multilabel_run.out, source)
        for source in (multilabel_files["test"], frame)
    )
    assert report_csv(of_frame) == report_csv(of_file)
    assert of_frame.source == f"<DataFrame {len(frame)} rows>"


def test_files_of_a_pattern_are_scored_together(multilabel_run, multilabel_files):
    pattern = multilabel_files["test"].parent / "*[td].csv"
    report = evaluate(multilabel_run.out, pattern)
    assert report.source == "test.csv + valid.csv"


def test_a_language_without_a_report_has_no_effect_and_is_refused(linear_run):
    with pytest.raises(SettingsError, match="--report"):
        evaluate(linear_run.out, [], language="zh")
