"""Training in rounds of some steps, each ended by a validation."""

import keras
import numpy as np

from kerascls.system.interrupts import Interrupts
from kerascls.training.callbacks.best_weights import BestWeights
from kerascls.training.callbacks.early_stopping import EarlyStopping
from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.callbacks.state_saving import StateSaving
from kerascls.training.optimizers.fine_tuning import averaged_weights
from kerascls.training.plan import Plan
from kerascls.training.state import put_snapshot

# What `stop_training` is when it only ends a round: true, and not somebody else's True.
_ROUND_ENDS = "the round ends"


class Rounds(keras.callbacks.Callback):
    """Makes every Keras epoch one round: some steps, a validation, a choice.

    Goes first, so that callbacks behind it find the scores in `logs`. Where rounds
    are not epochs, `logs` also has `epochs` and `steps`, those done.

    A step has `accumulate_steps` of Keras's batches; `step` counts those done. A round
    that is stopped within is scored all the same.
    """

    def __init__(
        self,
        plan: Plan,
        table: ScoreTable,
        stopping: EarlyStopping,
        saving: StateSaving,
        interrupts: Interrupts,
        accumulate_steps: int = 1,
    ) -> None:
        super().__init__()
        self.plan = plan
        self.table = table
        self.stopping = stopping
        self.saving = saving
        self.interrupts = interrupts
        self.accumulate_steps = accumulate_steps
        self.step = 0
        self.best = BestWeights()
        self._restored: dict[str, np.ndarray] | None = None

    @property
    def exhausted(self) -> bool:
        """Whether no step is left, or the best score too old."""
        return self.stopping.is_exhausted(self.step, self.best.step)

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Starts the clocks."""
        self.table.set_model(self.model)
        self.stopping.start()
        self.saving.start()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Goes on with the mean loss of a round that was left in its middle."""
        arrays, self._restored = self._restored, None
        if arrays is not None and not self.plan.ends_round(self.step):
            put_snapshot(self.model, arrays, ("metrics",))

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Holds interrupts back until the step is done."""
        self.interrupts.hold()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Counts; ends the round, writes a state, or lets an interrupt through."""
        if (batch + 1) % self.accumulate_steps:
            return
        self.step += 1
        if self.plan.ends_round(self.step):
            self.model.stop_training = _ROUND_ENDS
        elif self.stopping.is_overdue():
            self.model.stop_training = True
        elif self.saving.is_due(self.step) or self.interrupts.waiting:
            self._save()
        self.interrupts.release()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Validates, keeps the best weights, and says whether to stop."""
        self.interrupts.release()
        ended = self.model.stop_training is not _ROUND_ENDS
        ended = ended or self.stopping.is_overdue()
        epochs = self.plan.epoch(self.step)
        with averaged_weights(self.model):
            if self.table.record(epochs, logs):
                self.best.keep(self.model, self.step)
        if logs is not None and not self.plan.rounds_are_epochs:
            logs.update(epochs=epochs, steps=self.step)
        self.model.stop_training = ended or self.exhausted
        if self.saving.is_due(self.step):
            self._save()

    def restore(self, model: keras.Model) -> str:
        """Goes on as `StateSaving.restore` does; returns a line for people."""
        state = self.saving.restore(model)
        if state is None:
            return "No state was written yet: starting from the beginning."
        self.step, self._restored = state.step, state.arrays
        self.best.restore(state.arrays, state.facts)
        self.table.restore(state.facts)
        self.stopping.restore(state.facts)
        line = f"going on after step {self.step} of {self.plan.num_steps}"
        made_with = state.facts["made_with"]
        if made_with != self.saving.made_with:
            line += f"\nNOT EXACTLY: the state was made with {made_with}"
        return line

    def _save(self) -> None:
        arrays, facts = self.best.state()
        facts |= self.table.state() | self.stopping.state()
        self.saving.save(self.model, self.step, arrays, facts)
