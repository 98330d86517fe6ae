"""Training in rounds, each ended by a validation; the best weights; going on later."""

import os
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics import Scores
from kerascls.settings.training import TrainSettings
from kerascls.system.interrupts import Interrupts
from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.optimizers.fine_tuning import averaged_weights
from kerascls.training.plan import Plan
from kerascls.training.state import (
    State,
    put_snapshot,
    read_state,
    take_snapshot,
    values,
    write_state,
)

# What `stop_training` is when it only ends a round: true, and not somebody else's True.
_ROUND_ENDS = "the round ends"


class Rounds(keras.callbacks.Callback):
    """Makes every Keras epoch one round: some steps, a validation, a choice.

    Goes first, so that callbacks behind it find the scores in `logs`. Training
    stops when the best score is `patience_epochs` old or the time is over; the
    round is scored even then.

    Args:
        plan: The steps.
        table: Validates; knows the best score so far.
        train: Patience, limits, and how often a state is written.
        folder: Where states are written.
        interrupts: Holds back Ctrl-C while a step is computed.
        made_with: What the last digits depend on; states remember it.

    Attributes:
        step: Steps done.
        best_weights: All variables of the model in the best epoch; None before the
            first.
        states_written: How many states this process wrote.
        states_s: Seconds that took.
    """

    def __init__(
        self,
        plan: Plan,
        table: ScoreTable,
        train: TrainSettings,
        folder: Path,
        interrupts: Interrupts,
        made_with: str = "",
    ):
        super().__init__()
        self.plan = plan
        self.table = table
        self.train = train
        self.folder = folder
        self.interrupts = interrupts
        self.made_with = made_with
        self.step = self.best_step = 0
        self.best_weights: list[np.ndarray] | None = None
        self.states_written, self.states_s = 0, 0.0
        self._restored: State | None = None
        self._saved_step = 0

    @property
    def best_epoch(self) -> float | None:
        """Epochs done when the best weights were kept."""
        return self.table.best_epoch_

    @property
    def seconds_before(self) -> float:
        """How long the processes before this one trained."""
        return self._restored.facts["seconds"] if self._restored else 0.0

    @property
    def exhausted(self) -> bool:
        """Whether no step is left, or the best score too old."""
        if self.step >= self.plan.num_steps:
            return True
        if self.best_epoch is None:
            return False
        age = self.step - self.best_step
        return age >= self.train.patience_epochs * self.plan.steps_per_epoch

    def on_train_begin(self, logs=None):
        """Starts the clocks."""
        self._started_s = self._saved_s = time.monotonic()
        self.table.set_model(self.model)
        self.table.on_train_begin()
        if self._restored is not None:
            self._take_up_best(self._restored.facts)

    def on_epoch_begin(self, epoch, logs=None):
        """Goes on with the mean loss of a round that was left in its middle."""
        state = self._restored
        if state and state.step == self.step and not self.plan.ends_round(self.step):
            put_snapshot(self.model, state.arrays, ("metrics",))

    def on_train_batch_begin(self, batch, logs=None):
        """Holds interrupts back until the step is done."""
        self.interrupts.hold()

    def on_train_batch_end(self, batch, logs=None):
        """Counts; ends the round, writes a state, or lets an interrupt through."""
        if (batch + 1) % self.train.accumulate_steps:
            return
        self.step += 1
        if self.plan.ends_round(self.step):
            self.model.stop_training = _ROUND_ENDS
        elif self._time_is_over():
            self.model.stop_training = True
        elif self._save_is_due() or self.interrupts.waiting:
            self.save()
        self.interrupts.release()

    def on_epoch_end(self, epoch, logs=None):
        """Validates, keeps the best weights, and says whether to stop."""
        self.interrupts.release()
        ended = self.model.stop_training is not _ROUND_ENDS or self._time_is_over()
        before = self.table.best_goal_
        with averaged_weights(self.model):
            self.table.record(self.plan.epoch(self.step), logs)
            if self.table.best_goal_ != before:
                self.best_step = self.step
                self.best_weights = values(self.model.variables)
        self.model.stop_training = ended or self.exhausted
        if self._save_is_due():
            self.save()

    def keep_best_weights(self, model: keras.Model):
        """Gives the model the best weights; there must be some."""
        for variable, array in zip(model.variables, self.best_weights, strict=True):
            variable.assign(array)

    def save(self):
        """Writes a state; where that fails, says so and tries again when it is due."""
        started_s = time.monotonic()
        try:
            write_state(self.folder, self._state())
            self.states_written += 1
        except (OSError, SafetensorError) as error:
            self.table.sink(f"NO STATE WRITTEN after step {self.step}: {error}")
        self._saved_s, self._saved_step = time.monotonic(), self.step
        self.states_s += self._saved_s - started_s

    def _state(self) -> State:
        arrays = take_snapshot(self.model)
        for number, array in enumerate(self.best_weights or ()):
            arrays[f"best/{number:05d}"] = array
        best = self.table.best_scores_
        facts = {
            "seconds": self._seconds(),
            "history_bytes": _flushed_size(Path(self.table.history_csv)),
            "made_with": self.made_with,
            "best_step": self.best_step,
            "best_epoch": self.best_epoch,
            "best_goal": self.table.best_goal_,
            "best_scores": best and best.to_dict(),
        }
        return State(self.step, arrays, facts)

    def restore(self, model: keras.Model) -> str:
        """Takes up the newest state; without one, forgets the history.

        Args:
            model: Compiled, its optimiser built, as it was when the state was made.

        Returns:
            A line for people.

        Raises:
            BundleError: When there are states and all are damaged.
            SettingsError: When the state is of another model or training.
        """
        state = read_state(self.folder)
        history_csv = Path(self.table.history_csv)
        if state is None:
            history_csv.unlink(missing_ok=True)
            return "No state was written yet: starting from the beginning."
        put_snapshot(model, state.arrays, ("model", "optimizer"))
        best = sorted(name for name in state.arrays if name.startswith("best/"))
        self.best_weights = [state.arrays[name] for name in best] or None
        self.step = self._saved_step = state.step
        self.best_step = state.facts["best_step"]
        self._restored = state
        _cut_to(history_csv, state.facts["history_bytes"])
        self._take_up_best(state.facts)
        line = f"going on after step {self.step} of {self.plan.num_steps}"
        made_with = state.facts["made_with"]
        if made_with != self.made_with:
            line += f"\nNOT EXACTLY: the state was made with {made_with}"
        return line

    def _take_up_best(self, facts: dict[str, Any]):
        table = self.table
        table.best_epoch_, table.best_goal_ = facts["best_epoch"], facts["best_goal"]
        scores = facts["best_scores"]
        table.best_scores_ = scores and Scores.from_dict(scores)

    def _seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self._started_s

    def _time_is_over(self) -> bool:
        limit = self.train.max_minutes
        return limit is not None and self._seconds() > 60 * limit

    def _save_is_due(self) -> bool:
        steps = self.train.save_steps
        if steps is not None and self.step - self._saved_step >= steps:
            return True
        return time.monotonic() - self._saved_s > 60 * self.train.save_minutes


def _flushed_size(path: Path) -> int:
    """Returns the size of a file that is on the disk, not only in memory."""
    if not path.exists():
        return 0
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
        return file.seek(0, os.SEEK_END)


def _cut_to(path: Path, num_bytes: int):
    """Takes away what was written to a file after it had so many bytes."""
    found = path.stat().st_size if path.exists() else 0
    if found < num_bytes:
        raise SettingsError(
            f"Expected at least the {num_bytes} bytes that were there when the state "
            f"was written. Received: {str(path)!r} of {found} bytes. Put the "
            f"file back, or start the run anew with --overwrite."
        )
    if path.exists():
        os.truncate(path, num_bytes)
