"""Runs in TensorBoard, MLflow and Weights & Biases; both of these made up, or real."""

import json
import os
import sqlite3
import sys
from types import ModuleType, SimpleNamespace

import keras
import numpy as np
import pytest

from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.tracking.runs import close_trackers, trackers

SETTINGS = {"train": {"epochs": 3, "max_minutes": None}, "data": {"train": "a.csv"}}
MODEL = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.25))
LOGS = {"loss": 0.5, "val_loss": 0.75, "val_macro_f1": 0.625}
ROUND = {"epochs": 2.5, "steps": 1250}


class Vendor(keras.callbacks.Callback):
    """Stands for a tracker's own callback; keeps at which epoch it was called."""

    def __init__(self):
        super().__init__()
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)
        self.logs = logs


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    others = dict(os.environ)
    for name in os.environ:
        if name.startswith(("MLFLOW_", "WANDB_")):
            del others[name]
    monkeypatch.setattr(os, "environ", others)


def tracked(*names, out, **options):
    return trackers(names, out, "tiny 小", options.get("settings", SETTINGS))


def end(callbacks):
    for callback in callbacks:
        callback.on_train_end({})


# MLflow, made up.


@pytest.fixture
def mlflow(monkeypatch):
    """Keeps the calls of what a run needs, and which run is open."""
    calls = []

    def call(name, answer=None):
        def called(*arguments, **options):
            calls.append((name, *arguments, *options.values()))
            return answer

        return called

    run = SimpleNamespace(info=SimpleNamespace(run_id="run-1"))
    names = ("set_tracking_uri", "flush_async_logging", "end_run", "log_params")
    module = ModuleType("mlflow")
    vars(module).update({name: call(name) for name in names})
    module.start_run = call("start_run", run)
    module.create_experiment = call("create_experiment", "7")
    module.get_experiment_by_name = lambda title: None
    module.active_run = lambda: None
    module.keras = SimpleNamespace(MlflowCallback=Vendor)
    module.calls = calls
    monkeypatch.setitem(sys.modules, "mlflow", module)
    return module


def test_mlflow_writes_into_the_run_directory_and_nowhere_else(mlflow, tmp_path):
    end(tracked("mlflow", out=tmp_path))
    folder = tmp_path / "mlflow"
    assert mlflow.calls == [
        ("set_tracking_uri", f"sqlite:///{folder}/mlflow.db"),
        ("create_experiment", "kerascls", (folder / "artifacts").as_uri()),
        ("start_run", "tiny 小", "7", False),
        ("log_params", {"train.epochs": "3", "data.train": "a.csv"}),
        ("flush_async_logging",),
        ("end_run", "FINISHED"),
        ("set_tracking_uri", None),
    ]
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_mlflow_uses_the_server_that_was_named(mlflow, tmp_path):
    os.environ["MLFLOW_TRACKING_URI"] = "http://server"
    end(tracked("mlflow", out=tmp_path))
    called = [name for name, *_ in mlflow.calls]
    assert called == ["start_run", "log_params", "flush_async_logging", "end_run"]
    assert ("start_run", "tiny 小", None, False) in mlflow.calls


def test_mlflow_goes_on_with_the_run_of_an_earlier_process(mlflow, tmp_path):
    close_trackers(tracked("mlflow", out=tmp_path))
    assert ("end_run", "KILLED") in mlflow.calls
    mlflow.calls.clear()
    tracked("mlflow", out=tmp_path)
    assert mlflow.calls[1:] == [("start_run", "run-1", False)]


def test_mlflow_begins_anew_on_another_server(mlflow, tmp_path):
    end(tracked("mlflow", out=tmp_path))
    os.environ["MLFLOW_TRACKING_URI"] = "http://server"
    tracked("mlflow", out=tmp_path)
    assert ("start_run", "tiny 小", None, False) in mlflow.calls


def test_mlflow_counts_steps_where_validation_is_within_epochs(mlflow, tmp_path):
    callback, _ = tracked("mlflow", out=tmp_path)
    callback.on_epoch_end(1, LOGS)
    callback.on_epoch_end(1, LOGS | ROUND)
    assert callback.epochs == [1, 1250]


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("体育", "体育"),
        ("50%", "50_"),
        ("智能(驾驶)", "智能_驾驶_"),
        ("a/../b", "a_.._b"),
        ("x" * 300, "x" * 243),
    ],
)
def test_mlflow_gets_names_that_it_takes(mlflow, tmp_path, label, written):
    callback, _ = tracked("mlflow", out=tmp_path)
    callback.on_epoch_end(1, LOGS | {f"val_f1:{label}": 0.5})
    assert callback.logs[f"val_f1:{written}"] == 0.5


def test_a_run_that_is_open_is_not_ended(mlflow, tmp_path):
    mlflow.active_run = lambda: "somebody's"
    tracked("mlflow", out=tmp_path)
    assert ("start_run", "tiny 小", "7", True) in mlflow.calls


