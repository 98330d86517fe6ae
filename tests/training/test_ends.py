"""How a run ends when its input is bad, it fails, or somebody interrupts it."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from rich.console import Console
from safetensors import SafetensorError

import kerascls
from kerascls.errors import (
    BundleError,
    DataError,
    DiskFullError,
    NotFiniteError,
    SettingsError,
)
from kerascls.evaluation.reports.history import read_history
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.training import fit as training
from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.run_directory import RunDirectory


def run_file(out):
    return json.loads((out / "run.json").read_text("utf-8"))


def hidden(out):
    return [item.name for item in out.iterdir() if item.name.startswith(".")]


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
    monkeypatch.setattr("kerascls.training.job.load_labelled_text", None)
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
        "from kerascls.models import presets\n"
        "from kerascls.errors import KerasclsError\n"
        "presets.pretrained_folders = list\n"
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


class CtrlC(keras.callbacks.Callback):
    """Interrupts an epoch after its second step; keeps the weights at its start."""

    def __init__(self, epoch):
        super().__init__()
        self.wanted = epoch
        self.weights = None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if epoch == self.wanted:
            self.weights = self.model.named_arrays()

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == self.wanted and batch == 1:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def late(multilabel_run, tmp_path_factory):
    """The multi-label run on a terminal, interrupted in the second epoch."""
    out = tmp_path_factory.mktemp("runs") / "late"
    file, ctrl_c = io.StringIO(), CtrlC(epoch=1)
    with pytest.raises(KeyboardInterrupt, match=f"fit --resume --out {out}"):
        training.fit(
            **multilabel_run.options | {"threshold": 0.3},
            out=out,
            callbacks=[ctrl_c],
            console=Console(file=file, force_terminal=True, width=100),
        )
    return SimpleNamespace(out=out, shown=file.getvalue(), weights=ctrl_c.weights)


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
    assert "weights of the best epoch" in " ".join(late.shown.split())


def test_a_stated_threshold_is_the_rule(late):
    assert open_bundle(late.out).rule.threshold == pytest.approx(0.3)


def test_a_terminal_shows_bars_and_gets_its_cursor_back(late):
    assert "Reading train.csv" in late.shown
    assert "epoch 1/2" in late.shown
    assert late.shown.rfind("\x1b[?25h") > late.shown.rfind("\x1b[?25l")


def test_an_interrupt_in_the_first_epoch_leaves_a_valid_run_without_bundle(
    multilabel_run, train_run, tmp_path
):
    with pytest.raises(KeyboardInterrupt):
        options = multilabel_run.options | {"callbacks": [CtrlC(epoch=0)]}
        train_run(tmp_path / "out", **options)
    assert run_file(tmp_path / "out")["status"] == "interrupted"
    assert sorted(os.listdir(tmp_path / "out")) == ["log.txt", "run.json"]
    with pytest.raises(BundleError, match="status is 'interrupted'"):
        Predictor.load(tmp_path / "out")


@pytest.mark.slow
def test_a_training_that_diverges_ends_with_its_best_epoch(
    multilabel_run, train_run, tmp_path, monkeypatch
):
    validate = ScoreTable.validate

    def diverging(self):
        if self.best_epoch_ is not None:
            raise NotFiniteError("NaN in 3 of 3 rows.")
        return validate(self)

    monkeypatch.setattr(ScoreTable, "validate", diverging)
    train_run(tmp_path / "out", **multilabel_run.options)
    facts = run_file(tmp_path / "out")
    assert (facts["status"], facts["best_epoch"]) == ("done", 1)
    assert "DIVERGED" in (tmp_path / "out" / "log.txt").read_text("utf-8")
    assert (tmp_path / "out" / "report.csv").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_or_a_stop_ends_the_command_with_130_and_the_best_epoch(
    sent, multilabel_files, tiny_checkpoint, tmp_path
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
        process.send_signal(sent)
        errors = process.communicate(timeout=300)[1]
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert run_file(tmp_path / "out")["status"] == "interrupted"
    assert Predictor.load(tmp_path / "out").predict("足球").scores


def test_what_is_refused_after_all_checks_leaves_nothing(
    tmp_path, tiny_checkpoint, monkeypatch
):
    def refuse(*arguments):
        raise SettingsError("no")

    monkeypatch.setattr("kerascls.training.trainer.fit_weights", refuse)
    with pytest.raises(SettingsError, match="^no$"):
        kerascls.fit(checkpoint=tiny_checkpoint, out=tmp_path / "out", quiet=True)
    assert not (tmp_path / "out").exists()


def test_what_the_model_refuses_leaves_the_run_that_would_be_replaced(
    tmp_path, tiny_checkpoint, multilabel_files
):
    out = tmp_path / "out"
    RunDirectory.create(out).finish("done", mark=1)
    (out / "plots").mkdir()
    (out / "plots" / "scores.png").touch()
    options = {**multilabel_files, "checkpoint": tiny_checkpoint, "quiet": True}
    with pytest.raises(SettingsError, match="freeze_layers=9"):
        kerascls.fit(out=out, overwrite=True, freeze_layers=9, **options)
    assert run_file(out)["mark"] == 1
    assert (out / "plots" / "scores.png").is_file()
    assert hidden(out) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_what_ends_before_it_trained_leaves_the_run_that_would_be_replaced(
    tmp_path, tiny_checkpoint, monkeypatch, error
):
    def fail(*arguments):
        raise error

    monkeypatch.setattr("kerascls.training.trainer.fit_weights", fail)
    out = tmp_path / "out"
    RunDirectory.create(out).finish("done", mark=1)
    with pytest.raises(error):
        kerascls.fit(
            checkpoint=tiny_checkpoint,
            out=out,
            overwrite=True,
            quiet=True,
            baseline=False,
        )
    assert run_file(out)["mark"] == 1


def test_devices_that_there_are_not_are_refused_before_a_run_is_replaced(
    tmp_path, tiny_checkpoint
):
    out = tmp_path / "out"
    RunDirectory.create(out).finish("done", mark=1)
    options = {"checkpoint": tiny_checkpoint, "devices": 99, "quiet": True}
    with pytest.raises(SettingsError, match="devices=99"):
        kerascls.fit(out=out, overwrite=True, **options)
    assert run_file(out)["mark"] == 1
    with pytest.raises(SettingsError, match="devices=99"):
        kerascls.fit_seeds(seeds=2, out=tmp_path / "seeds", **options)
    assert not (tmp_path / "seeds").exists()
    with pytest.raises(SettingsError, match="devices=99"):
        kerascls.search(out=tmp_path / "search", **options)
    assert not (tmp_path / "search").exists()


NO_ROOM = SafetensorError("I/O error: No space left on device (os error 28)")


def test_a_disk_that_is_full_at_the_end_leaves_no_bundle_and_a_way_on(
    tmp_path, tiny_checkpoint, multilabel_files, monkeypatch, train_run
):
    def fail(*arguments, **options):
        raise NO_ROOM

    options = {**multilabel_files, "save_steps": 1, "quiet": True, "epochs": 1}
    options |= {"checkpoint": tiny_checkpoint, "max_tokens": 16, "batch_size": 16}
    options |= {"baseline": False}
    with monkeypatch.context() as patch:
        patch.setattr("kerascls.inference.runtimes.keras_runtime.save_file", fail)
        with pytest.raises(DiskFullError, match="bundle': .*fit --resume --out"):
            kerascls.fit(out=tmp_path / "out", **options)
    assert run_file(tmp_path / "out")["status"] == "failed"
    assert not (tmp_path / "out" / "bundle").exists()
    assert hidden(tmp_path / "out") == []
    kerascls.fit(out=tmp_path / "out", resume=True, quiet=True)
    assert run_file(tmp_path / "out")["status"] == "done"


def test_a_disk_that_is_full_before_anything_is_written_leaves_nothing(
    tmp_path, monkeypatch
):
    def fail(path, value):
        raise DiskFullError("full")

    monkeypatch.setattr("kerascls.training.run_directory.write_json", fail)
    with pytest.raises(DiskFullError):
        RunDirectory.create(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
