"""When a training writes its state, and how a later process takes it up."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError

from kerascls.errors import SettingsError
from kerascls.settings.training import TrainSettings
from kerascls.system.files import flush
from kerascls.training.state import (
    State,
    put_snapshot,
    read_state,
    take_snapshot,
    write_state,
)


class StateSaving:
    """Writes states of a model in training, and with each the size of its history.

    Args:
        folder: Where states are written.
        history_csv: What grows beside them, and is cut when one is taken up.
        train: Time and steps between states.
        made_with: What the last digits depend on; states remember it.
        say: Called with a line when a state cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        history_csv: Path,
        train: TrainSettings,
        made_with: str = "",
        say: Callable[[str], Any] = print,
    ) -> None:
        self.folder = folder
        self.history_csv = history_csv
        self.train = train
        self.made_with = made_with
        self.say = say
        self.written, self.seconds = 0, 0.0  # by this process
        self._saved_step = 0

    def start(self) -> None:
        """Starts the clock."""
        self._saved_s = time.monotonic()

    def is_due(self, step: int) -> bool:
        """Returns whether a state should be written when so many steps are done."""
        steps = self.train.save_steps
        if steps is not None and step - self._saved_step >= steps:
            return True
        return time.monotonic() - self._saved_s > 60 * self.train.save_minutes

    def save(
        self,
        model: keras.Model,
        step: int,
        arrays: dict[str, np.ndarray],
        facts: dict[str, Any],
    ) -> None:
        """Writes a state; where that fails, says so and tries again when it is due.

        `arrays` are kept beside the model's own; `facts` are plain JSON types.
        """
        started_s = time.monotonic()
        try:
            if self.history_csv.exists():
                flush(self.history_csv)  # what a state counts on must not be lost
            facts = facts | {
                "history_bytes": _size(self.history_csv),
                "made_with": self.made_with,
            }
            write_state(self.folder, State(step, take_snapshot(model) | arrays, facts))
            self.written += 1
        except (OSError, SafetensorError) as error:
            self.say(f"NO STATE WRITTEN after step {step}: {error}")
        self._saved_s, self._saved_step = time.monotonic(), step
        self.seconds += self._saved_s - started_s

    def restore(self, model: keras.Model) -> State | None:
        """Takes up and returns the newest state; without one, forgets the history.

        The model is compiled and its optimiser built, as when the state was made.

        Raises:
            BundleError: When there are states and all are damaged.
            SettingsError: When the state is of another model or training.
        """
        state = read_state(self.folder)
        if state is None:
            self.history_csv.unlink(missing_ok=True)
            return None
        put_snapshot(model, state.arrays, ("model", "optimizer"))
        _cut_to(self.history_csv, state.facts["history_bytes"])
        self._saved_step = state.step
        return state


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _cut_to(path: Path, num_bytes: int) -> None:
    """Takes away what was written to a file after it had so many bytes."""
    if _size(path) < num_bytes:
        raise SettingsError(
            f"Expected at least the {num_bytes} bytes that were there when the state "
            f"was written. Received: {str(path)!r} of {_size(path)} bytes. Put the "
            f"file back, or start the run anew with --overwrite."
        )
    if path.exists():
        os.truncate(path, num_bytes)
