"""Training in rounds, each ended by a validation; the best weights; going on later."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerascls.callbacks import ScoreTable
from kerascls.errors import SettingsError
from kerascls.interrupts import Interrupts
from kerascls.metrics import Scores
from kerascls.optimizers import averaged_weights
from kerascls.settings import TrainSettings
from kerascls.snapshots import put_snapshot, take_snapshot, values
from kerascls.states import State, read_state, write_state


@dataclass(frozen=True)
class Plan:
    """How many steps a training has, and after which of them it is validated.

    Args:
        steps_per_epoch: Steps of one pass over the rows.
        epochs: Passes.
        validate_steps: Steps between validations; None for one after each epoch.
    """

    steps_per_epoch: int
    epochs: int
    validate_steps: int | None = None

    @property
    def num_steps(self) -> int:
        """Steps in all."""
        return self.steps_per_epoch * self.epochs

    @property
    def round_steps(self) -> int:
        """Steps of a round, of which the last may have fewer."""
        return min(self.validate_steps or self.steps_per_epoch, self.num_steps)

    @property
    def num_rounds(self) -> int:
        """Validations in all."""
        return -(-self.num_steps // self.round_steps)

    def ends_round(self, step: int) -> bool:
        """Returns whether validation follows when so many steps are done."""
        return step % self.round_steps == 0 or step == self.num_steps

    def epoch(self, step: int) -> float:
        """Returns how many epochs so many steps are, an int where it is whole."""
        epochs = round(step / self.steps_per_epoch, 3)
        return int(epochs) if epochs == int(epochs) else epochs


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
    ):
        super().__init__()
        self.plan = plan
        self.table = table
        self.train = train
        self.folder = folder
        self.interrupts = interrupts
        self.step = 0
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
        age = self.plan.epoch(self.step) - self.best_epoch
        return age >= self.train.patience_epochs

    def on_train_begin(self, logs=None):
        """Starts the clocks."""
        self._started_s = self._saved_s = time.monotonic()
        self.table.set_model(self.model)
        self.table.on_train_begin()
        if self._restored is not None:
            self._take_up_best(self._restored.facts)

    def on_epoch_begin(self, epoch, logs=None):
        """Goes on with the mean loss of a round that was left in its middle."""
        self._cut = False
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
            self._cut = self.model.stop_training = True
        elif self._time_is_over():
            self.model.stop_training = True
        elif self._save_is_due() or self.interrupts.waiting:
            self.save()
        self.interrupts.release()

    def on_epoch_end(self, epoch, logs=None):
        """Validates, keeps the best weights, and says whether to stop."""
        number = self.plan.epoch(self.step)
        # Callbacks behind this one may stop training; a round's end must not.
        ended = not self._cut or self._time_is_over()
        with averaged_weights(self.model):
            self.table.record(number, logs)
            if self.best_epoch == number:
                self.best_weights = values(self.model.variables)
        self.model.stop_training = ended or self.exhausted
        if self._save_is_due():
            self.save()

    def keep_best_weights(self, model: keras.Model):
        """Gives the model the best weights; there must be some."""
        for variable, array in zip(model.variables, self.best_weights, strict=True):
            variable.assign(array)

    def save(self):
        """Writes a state."""
        started_s = time.monotonic()
        arrays = take_snapshot(self.model)
        for number, array in enumerate(self.best_weights or ()):
            arrays[f"best/{number:05d}"] = array
        best = self.table.best_scores_
        facts = {
            "seconds": self._seconds(),
            "history_bytes": _size(self.table.history_csv),
            "best_epoch": self.best_epoch,
            "best_goal": self.table.best_goal_,
            "best_scores": best and best.to_dict(),
        }
        write_state(self.folder, State(self.step, arrays, facts))
        self._saved_s, self._saved_step = time.monotonic(), self.step
        self.states_written += 1
        self.states_s += self._saved_s - started_s

    def restore(self, model: keras.Model) -> bool:
        """Takes up the newest state; without one, forgets the history.

        Args:
            model: Compiled, its optimiser built, as it was when the state was made.

        Returns:
            Whether there was a state.

        Raises:
            BundleError: When there are states and all are damaged.
            SettingsError: When the state is of another model or training.
        """
        state = read_state(self.folder)
        history_csv = Path(self.table.history_csv)
        if state is None:
            history_csv.unlink(missing_ok=True)
            return False
        put_snapshot(model, state.arrays, ("model", "optimizer"))
        best = sorted(name for name in state.arrays if name.startswith("best/"))
        self.best_weights = [state.arrays[name] for name in best] or None
        self.step = self._saved_step = state.step
        self._restored = state
        _cut_to(history_csv, state.facts["history_bytes"])
        self._take_up_best(state.facts)
        return True

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


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _cut_to(path: Path, num_bytes: int):
    """Takes away what was written to a file after it had so many bytes."""
    if _size(path) < num_bytes:
        raise SettingsError(
            f"Expected at least the {num_bytes} bytes that were there when the state "
            f"was written. Received: {str(path)!r} of {_size(path)} bytes. Put the "
            f"file back, or start the run anew with --overwrite."
        )
    if path.exists():
        os.truncate(path, num_bytes)
