"""What `train.track` starts and ends, with runs of MLflow and Weights & Biases."""

import json
import os
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import keras

from kerascls.settings.training import TRACKERS
from kerascls.system.files import write_json
from kerascls.system.tables import named
from kerascls.training.resume import flat
from kerascls.training.tracking.tensorboard import EpochTensorBoard, learning_rate

PROJECT = "kerascls"


class RunEnd(keras.callbacks.Callback):
    """Calls `end` once with whether training came to its end."""

    def __init__(self, end: Callable[[bool], None]) -> None:
        super().__init__()
        self._end: Callable[[bool], None] | None = end

    def on_train_end(self, logs: dict | None = None) -> None:
        """Ends it as finished."""
        self._finish(True)

    def close(self) -> None:
        """Ends it as broken off, unless training came to its end."""
        self._finish(False)

    def _finish(self, finished: bool) -> None:
        end, self._end = self._end, None
        if end is not None:
            end(finished)


def trackers(
    names: Sequence[str], out: Path, name: str, settings: dict[str, Any]
) -> list[keras.callbacks.Callback]:
    """Starts what `train.track` names; the callbacks record every epoch.

    They go behind `ScoreTable`, whose scores they find in `logs`. Where `logs` has
    `epochs` and `steps`, Keras's epoch is a round between validations: TensorBoard
    and MLflow then count steps, Weights & Biases parts of epochs. Files are written
    to `out/tensorboard`, `out/mlflow` and `out/wandb`, and a later process that goes
    on with the run adds to the same records. Nothing is sent anywhere unless
    `MLFLOW_TRACKING_URI` or `WANDB_MODE` says so.

    Args:
        names: Any of `kerascls.settings.training.TRACKERS`.
        out: The run directory.
        name: How the run is called there.
        settings: All settings by group, to be shown beside the scores.

    Returns:
        The callbacks. Keras does not tell them that a training was interrupted, so
        call `close_trackers` in a `finally` around `fit`.
    """
    callbacks: list[keras.callbacks.Callback] = []
    try:
        for tracker in dict.fromkeys(names):
            folder = Path(out).absolute() / tracker
            callbacks += named(TRACKERS[tracker])(folder, name, settings)
    except BaseException:
        close_trackers(callbacks)
        raise
    return callbacks


def close_trackers(callbacks: Iterable[keras.callbacks.Callback]) -> None:
    """Ends the runs that `trackers` started, those that are still open."""
    for callback in callbacks:
        if isinstance(callback, RunEnd):
            callback.close()


def start_tensorboard(folder: Path, name: str, settings: dict) -> list:
    """Returns what writes for TensorBoard."""
    return [EpochTensorBoard(folder)]


def start_mlflow(folder: Path, name: str, settings: dict) -> list:
    """Starts a run of MLflow, or goes on with it."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    import mlflow

    # Also set by `mlflow.set_tracking_uri`, ours below included.
    server = os.environ.get("MLFLOW_TRACKING_URI")
    folder.mkdir(parents=True, exist_ok=True)
    if server is None:
        mlflow.set_tracking_uri(f"sqlite:///{(folder / 'mlflow.db').as_posix()}")

    def forget_server() -> None:
        if server is None:
            mlflow.set_tracking_uri(None)

    def end(finished: bool) -> None:
        try:
            mlflow.flush_async_logging()
            mlflow.end_run("FINISHED" if finished else "KILLED")
        finally:
            forget_server()

    try:
        _start_mlflow_run(mlflow, folder, name, settings, server)
    except BaseException:
        forget_server()
        raise
    return [_mlflow_callback(mlflow), RunEnd(end)]


def _mlflow_callback(mlflow: Any) -> keras.callbacks.Callback:
    class StepLogger(mlflow.keras.MlflowCallback):
        """Counts steps, which are whole numbers; writes names that MLflow takes."""

        async_safe = True  # it does nothing after a batch

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            logs = logs or {}
            named_as_allowed = {mlflow_name(name): v for name, v in logs.items()}
            super().on_epoch_end(logs.get("steps", epoch), named_as_allowed)

    return StepLogger()


def mlflow_name(name: str) -> str:
    """Returns a metric's name as MLflow 3.17 takes it: labels may have any characters.

    It refuses most punctuation, what a path could not be, and over 250 characters.
    """
    return re.sub(r"[^\w :.-]", "_", name)[:250]


def _start_mlflow_run(
    mlflow: Any, folder: Path, name: str, settings: dict, server: str | None
) -> None:
    record = folder / "run.json"
    known = _read_json(record)
    nested = mlflow.active_run() is not None  # the caller's own
    if known.get("server", "") == server:
        mlflow.start_run(run_id=known["run_id"], nested=nested)
        return
    experiment = None if server else _local_experiment(mlflow, folder)
    run = mlflow.start_run(run_name=name, experiment_id=experiment, nested=nested)
    stated = {key: str(v) for key, v in flat(settings).items() if v is not None}
    mlflow.log_params(stated)
    write_json(record, {"server": server, "run_id": run.info.run_id})


def _local_experiment(mlflow: Any, folder: Path) -> str:
    title = os.environ.get("MLFLOW_EXPERIMENT_NAME", PROJECT)
    if experiment := mlflow.get_experiment_by_name(title):
        return experiment.experiment_id
    artifacts = (folder / "artifacts").as_uri()
    return mlflow.create_experiment(title, artifact_location=artifacts)


def start_wandb(folder: Path, name: str, settings: dict) -> list:
    """Starts a run of Weights & Biases, or goes on with it."""
    mode = os.environ.get("WANDB_MODE", "offline")
    if mode == "offline":
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "run.json"
    run_id = _read_json(record).get("run_id", uuid.uuid4().hex[:12])
    write_json(record, {"run_id": run_id})
    run = wandb.init(
        project=os.environ.get("WANDB_PROJECT", PROJECT),
        dir=str(folder.parent),
        id=run_id,
        name=name,
        config=settings,
        mode=mode,
        resume="allow",
        reinit="finish_previous",
        settings=wandb.Settings(silent=True, console="off"),
    )
    ending = RunEnd(lambda finished: run.finish(exit_code=0 if finished else 1))
    return [_wandb_callback(), ending]


def _wandb_callback() -> keras.callbacks.Callback:
    from wandb.integration.keras import WandbMetricsLogger

    class EpochLogger(WandbMetricsLogger):
        """Knows parts of epochs, and the learning rate on every backend."""

        async_safe = True  # it counts batches, no more

        def on_epoch_end(self, epoch: float, logs: dict | None = None) -> None:
            super().on_epoch_end((logs or {}).get("epochs", epoch), logs)

        def _get_lr(self) -> float:
            return learning_rate(self.model)

    return EpochLogger()


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
