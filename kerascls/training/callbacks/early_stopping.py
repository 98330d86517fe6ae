"""When a training has gone on long enough: no better score, or no time left."""

import time
from typing import Any

from kerascls.training.plan import Plan


class EarlyStopping:
    """Says whether to stop, by the age of the best score and by the clock.

    The clock counts all processes together; `seconds_before` is of those before this.
    """

    def __init__(
        self, plan: Plan, patience_epochs: int, max_minutes: float | None = None
    ) -> None:
        self.plan = plan
        self.patience_epochs = patience_epochs
        self.max_minutes = max_minutes
        self.seconds_before = 0.0

    def start(self) -> None:
        """Starts the clock."""
        self._started_s = time.monotonic()

    def is_exhausted(self, step: int, best_step: int | None) -> bool:
        """Returns whether no step is left, or the best score, if any, too old."""
        if step >= self.plan.num_steps:
            return True
        patience_steps = self.patience_epochs * self.plan.steps_per_epoch
        return best_step is not None and step - best_step >= patience_steps

    def is_overdue(self) -> bool:
        """Returns whether the time is over."""
        return self.max_minutes is not None and self._seconds() > 60 * self.max_minutes

    def state(self) -> dict[str, Any]:
        """Returns what `restore` takes, as plain JSON types."""
        return {"seconds": self._seconds()}

    def restore(self, facts: dict[str, Any]) -> None:
        """Takes up what `state` returned in an earlier process."""
        self.seconds_before = facts["seconds"]

    def _seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self._started_s
