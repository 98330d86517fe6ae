"""A progress bar for each epoch, or each round between validations."""

import time
from typing import TYPE_CHECKING

import keras

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class EpochProgress(keras.callbacks.Callback):
    """Shows batches done, loss, texts per second and time left, epoch by epoch.

    Silent where the console is no terminal. Keras does not tell callbacks that a
    training was interrupted, so call `close` in a `finally` around `fit`.

    Args:
        console: The rich console that everything else is printed on, too.
        rows_per_epoch: Training rows, for the texts per second.
        done: Batches of the first epoch that an earlier process did.
        unit: What one of Keras's epochs is called.
    """

    # Keras may report batches from another thread instead of waiting for each loss.
    async_safe = True

    def __init__(
        self,
        console: "Console",
        rows_per_epoch: int | None = None,
        done: int = 0,
        unit: str = "epoch",
    ) -> None:
        super().__init__()
        self.console = console
        self.rows_per_epoch = rows_per_epoch
        self.done = done
        self.unit = unit
        self._progress: Progress | None = None

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Starts the bar of an epoch."""
        self.close()
        if not self.console.is_terminal:
            return
        self._progress = progress = _progress_bar(self.console)
        title = f"{self.unit} {epoch + 1}/{self.params.get('epochs', '?')}"
        self._task = progress.add_task(
            title, total=self.params.get("steps"), loss="", speed=""
        )
        self._started_s = time.perf_counter()
        progress.start()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Moves the bar, and takes it away after the last batch."""
        progress, steps = self._progress, self.params.get("steps")
        if progress is None:
            return
        loss = (logs or {}).get("loss")
        progress.update(
            self._task,
            completed=self.done + batch + 1,
            loss="" if loss is None else f"loss {loss:.4f}",
            speed=self._speed(batch + 1, steps),
        )
        if self.done + batch + 1 == steps:
            self.close()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Takes the bar away."""
        self.done = 0
        self.close()

    def close(self) -> None:
        """Takes the bar away, if there is one, and gives the cursor back."""
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.stop()

    def _speed(self, done: int, steps: int | None) -> str:
        if not steps or self.rows_per_epoch is None:
            return ""
        seconds = max(time.perf_counter() - self._started_s, 1e-9)
        return f"{self.rows_per_epoch * done / steps / seconds:,.0f} texts/s"


def _progress_bar(console: "Console") -> "Progress":
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeRemainingColumn,
    )

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn())
    numbers = ("{task.fields[loss]}", "{task.fields[speed]}", TimeRemainingColumn())
    return Progress(*columns, *numbers, console=console, transient=True)
