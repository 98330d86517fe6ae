"""One trial: what was tried, what came of it, and when it is given up."""

import gc
import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.experiments.search.proxy_data import Stage
from kerascls.inference.bundle.files import BUNDLE_FOLDER
from kerascls.settings.run_settings import RunSettings
from kerascls.system.interrupts import undisturbed
from kerascls.training import fit as training
from kerascls.training.state import STATE_FOLDER

if TYPE_CHECKING:
    import keras
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
    """Which validation score decides, and which way is better.

    Args:
        name: As in `train.best_by`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = f"val_{name}"
        self.direction = "minimize" if name == "loss" else "maximize"

    def gain(self, score: float | None) -> float:
        """Returns a number that is larger for better scores."""
        if score is None or math.isnan(score):
            return -math.inf
        return -score if self.direction == "minimize" else score


class Watch:
    """Follows a trial's scores and ends it when it has no prospect.

    Args:
        asked: Optuna's trial, which hears of every score.
        goal: Which score.
        say: Called with a line for every score.
    """

    def __init__(
        self, asked: "optuna.Trial", goal: Goal, say: Callable[[str], None]
    ) -> None:
        self.asked = asked
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
        self.say(f"  epoch {self.epochs:g}: {self.goal.name} {score:.4f}")
        # Rounds end after equal steps, but for the last one; journals count epochs.
        self.asked.report(score, logs.get("steps", epoch))
        if self.epochs > EPOCHS_BEFORE_PRUNING and self.asked.should_prune():
            raise TrialPruned(
                f"below the median of earlier trials in epoch {self.epochs:g}"
            )


def run_trial(
    settings: RunSettings, folder: Path, watch: Watch, cache: bool = True
) -> str:
    """Trains once.

    Args:
        settings: All of the trial's.
        folder: Its run directory; what is there is replaced.
        watch: Follows it.
        cache: Whether token ids are kept for the next trial.

    Returns:
        The outcome.
    """
    from optuna import TrialPruned

    from kerascls.errors import NotFiniteError

    shutil.rmtree(folder, ignore_errors=True)
    try:
        training.fit(
            settings,
            out=folder,
            cache=cache,
            quiet=True,
            callbacks=[as_callback(watch)],
        )
    except TrialPruned:
        return "pruned"
    except NotFiniteError:
        return "diverged"
    finally:
        undisturbed(gc.collect)  # models are large, and refer to themselves
    return "done" if math.isfinite(watch.goal.gain(watch.score)) else "diverged"


def as_callback(watch: Watch) -> "keras.callbacks.Callback":
    """Returns what Keras calls after every epoch."""
    import keras

    return keras.callbacks.LambdaCallback(on_epoch_end=watch.on_epoch_end)


def keep_only_tables(folder: Path) -> None:
    """Removes the weights of a trial; its history, log and settings stay."""
    for name in (BUNDLE_FOLDER, STATE_FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)
