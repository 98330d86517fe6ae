"""A progress bar or lines for each epoch, or each round between validations."""

import time
from typing import TYPE_CHECKING

import keras

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


# Where there is no bar, a line tells that the training is alive.
SECONDS_BETWEEN_LINES = 60


class EpochProgress(keras.callbacks.Callback):
    """Shows batches done, loss, texts per second and time left, epoch by epoch.

    A bar on terminals, elsewhere a line in every minute. Keras does not tell callbacks
    that a training was interrupted, so call `close` in a `finally` around `fit`.

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
        """Starts the bar or the clock of an epoch."""
        self.close()
        self._title = f"{self.unit} {epoch + 1}/{self.params.get('epochs', '?')}"
        self._started_s = self._told_s = time.perf_counter()
        if not self.console.is_terminal:
            return
        self._progress = progress = _progress_bar(self.console)
        self._task = progress.add_task(
            self._title, total=self.params.get("steps"), loss="", speed=""
        )
        progress.start()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Moves the bar, and takes it away after the last batch; or writes a line."""
        progress, steps = self._progress, self.params.get("steps")
        value = (logs or {}).get("loss")
        loss = "" if value is None else f"loss {value:.4f}"
        speed = self._speed(batch + 1, steps)
        if progress is None:
            self._tell(batch + 1, steps, loss, speed)
            return
        done = self.done + batch + 1
        progress.update(self._task, completed=done, loss=loss, speed=speed)
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

    def _tell(self, done: int, steps: int | None, *more: str) -> None:
        now_s = time.perf_counter()
        if self.console.is_terminal or now_s - self._told_s < SECONDS_BETWEEN_LINES:
            return
        self._told_s = now_s
        parts = [f"batch {self.done + done} of {steps or '?'}", *filter(None, more)]
        if steps:
            left = steps - self.done - done
            minutes_left = left * (now_s - self._started_s) / done / 60
            parts.append(f"{minutes_left:.0f} min left")
        self.console.print(
            f"{self._title}: {', '.join(parts)}", highlight=False, soft_wrap=True
        )

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
