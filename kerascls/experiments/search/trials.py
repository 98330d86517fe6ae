"""One trial: what was tried, what came of it, and when it is given up."""

import gc
import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.errors import NotFiniteError
from kerascls.evaluation.reports.history import epoch_text
from kerascls.experiments.search.proxy_data import Stage
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import is_smaller_better
from kerascls.system.interrupts import undisturbed
from kerascls.training import fit as training

if TYPE_CHECKING:
    import optuna

# In the first epoch there is not enough to compare.
EPOCHS_BEFORE_PRUNING = 1


@dataclass(frozen=True)
class Trial:
    """A trial that has ended.

    Args:
        number: Counted from 1 over both stages; its folder is `trials/NUMBER`.
        stage: What it trained on.
        outcome: `"done"`, `"pruned"` or `"diverged"`.
        values: What was tried, by `group.field`.
        score: The best validation score, as `train.best_by` says; None if there was
            none.
        best_epoch: Epochs done at that score; 2.5 is within the third.
        epochs: Epochs done at the last score.
        minutes: How long it took.
    """

    number: int
    stage: Stage
    outcome: str
    values: dict[str, Any]
    score: float | None
    best_epoch: float | None
    epochs: float
    minutes: float

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Trial":
        """Returns the trial of which `dataclasses.asdict` made a dict."""
        return cls(**values | {"stage": Stage(values["stage"])})


class Goal:
    """Which validation score decides, named as in `train.best_by`, and which way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = f"val_{name}"
        self.direction = "minimize" if is_smaller_better(name) else "maximize"

    def gain(self, score: float | None) -> float:
        """Returns a number that is larger for better scores."""
        if score is None or math.isnan(score):
            return -math.inf
        return -score if self.direction == "minimize" else score


class PruningCallback:
    """Follows a trial's scores and ends it when it has no prospect.

    Args:
        optuna_trial: Hears of every score.
        goal: Which score.
        say: Called with a line for every score.
    """

    def __init__(
        self, optuna_trial: "optuna.Trial", goal: Goal, say: Callable[[str], None]
    ) -> None:
        self.optuna_trial = optuna_trial
        self.goal = goal
        self.say = say
        self.score: float | None = None
        self.best_epoch: float | None = None
        self.epochs: float = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Hears the scores of an epoch, or of a round between validations.

        Args:
            epoch: Keras's number of it.
            logs: Its scores; of a round also `epochs` and `steps`, those done.

        Raises:
            optuna.TrialPruned: When trials so far were better at this epoch, or
                after as many steps.
        """
        from optuna import TrialPruned

        score = float(logs[self.goal.key])
        self.epochs = logs.get("epochs", epoch + 1)
        if self.goal.gain(score) > self.goal.gain(self.score):
            self.score, self.best_epoch = score, self.epochs
        self.say(f"  epoch {epoch_text(self.epochs)}: {self.goal.name} {score:.4f}")
        # Rounds end after equal steps, but for the last one; journals count epochs.
        self.optuna_trial.report(score, logs.get("steps", epoch))
        if self.epochs > EPOCHS_BEFORE_PRUNING and self.optuna_trial.should_prune():
            raise TrialPruned(
                f"below the median of earlier trials in epoch {epoch_text(self.epochs)}"
            )


def run_trial(
    settings: RunSettings, folder: Path, pruning: PruningCallback, cache: bool = True
) -> str:
    """Trains once, in place of what is in `folder`, and returns the outcome."""
    import keras
    from optuna import TrialPruned

    shutil.rmtree(folder, ignore_errors=True)
    # Not a Keras callback itself: this module is read before Keras is loaded.
    callback = keras.callbacks.LambdaCallback(on_epoch_end=pruning.on_epoch_end)
    try:
        training.fit(
            settings, out=folder, cache=cache, quiet=True, callbacks=[callback]
        )
    except TrialPruned:
        return "pruned"
    except NotFiniteError:
        return "diverged"
    finally:
        undisturbed(gc.collect)  # models are large, and refer to themselves
    is_finite = math.isfinite(pruning.goal.gain(pruning.score))
    return "done" if is_finite else "diverged"