def test_a_run_that_cannot_start_leaves_no_trace(mlflow, tmp_path, monkeypatch):
    monkeypatch.setattr(mlflow, "start_run", lambda **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tracked("mlflow", out=tmp_path)
    assert mlflow.calls[-1] == ("set_tracking_uri", None)


def test_a_run_ends_once(mlflow, tmp_path):
    callbacks = tracked("mlflow", out=tmp_path)
    end(callbacks)
    close_trackers(callbacks)
    assert [one for one in mlflow.calls if one[0] == "end_run"] == [
        ("end_run", "FINISHED")
    ]


# Weights & Biases, made up.


@pytest.fixture
def wandb(monkeypatch):
    """Keeps how runs were started and ended."""
    module = ModuleType("wandb")
    module.started, module.ended = [], []

    def init(**options):
        module.started.append(SimpleNamespace(**options))
        return SimpleNamespace(finish=lambda exit_code: module.ended.append(exit_code))

    module.init, module.Settings = init, dict
    integration = ModuleType("wandb.integration.keras")
    integration.WandbMetricsLogger = Vendor
    monkeypatch.setitem(sys.modules, "wandb", module)
    monkeypatch.setitem(sys.modules, "wandb.integration", ModuleType("integration"))
    monkeypatch.setitem(sys.modules, "wandb.integration.keras", integration)
    return module


def test_wandb_is_offline_and_writes_into_the_run_directory(wandb, tmp_path):
    end(tracked("wandb", out=tmp_path))
    (run,) = wandb.started
    assert (run.mode, run.dir, run.name) == ("offline", str(tmp_path), "tiny 小")
    assert run.config == SETTINGS
    assert os.environ["WANDB_ERROR_REPORTING"] == "false"
    assert wandb.ended == [0]


def test_wandb_is_online_where_the_user_says_so(wandb, tmp_path):
    os.environ["WANDB_MODE"] = "online"
    tracked("wandb", out=tmp_path)
    assert wandb.started[0].mode == "online"
    assert "WANDB_ERROR_REPORTING" not in os.environ


def test_wandb_goes_on_with_the_run_of_an_earlier_process(wandb, tmp_path):
    close_trackers(tracked("wandb", out=tmp_path))
    tracked("wandb", out=tmp_path)
    first, second = wandb.started
    assert first.id == second.id
    assert (second.resume, wandb.ended) == ("allow", [1])


def test_wandb_finds_the_learning_rate_on_every_backend(wandb, tmp_path):
    callback, _ = tracked("wandb", out=tmp_path)
    callback.set_model(MODEL)
    assert callback._get_lr() == 0.25


def test_wandb_counts_parts_of_epochs_where_validation_is_within_them(wandb, tmp_path):
    callback, _ = tracked("wandb", out=tmp_path)
    callback.on_epoch_end(1, LOGS)
    callback.on_epoch_end(1, LOGS | ROUND)
    assert callback.epochs == [1, 2.5]


# Several.


def test_each_name_counts_once_in_its_order(mlflow, wandb, tmp_path):
    names = ("wandb", "tensorboard", "wandb")
    assert len(tracked(*names, out=tmp_path)) == 3
    assert len(wandb.started) == 1


def test_no_run_stays_open_when_another_cannot_start(
    mlflow, wandb, tmp_path, monkeypatch
):
    monkeypatch.setattr(wandb, "init", lambda **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tracked("mlflow", "wandb", out=tmp_path)
    assert ("end_run", "KILLED") in mlflow.calls


def test_without_names_there_is_nothing(tmp_path):
    assert tracked(out=tmp_path) == []
    assert list(tmp_path.iterdir()) == []


# The real ones.


def train_tiny(out, name, epochs, initial_epoch=0):
    random = np.random.default_rng(0)
    x = random.normal(size=(20, 4)).astype("float32")
    y = (x[:, :2] > 0).astype("float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    table = ScoreTable((x, y), ["a", "b"], "multilabel", sink=str)
    tracking = tracked(name, out=out)
    options = {"epochs": epochs, "initial_epoch": initial_epoch, "verbose": 0}
    model.fit(x, y, callbacks=[table, *tracking], **options)
    return table.scores_.macro.f1


@pytest.mark.slow
def test_real_mlflow_has_the_scores_of_a_run_and_its_continuation(tmp_path):
    pytest.importorskip("mlflow", reason="mlflow is an extra that is not installed")
    train_tiny(tmp_path, "mlflow", 1)
    score = train_tiny(tmp_path, "mlflow", 2, initial_epoch=1)
    with sqlite3.connect(tmp_path / "mlflow" / "mlflow.db") as database:
        query = "select step, value from metrics where key = 'val_macro_f1'"
        found = sorted(database.execute(query))
        runs = list(database.execute("select name, status from runs"))
        params = dict(database.execute("select key, value from params"))
    assert [step for step, _ in found] == [0, 1]
    assert found[1][1] == pytest.approx(score)
    assert runs == [("tiny 小", "FINISHED")]
    assert params["train.epochs"] == "3"
    assert not (tmp_path / "mlruns").exists()


@pytest.mark.slow
def test_real_wandb_has_the_scores_of_a_run(tmp_path):
    pytest.importorskip("wandb", reason="wandb is an extra that is not installed")
    score = train_tiny(tmp_path, "wandb", 1)
    (path,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    written = path.read_bytes()
    assert b"epoch/val_macro_f1" in written
    assert json.dumps(score).encode() in written
