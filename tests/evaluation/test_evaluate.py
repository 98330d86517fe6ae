"""Scores of a bundle on other files, unseen labels being misses."""

import errno
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kerascls.cli.evaluate import evaluate as command
from kerascls.data.examples import Examples
from kerascls.data.readers import Dataset, Example, ReadOptions, split_labels
from kerascls.errors import BundleError, DataError, DiskFullError, SettingsError
from kerascls.evaluation import evaluate as evaluation
from kerascls.evaluation.evaluate import (
    evaluate,
    read_labelled,
    report_on,
    scored_rows_of,
)
from kerascls.evaluation.reports.csv_markdown_json import report_csv
from kerascls.inference.bundle import open_bundle


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


def test_scores_at_half_are_of_what_the_model_says_itself(multilabel_run):
    bundle = evaluation.open_bundle(multilabel_run.out)
    assert bundle.decision.calibration.kind == "platt"
    near = np.full((3, 3), 0.01, np.float32)
    near[1:, 0] = -0.01
    known = list(bundle.label_set)
    report = report_on(
        bundle, scored_rows_of(bundle, near, made_up([known, (), ()])), "here"
    )
    assert report.at_half.predicted.tolist() == [1, 3, 3]


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


@pytest.fixture(scope="module")
def one_label_run(train_run, tmp_path_factory, write_csv):
    """A linear model of texts with one label each."""
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("one_label")
    words = {"体育": "足球比赛", "财经": "股票市场"}
    rows = [(f"{word} {n}", name) for name, word in words.items() for n in range(20)]
    return train_run(
        folder / "run",
        train=write_csv(folder / "train.csv", ("text", "label"), rows),
        model="linear",
        **dict.fromkeys(("checkpoint", "epochs", "batch_size", "learning_rate")),
        max_tokens=None,
        baseline=True,
    )


def advice_of(run, path, **reading):
    """Returns what is said about a file that is to be scored."""
    options = ReadOptions.from_keywords(evaluate, reading)
    try:
        return " ".join(read_labelled(open_bundle(run.out), path, options).notes)
    except (DataError, SettingsError) as error:
        return str(error)


ONE_LABEL = {
    "joined": [f"t{n},a|b" for n in range(12)],
    "some joined": ["t,a", "u,b", "v,a|b", *(f"t{n},a" for n in range(9))],
    "JSON": [f't{n},"[""a"", ""b""]"' for n in range(12)],
    "Python": [f"t{n},\"['a', 'b']\"" for n in range(12)],
    "vectors": [f't{n},"[0, 1, {n % 2}]"' for n in range(12)],
    "objects": [f't{n},"{{""a"": 1, ""b"": 0}}"' for n in range(12)],
    "swapped": [f"{'ab'[n % 2]},t{n}" for n in range(30)],
    "ids": [f"t{n},{n}" for n in range(30)],
}
ANY_NUMBER = {
    "bits": [f"t{n},{n % 2}" for n in range(12)],
    "one each": [f"t{n},{'ab'[n % 2]}" for n in range(12)],
    "swapped": [f"{'ab'[n % 2]},t{n}" for n in range(30)],
    "other marks": [f"t{n},{'a;b' if n % 2 else 'a'}" for n in range(12)],
    "vectors": [f't{n},"[0, 1, {n % 2}]"' for n in range(12)],
    "objects": [f't{n},"{{""a"": 1, ""b"": 0}}"' for n in range(12)],
}


@pytest.mark.parametrize(
    ("trained", "rows"),
    [
        *(
            pytest.param("one", rows, id=f"one, {name}")
            for name, rows in ONE_LABEL.items()
        ),
        *(
            pytest.param("any", rows, id=f"any, {name}")
            for name, rows in ANY_NUMBER.items()
        ),
    ],
)
@pytest.mark.parametrize("column", ["label", "labels", "topic"])
def test_advice_names_options_that_the_command_has(
    trained, rows, column, request, tmp_path
):
    name = "one_label_run" if trained == "one" else "multilabel_run"
    run = request.getfixturevalue(name)
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"text,{column}", *rows, ""]), "utf-8")
    own = {option for one in command.params for option in one.opts}
    for reading in ({}, {"label": column}, {"skip_bad_rows": True, "label": column}):
        told = advice_of(run, path, **reading)
        of_others = re.sub(r"`kerascls fit [^`]*`", "", told)
        assert set(re.findall(r"--[a-z][a-z-]+", of_others)) <= own, told


@pytest.mark.parametrize("name", ["label", "labels"])
def test_rows_with_several_labels_are_told_that_the_classifier_gives_one(
    name, one_label_run, tmp_path
):
    path = tmp_path / "a.jsonl"
    row = {"text": "t", name: ["体育", "财经"]}
    path.write_text(json.dumps(row) + "\n", "utf-8")
    told = advice_of(one_label_run, path, label=name)
    assert "1 row with several labels" in told
    assert "This classifier gives one label to each text" in told
    assert "To score the other rows: `--skip-bad-rows`." in told
    left_out = advice_of(one_label_run, path, label=name, skip_bad_rows=True)
    assert "To score the other rows" not in left_out


def test_a_separator_is_not_wanted_where_a_text_has_one_label(one_label_run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\nt,a;b\n", "utf-8")
    told = advice_of(one_label_run, path, label="label", label_separator=";")
    assert "Leave `--label-separator` out. This classifier gives one label" in told


def test_a_second_text_is_told_without_an_option_that_there_is_not(
    one_label_run, tmp_path
):
    path = tmp_path / "pairs.txt"
    path.write_text("国足\t新车 __label__体育\n", "utf-8")
    told = advice_of(one_label_run, path, label="label", format="fasttext-pair")
    assert "the second text of each line is not read" in told
    assert "--text-pair" not in told


def test_columns_of_pairs_are_named_with_an_option_that_there_is(pair_run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("label,q,r\n体育,国足,新车\n体育,新车,国足\n", "utf-8")
    told = advice_of(pair_run, path)
    assert "with `--text q --text r`" in told and "--text-pair" not in told
    assert "--text" in {option for one in command.params for option in one.opts}
    options = ReadOptions(text=("q", "r"))
    data = read_labelled(open_bundle(pair_run.out), path, options)
    assert data.text_columns == ("q", "r")
