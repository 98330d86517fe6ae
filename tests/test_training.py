"""A run from files to bundle and report, and how it ends when it does not go well."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

import kerascls
from kerascls import training
from kerascls.bundle import open_bundle
from kerascls.callbacks import ScoreTable
from kerascls.errors import BundleError, DataError, SettingsError
from kerascls.predictor import Predictor
from kerascls.report.history import read_history
from kerascls.run_directory import RunDirectory
from kerascls.tokenizer import Tokenizer


def run_file(out):
    return json.loads((out / "run.json").read_text("utf-8"))


def hidden(out):
    return [item.name for item in out.iterdir() if item.name.startswith(".")]


# What a run leaves.


def test_the_run_directory_holds_what_was_promised(multilabel_run):
    assert sorted(item.name for item in multilabel_run.out.iterdir()) == [
        *("bundle", "history.csv", "log.txt"),
        *("report.csv", "report.json", "report.md", "run.json"),
    ]


def test_run_json_says_what_was_done_with_what(multilabel_run, multilabel_files):
    facts = run_file(multilabel_run.out)
    assert (facts["status"], facts["seed"], facts["task"]) == ("done", 42, "multilabel")
    assert facts["settings"]["train"]["epochs"] == 2
    assert facts["settings"]["train"]["weight_decay"] == 0.01
    assert facts["weights"] == str(multilabel_run.options["checkpoint"])
    assert facts["compute"].startswith(("tensorflow", "jax"))
    assert facts["versions"]["keras"]
    assert facts["best_epoch"] == multilabel_run.result.best_epoch
    for name, path in multilabel_files.items():
        assert facts["data"][name]["file"] == str(path)
        assert len(facts["data"][name]["sha256"]) == 64
    assert facts["data"]["train"]["rows"] == 30


def test_the_log_has_what_was_shown(multilabel_run):
    log = (multilabel_run.out / "log.txt").read_text("utf-8")
    assert log == multilabel_run.shown


@pytest.mark.parametrize(
    "line",
    [
        "multilabel, 3 labels, rows: train 30, valid 6, test 6",
        "labels of valid that training lacks (1), scored as misses: 教育 (2 rows)",
        "labels of test that training lacks (2), scored as misses: 健康 (1 row), 教育",
        "train: 18 of 30 rows repeat an earlier row's text",
        "train and test: the same text in 10 rows of train and 4 rows of test",
        "train.csv: 1 empty text kept",
        "weights: ",
        "Epoch 2: loss",
        "test.csv, test part",
    ],
)
def test_people_are_told(multilabel_run, line):
    assert line in multilabel_run.shown


def test_labels_that_look_like_markup_are_shown_as_they_are(multilabel_run):
    assert " [red]军事[/red] " in multilabel_run.shown


def test_there_are_no_bars_and_no_colours_in_a_pipe(multilabel_run):
    assert "\x1b" not in multilabel_run.shown
    assert "Tokenising" not in multilabel_run.shown


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("multilabel", ["[red]军事[/red]", "体育", "汽车", "教育"]),
        ("pair", ["体育", "汽车", "教育"]),
    ],
)
def test_history_has_a_row_per_class_and_epoch_unseen_ones_too(request, kind, labels):
    run = request.getfixturevalue(f"{kind}_run")
    rows = read_history(run.out / "history.csv")
    averages = ["micro avg", "accuracy", "macro avg", "weighted avg"]
    expected = [(str(n), name) for n in (1, 2) for name in (*labels, *averages)]
    assert [(row["epoch"], row["class"]) for row in rows] == expected
    unseen = [row for row in rows if row["class"] == "教育"]
    assert {float(row["recall"]) for row in unseen} == {0.0}
    assert all(int(row["support"]) > 0 for row in unseen)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (
            "multilabel",
            [
                *("[red]军事[/red]", "体育", "汽车", "健康", "教育"),
                *("micro avg", "accuracy", "macro avg", "weighted avg"),
            ],
        ),
        (
            "pair",
            ["体育", "汽车", "健康", "教育", "accuracy", "macro avg", "weighted avg"],
        ),
    ],
)
def test_report_csv_has_the_form_of_a_classification_report(request, kind, rows):
    out = request.getfixturevalue(f"{kind}_run").out
    assert (out / "report.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with open(out / "report.csv", encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == ["class", "precision", "recall", "f1-score", "support"]
    assert [row[0] for row in table[1:]] == rows


def test_the_majority_class_is_shown_beside_the_scores(pair_run):
    assert "Always '体育': accuracy 0.3750" in pair_run.shown
    assert "体育" in (pair_run.out / "report.md").read_text("utf-8")


def test_the_result_can_be_written_as_json(multilabel_run):
    facts = json.loads(json.dumps(multilabel_run.result.to_dict()))
    assert facts["out"] == str(multilabel_run.out)
    assert facts["report"]["unseen"] == {"健康": 1, "教育": 1}


def test_the_bundle_knows_how_texts_become_batches(pair_run):
    bundle = open_bundle(pair_run.out)
    assert bundle.text == {
        "text_columns": ["question", "answer"],
        "label_column": "label",
        "pair": True,
        "do_lower_case": True,
        "max_tokens": 16,
        "truncate": "head",
    }
    assert bundle.train_support == {"体育": 10, "汽车": 9}
    assert bundle.rule.kind == "argmax"


# The same run again.


@pytest.fixture(scope="module")
def second(multilabel_run, train_run, tmp_path_factory):
    """The multi-label run once more, and what happened in which order."""
    events, encoded = [], []
    out = tmp_path_factory.mktemp("runs") / "second"

    def note(name, function):
        def noted(*arguments, **options):
            events.append((name, (out / "bundle" / "manifest.json").is_file()))
            return function(*arguments, **options)

        return noted

    encode_ids = Tokenizer.encode_ids

    def encode(self, texts):
        encoded.extend(texts)
        return encode_ids(self, texts)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("tokenize_parts", "_choose_rule", "write_bundle", "report_on"):
            patch.setattr(training, name, note(name, getattr(training, name)))
        patch.setattr(Predictor, "logits", note("logits", Predictor.logits))
        patch.setattr(Tokenizer, "encode_ids", encode)
        run = train_run(out, **multilabel_run.options)
    return SimpleNamespace(run=run, events=events, encoded=encoded)


def test_the_same_seed_gives_the_same_history(multilabel_run, second):
    first, again = (run.out / "history.csv" for run in (multilabel_run, second.run))
    assert first.read_bytes() == again.read_bytes()


def test_the_same_seed_gives_the_same_weights(multilabel_run, second):
    first, again = (
        open_bundle(run.out).path / "model.safetensors"
        for run in (multilabel_run, second.run)
    )
    assert first.read_bytes() == again.read_bytes()


def test_token_ids_of_an_earlier_run_are_used_again(second):
    assert second.encoded == []


def test_test_is_scored_once_with_the_bundle_after_everything_was_chosen(second):
    assert second.events == [
        ("tokenize_parts", False),
        ("_choose_rule", False),
        ("write_bundle", False),
        ("logits", True),
        ("report_on", True),
    ]


# How a run is asked for.


@pytest.fixture
def stopped(monkeypatch, tmp_path):
    """Calls `fit` up to where Keras would start; gives what it would start with."""
    from kerascls import fitting

    calls = []

    def stop(*arguments):
        calls.append(arguments)
        raise RuntimeError("stop here")

    monkeypatch.setattr(fitting, "fit_weights", stop)
    monkeypatch.chdir(tmp_path)

    def fit(**options):
        with pytest.raises(RuntimeError, match="stop here"):
            kerascls.fit(quiet=True, **options)
        settings, data, start, stores, layout, *_ = calls[-1]
        return SimpleNamespace(
            settings=settings, data=data, start=start, stores=stores, layout=layout
        )

    return fit


def test_a_plain_call_trains_on_a_file(
    stopped, tmp_path, write_csv, tiny_checkpoint, monkeypatch
):
    shutil.copytree(tiny_checkpoint, tmp_path / "weights" / "bert")
    monkeypatch.setenv("KERASCLS_PRETRAINED", str(tmp_path / "weights"))
    rows = [(f"t{n}", "xy"[n % 2]) for n in range(20)]
    path = write_csv(tmp_path / "news.csv", ("text", "kind"), rows)
    call = stopped(train=path, model="bert", task="multilabel", label="kind", epochs=7)
    assert (call.data.task, call.settings.train.epochs) == ("multilabel", 7)
    assert call.start.found.directory == tmp_path / "weights" / "bert"
    assert call.layout.max_tokens == call.settings.model.max_tokens == 40
    assert (tmp_path / "runs" / "bert" / "run.json").is_file()


def test_without_out_every_run_has_a_directory_of_its_own(
    stopped, tmp_path, pair_files, tiny_checkpoint
):
    for _ in range(2):
        stopped(**pair_files, text=["question"], checkpoint=tiny_checkpoint)
    assert sorted(os.listdir(tmp_path / "runs")) == ["tiny 小", "tiny 小-2"]


@pytest.mark.parametrize("pair", [None, "answer"])
def test_a_second_text_is_a_pair_only_when_it_is_called_one(
    stopped, pair_files, tiny_checkpoint, pair
):
    text = ("question",) if pair else ("question", "answer")
    call = stopped(**pair_files, text=text, text_pair=pair, checkpoint=tiny_checkpoint)
    assert call.layout.pair == (pair is not None)
    assert call.stores["test"].num_fields == 2


def test_where_ids_cannot_be_kept_the_run_goes_on_and_says_so(
    stopped, tmp_path, pair_files, tiny_checkpoint, monkeypatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("KERASCLS_CACHE", str(tmp_path / "file"))
    data = {**pair_files, "text": ["answer"], "checkpoint": tiny_checkpoint}
    assert len(stopped(**data, out=tmp_path / "out").stores) == 3
    log = (tmp_path / "out" / "log.txt").read_text("utf-8")
    assert log.count("held in memory and not kept") == 3


def test_a_threshold_for_multiclass_is_an_error(pair_files, tmp_path):
    with pytest.raises(SettingsError, match=r"multilabel only.*threshold=0\.5"):
        training.fit(
            **pair_files, text=["answer"], threshold=0.5, quiet=True, out=tmp_path
        )
    assert os.listdir(tmp_path) == []


# How a run fails.


def test_a_failure_is_recorded_with_its_reason(stopped, tmp_path, tiny_checkpoint):
    stopped(checkpoint=tiny_checkpoint, out=tmp_path / "out")
    facts = run_file(tmp_path / "out")
    assert (facts["status"], facts["error"]) == ("failed", "RuntimeError: stop here")
    with pytest.raises(BundleError, match="status is 'failed'"):
        Predictor.load(tmp_path / "out")


@pytest.mark.parametrize("kind", ["file", "other files", "run"])
def test_a_place_that_is_taken_is_an_error_before_data_are_read(
    tmp_path, monkeypatch, kind
):
    out = tmp_path / "out"
    if kind == "file":
        out.touch()
    elif kind == "other files":
        out.mkdir()
        (out / "thesis.txt").touch()
    else:
        RunDirectory.create(out).finish("done")
    monkeypatch.setattr(training, "load_labelled_text", None)
    with pytest.raises(SettingsError, match="out="):
        training.fit(out=out)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"train": Path("nowhere.csv")}, DataError),
        ({"checkpoint": Path("nowhere")}, kerascls.errors.CheckpointError),
        ({"max_tokens": 600, "model": "bert", "from_scratch": True}, SettingsError),
    ],
)
def test_bad_input_does_not_destroy_the_run_that_would_be_replaced(
    tmp_path, options, error
):
    run = RunDirectory.create(tmp_path / "out")
    run.finish("done")
    (run.path / "bundle").mkdir()
    (run.path / "bundle" / "manifest.json").touch()
    with pytest.raises(error):
        training.fit(out=run.path, overwrite=True, quiet=True, **options)
    assert run_file(run.path)["status"] == "done"
    assert (run.path / "bundle" / "manifest.json").is_file()


def test_bad_input_is_known_before_keras_is_loaded(tmp_path, write_csv):
    write_csv(tmp_path / "one.csv", ("text", "label"), [("a", "x")] * 9)
    write_csv(tmp_path / "bad.csv", ("text", "label"), [("a",), ("b", "x", "y")])
    good = [(f"t{n}", "xy"[n % 2]) for n in range(20)]
    write_csv(tmp_path / "good.csv", ("text", "label"), good)
    code = (
        "import json, sys, kerascls\n"
        "from kerascls.errors import KerasclsError\n"
        "for options in json.loads(sys.argv[1]):\n"
        "    try: kerascls.fit(quiet=True, **options)\n"
        "    except KerasclsError as error: print(type(error).__name__)\n"
        "heavy = 'keras', 'tensorflow', 'jax', 'pandas', 'sklearn', 'matplotlib'\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    options = [
        {"train": "nowhere.csv"},
        {"train": "one.csv"},
        {"train": "bad.csv"},
        {"train": "good.csv", "text": ["title"]},
        {"train": "good.csv", "model": "electra_base"},
        {"train": "good.csv", "epochs": 0},
        {"train": "good.csv", "out": "good.csv"},
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(options)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split("\n") == [
        *["DataError"] * 4,
        *("CheckpointError", "SettingsError", "SettingsError", "[]", ""),
    ], done.stderr


# How a run is interrupted.


@pytest.fixture(scope="module")
def late(multilabel_run, tmp_path_factory):
    """The multi-label run on a terminal, interrupted in the second epoch."""
    out = tmp_path_factory.mktemp("runs") / "late"
    file, weights = io.StringIO(), {}

    def begin(self, epoch, logs=None):
        self.epoch = epoch
        if epoch == 1:
            weights.update(self.model.named_arrays())

    def end_batch(self, batch, logs=None):
        if self.epoch == 1 and batch == 1:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScoreTable, "on_epoch_begin", begin)
        patch.setattr(ScoreTable, "on_train_batch_end", end_batch)
        with pytest.raises(KeyboardInterrupt):
            training.fit(
                **multilabel_run.options | {"threshold": 0.3},
                out=out,
                console=Console(file=file, force_terminal=True, width=100),
            )
    return SimpleNamespace(out=out, shown=file.getvalue(), weights=weights)


def test_after_an_interrupt_the_bundle_has_the_weights_of_the_best_epoch(late):
    from safetensors.numpy import load_file

    written = load_file(late.out / "bundle" / "model.safetensors")
    assert written.keys() == late.weights.keys()
    for name, value in written.items():
        np.testing.assert_array_equal(value, late.weights[name])
    assert Predictor.load(late.out).predict("足球").scores.keys()


def test_after_an_interrupt_the_run_directory_is_valid(late):
    facts = run_file(late.out)
    assert (facts["status"], facts["best_epoch"]) == ("interrupted", 1)
    epochs = {row["epoch"] for row in read_history(late.out / "history.csv")}
    assert epochs == {"1"}
    assert hidden(late.out) == []
    assert not (late.out / "report.csv").exists()
    assert "weights of the best epoch" in late.shown


def test_a_stated_threshold_is_the_rule(late):
    assert open_bundle(late.out).rule.threshold == pytest.approx(0.3)


def test_a_terminal_shows_bars_and_gets_its_cursor_back(late):
    assert "Reading train.csv" in late.shown
    assert "epoch 1/2" in late.shown
    assert late.shown.rfind("\x1b[?25h") > late.shown.rfind("\x1b[?25l")


def test_an_interrupt_in_the_first_epoch_leaves_a_valid_run_without_bundle(
    multilabel_run, train_run, tmp_path, monkeypatch
):
    def end_batch(self, batch, logs=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(ScoreTable, "on_train_batch_end", end_batch)
    with pytest.raises(KeyboardInterrupt):
        train_run(tmp_path / "out", **multilabel_run.options)
    assert run_file(tmp_path / "out")["status"] == "interrupted"
    assert sorted(os.listdir(tmp_path / "out")) == ["log.txt", "run.json"]
    with pytest.raises(BundleError, match="status is 'interrupted'"):
        Predictor.load(tmp_path / "out")


@pytest.mark.slow
def test_ctrl_c_ends_the_command_with_130_and_the_best_epoch(
    multilabel_files, tiny_checkpoint, tmp_path
):
    command = [sys.executable, "-m", "kerascls", "fit", "--out", tmp_path / "out"]
    for name, path in multilabel_files.items():
        command += [f"--{name}", path]
    command += ["--checkpoint", tiny_checkpoint, "--epochs", "10000"]
    command += ["--set", "train.patience_epochs=10000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        history, end = tmp_path / "out" / "history.csv", time.monotonic() + 300
        while time.monotonic() < end:
            # The second epoch is recorded: the first one's weights are kept.
            if history.exists() and "\n2," in history.read_text("utf-8-sig"):
                break
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=300)[1]
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert run_file(tmp_path / "out")["status"] == "interrupted"
    assert Predictor.load(tmp_path / "out").predict("足球").scores


@pytest.mark.slow
def test_the_sample_trains_without_weights_and_says_so(tmp_path, monkeypatch):
    from kerascls import presets

    monkeypatch.setattr(presets, "pretrained_folders", lambda: [tmp_path])
    file = io.StringIO()
    result = kerascls.fit(
        out=tmp_path / "out", epochs=1, max_tokens=32, console=Console(file=file)
    )
    assert "NO PRETRAINED WEIGHTS for albert_small" in file.getvalue()
    assert result.report.scores.rows > 50
    assert Predictor.load(result.out).predict("国足今晚迎战劲旅").scores
