"""`kerascls predict` finds its texts and shows labels."""

import json
import shlex
import sys
from types import SimpleNamespace

import pytest

from kerascls.cli import export, predict
from kerascls.data.readers import FORMATS


class FakePredictor:
    def __init__(self, bundle):
        pass

    def predict(self, texts, rule=None):
        labels = {"none": ()}
        return [
            SimpleNamespace(labels=labels.get(text, ("体育", "a|b")), scores=SCORES)
            for text in texts
        ]


SCORES = {"体育": 0.75, "a|b": 0.5, "军事": 0.125}


@pytest.fixture
def fake(replace, monkeypatch) -> None:
    """Puts a classifier of single texts in the place of whatever is asked for."""
    spec = SimpleNamespace(text_columns=("text",))
    bundle = SimpleNamespace(input_spec=spec)
    monkeypatch.setattr("kerascls.inference.bundle.open_bundle", lambda _: bundle)
    replace(Predictor=FakePredictor)


@pytest.fixture
def files(replace) -> list:
    calls = []

    def predict_file(*arguments, **options):
        calls.append((arguments, options))
        return 1

    replace(predict=predict_file)
    return calls


def test_texts_are_shown_with_labels_and_scores(run, fake, tmp_path):
    outcome = run("predict", tmp_path, "国足", "none", "--", "-x")
    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines() == [
        "体育|a\\|b\t0.750|0.500\t国足",
        "-\t0.750\tnone",
        "体育|a\\|b\t0.750|0.500\t-x",
    ]


def test_files_are_handed_over(run, files, tmp_path):
    outcome = run(
        *("predict", tmp_path, "--input", "a.csv", "--output", "b.csv"),
        *("--text", "title", "--text", "content", "--encoding", "gb18030"),
    )
    assert outcome.code == 0, outcome.err
    ((arguments, options),) = files
    assert arguments == (tmp_path, "a.csv", "b.csv")
    assert outcome.err == "Written: b.csv, 1 row.\n"
    options.pop("on_note")("a.csv: told")
    assert options == {
        "text": ("title", "content"),
        "encoding": "gb18030",
        "on_progress": None,
    }


def test_a_pipe_is_read_when_nothing_is_named(run, files, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False))
    run("predict", tmp_path)
    assert files[0][0] == (tmp_path, "-", "-")


def test_a_terminal_is_not_waited_for(run, files, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    outcome = run("predict", tmp_path)
    assert (outcome.code, files) == (2, [])


def test_texts_and_files_exclude_each_other(run, files, tmp_path):
    outcome = run("predict", tmp_path, "text", "--input", "a.csv")
    assert (outcome.code, files) == (2, [])


def test_a_missing_directory_exits_with_2(run):
    assert run("predict", "nowhere", "text").code == 2


@pytest.mark.parametrize(
    ("command", "name"), [(predict.predict, "format"), (export.export, "input_format")]
)
def test_all_formats_are_offered(command, name):
    (option,) = [one for one in command.params if one.name == name]
    assert list(option.type.choices) == list(FORMATS)


def test_texts_are_json_lines_if_asked_for(run, fake, tmp_path):
    outcome = run("predict", tmp_path, "国足", "none", "--json")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["text"] for row in rows] == ["国足", "none"]
    assert [row["labels"] for row in rows] == [["体育", "a|b"], []]
    assert rows[0]["scores"] == SCORES


def test_json_of_a_file_is_for_the_screen(run, files, tmp_path):
    assert run("predict", tmp_path, "--input", "a.csv", "--json").code == 0
    assert files[0][0] == (tmp_path, "a.csv", "-")
    assert files[0][1]["output_format"] == "jsonl"
    assert run("predict", tmp_path, "--output", "b.csv", "--json").code == 2


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("--top-k", 2), "top_k"),
        (("--threshold", 0.5), "threshold"),
        (("--mass", 0.5), "cumulative"),
        (("--min-labels", 1), "threshold"),
    ],
)
def test_a_rule_for_this_call_is_handed_over(run, files, multilabel_run, options, kind):
    run("predict", multilabel_run.out, "--input", "a.csv", *options)
    assert files[0][1]["rule"].kind == kind


def test_a_rule_that_contradicts_itself_or_the_task_exits_with_2(run, files, pair_run):
    both = run("predict", pair_run.out, "--input", "-", "--top-k", 2, "--mass", 0.5)
    wrong = run("predict", pair_run.out, "--input", "-", "--threshold", 0.5)
    assert (both.code, wrong.code, files) == (2, 2, [])
    assert "exclude each other" in both.err
    assert "multilabel only" in wrong.err


@pytest.mark.parametrize(
    "text", ["新闻.csv", "data/a b.csv", "data", "./data", "*.csv"]
)
def test_the_name_of_a_file_is_no_text(run, fake, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for name in ("新闻.csv", "data/a b.csv"):
        (tmp_path / name).touch()
    outcome = run("predict", tmp_path, "国足", text)
    if text == "data":  # a word, whatever folders are here
        assert outcome.code == 0, outcome.err
        return
    told = " ".join(outcome.err.split())
    assert (outcome.code, outcome.out) == (2, "")
    line = shlex.join(["kerascls", "predict", str(tmp_path)])
    assert f"{line} --input {shlex.quote(text)}. For the name itself" in told
    assert f"printf '%s\\n' {shlex.quote(text)} | {line}." in told


@pytest.mark.parametrize(
    "text", ["", ".", "*", "好?", "a?", "**重要** 1.5", "a" * 5000, "a/" * 3000, "x\0"]
)
def test_texts_that_could_be_patterns_are_texts(run, fake, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ab").touch()
    assert run("predict", tmp_path, text).code == 0


def test_one_text_is_refused_where_rows_of_two_are_read(
    run, pair_run, tmp_path, monkeypatch
):
    table = tmp_path / "a b.csv"
    table.write_text("question,answer\n国足,新车\n", "utf-8")

    def load(*_):
        raise AssertionError("the model was loaded")

    with monkeypatch.context() as patch:
        patch.setattr("kerascls.inference.predictor.open_runtime", load)
        outcome = run("predict", pair_run.out, "国足 新车")
    assert outcome.code == 2
    assert 'a table with the columns "question", "answer"' in outcome.err
    line = outcome.err.split("and give that: ")[1].strip().removesuffix(".")
    words = shlex.split(line.replace("FILE", shlex.quote(str(table))))
    assert run(*words[1:]).code == 0
