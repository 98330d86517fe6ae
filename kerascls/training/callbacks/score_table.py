"""A Keras callback that scores every class after each epoch."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.global_threshold import OBJECTIVES, fit_threshold
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.distributions import task_scores
from kerascls.evaluation.metrics.scores import (
    Scores,
    averages,
    goal_of,
    named_score,
    pad_columns,
)
from kerascls.evaluation.reports import render_table
from kerascls.evaluation.reports.history import (
    HISTORY_FILE,
    append_history,
    epoch_text,
    history_rows,
)
from kerascls.settings.decision import DEFAULT_MASS
from kerascls.settings.training import checked_score, class_of_score
from kerascls.system.keywords import checked_keywords
from kerascls.training.validation import Outcome, validation_pass


class ScoreTable(keras.callbacks.Callback):
    """Scores the validation data after each epoch, class by class.

    Shows a table of precision, recall, F1 and support with the change against the
    best epoch so far, appends it to a history file, and puts `val_loss`,
    `val_accuracy`, `val_micro_f1`, `val_macro_f1`, `val_macro_precision`,
    `val_macro_recall`, `val_weighted_f1` and, with a threshold, `val_threshold`
    into `logs`. Keras hands one `logs` from callback to callback, so this one goes
    first: then `EarlyStopping("val_macro_f1", mode="max")` sees the numbers. Give
    `fit` no `validation_data`, or every epoch is validated twice.

    Args:
        validation_data: A tuple `(x, y)` of arrays, `x` also as a dict or list of
            arrays; or batches `(x, y)` or `(x, y, sample_weight)` that can be
            iterated over again: a list, a tf.data pipeline, a `PyDataset`. Rows of
            weight 0 only pad a batch and are left out; other weights do not count.
            `y` is `(rows, labels)` of zeros and ones, for multi-class also int
            `(rows,)`, for distributions shares that sum to 1.
        labels: Names of the columns of `y`. More than the model gives are labels
            unseen in training: they are scored as misses and not part of the loss.
        task: `"multiclass"`, `"multilabel"` or `"distribution"`.
        rule: How probabilities become labels, or a function that returns such a rule
            for bool targets and float32 probabilities `(rows, num_classes)` after
            each epoch. By default the likeliest label for multi-class, for multi-label
            one threshold fitted to each epoch, and for distributions the fewest labels
            with 80 % of all probability.
        objective: What that threshold is fitted for, `"macro_f1"` or `"micro_f1"`.
        batch_size: Rows per batch, for arrays.
        from_logits: Whether the model gives logits; otherwise probabilities.
        history_csv: File to append to, see `append_history`.
        sink: Called with the table, e.g. `print`, `logger.info`, `lines.append`.
        max_classes: Show only so many classes; the file has them all.
        best_by: `"macro_f1"`, `"micro_f1"`, `"weighted_f1"`, `"macro_precision"`,
            `"macro_recall"`, `"accuracy"`, or `"loss"`, the smallest validation loss;
            of one class `"f1:LABEL"`, `"precision:LABEL"` or `"recall:LABEL"`, which
            is then in `logs` too, as `"val_f1:LABEL"`. Of distributions also one of
            `kerascls.evaluation.metrics.distributions.MEASURES`, such as `"kl"`.
        loss: What `val_loss` is the mean of, a Keras loss; by default the model's own.

    Attributes:
        best_epoch_: Number of the best epoch, from 1; None before the first.
        best_scores_: Its `Scores`.
        best_goal_: What it was chosen by, larger being better.
        scores_: `Scores` of the last pass.
        rule_: The rule of the last pass.
        logits_: float32 `(rows, num_classes)` of the last pass, in the order of the
            batches; None if the model gives probabilities.
        targets_: bool `(rows, labels)` of the last pass, in the same order; for
            distributions float32 shares.
        val_loss_: Mean loss of a row; None if the model was compiled without one, and
            none was given.

    Raises:
        SettingsError: When `best_by` is unknown; later, when the data do not fit
            the model or the labels.
        DataError: When `best_by` names a label that there is not.

    Example:
        >>> table = ScoreTable((x, y), labels, "multilabel", history_csv="h.csv")
        >>> stop = keras.callbacks.EarlyStopping("val_macro_f1", mode="max")
        >>> model.fit(x_train, y_train, callbacks=[table, stop])
    """

    @checked_keywords()
    def __init__(
        self,
        validation_data: tuple[Any, Any] | Iterable,
        labels: Iterable[str],
        task: Task | str,
        *,
        rule: Rule | Callable[[np.ndarray, np.ndarray], Rule] | None = None,
        objective: str = "macro_f1",
        batch_size: int = 32,
        from_logits: bool = True,
        history_csv: str | Path | None = None,
        sink: Callable[[str], Any] = print,
        max_classes: int = 30,
        best_by: str = "macro_f1",
        loss: keras.losses.Loss | None = None,
    ) -> None:
        super().__init__()
        if objective not in OBJECTIVES:
            raise SettingsError(
                f"One threshold is fitted for {' or '.join(OBJECTIVES)}. Received: "
                f"objective={objective!r}. Give a function as `rule` for another."
            )
        self.validation_data = validation_data
        self.labels = tuple(labels)
        label = class_of_score(checked_score(best_by))
        if label is not None:
            LabelSet(self.labels).column(label)
        self.task = Task(task)
        self.rule = rule
        self.objective = objective
        self.batch_size = batch_size
        self.from_logits = from_logits
        self.history_csv = history_csv
        self.sink = sink
        self.max_classes = max_classes
        self.best_by = best_by
        self.loss = loss
        self.best_epoch_: float | None = None
        self.best_scores_: Scores | None = None
        self.best_goal_: float | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Forgets an earlier training."""
        self.best_epoch_ = self.best_scores_ = self.best_goal_ = None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Validates, records, shows, and fills `logs`."""
        self.record(epoch + 1, logs)

    def record(self, epoch: float, logs: dict | None = None) -> bool:
        """Validates, records, shows, fills `logs`; returns whether it is the best.

        Args:
            epoch: Epochs done; 1.5 is in the middle of the second.
            logs: Has the training loss, if known; gets the validation's numbers.
        """
        scores = self.validate()
        numbers = {
            "loss": (logs or {}).get("loss"),
            "val_loss": self.val_loss_,
            "threshold": self.rule_.threshold,
        }
        if self.history_csv is not None:
            append_history(self.history_csv, history_rows(epoch, scores, **numbers))
        before, goal = self.best_scores_, self._goal(scores)
        is_best = self.best_goal_ is None or goal > self.best_goal_
        if is_best:
            self.best_epoch_, self.best_scores_ = epoch, scores
            self.best_goal_ = goal
        self.sink(self._table(epoch, numbers, before))
        if logs is not None:
            averages = self._numbers(scores).items()
            logs.update({f"val_{name}": number for name, number in averages})
            more = {"val_loss": self.val_loss_, "val_threshold": self.rule_.threshold}
            logs.update({k: v for k, v in more.items() if v is not None})
        return is_best

    def state(self) -> dict[str, Any]:
        """Returns what is known of the best epoch, as plain JSON types."""
        best = self.best_scores_
        return {
            "best_epoch": self.best_epoch_,
            "best_goal": self.best_goal_,
            "best_scores": best and best.to_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up what `state` returned, also among other keys.

        `on_train_begin` forgets it again: for what calls `record` itself.
        """
        self.best_epoch_, self.best_goal_ = state["best_epoch"], state["best_goal"]
        scores = state["best_scores"]
        self.best_scores_ = scores and Scores.from_dict(scores)

    def validate(self) -> Scores:
        """Returns, and keeps as `scores_`, how well the model fits the data."""
        outcome = validation_pass(
            self.model,
            self.validation_data,
            num_labels=len(self.labels),
            task=self.task,
            batch_size=self.batch_size,
            loss=self.loss,
        )
        # (rows, num_classes); rules know no columns of labels unseen in training.
        probs = outcome.outputs
        if self.from_logits:
            probs = Calibration().apply(outcome.outputs, self.task)
        self.logits_ = outcome.outputs if self.from_logits else None
        self.targets_, self.val_loss_ = outcome.targets, outcome.loss
        self.rule_ = self._rule_for(outcome, probs)
        chosen = pad_columns(self.rule_.apply(probs), len(self.labels))
        probs = pad_columns(probs, len(self.labels))
        self.scores_ = task_scores(
            self.task, outcome.targets, probs, chosen, self.labels
        )
        return self.scores_

    def _rule_for(self, outcome: Outcome, probs: np.ndarray) -> Rule:
        if isinstance(self.rule, Rule):
            return self.rule
        known = outcome.targets[:, : probs.shape[1]]
        if self.rule is not None:
            return self.rule(known, probs)
        if self.task.has_weights:
            return Rule("cumulative", mass=DEFAULT_MASS)
        if self.task.has_one_label:
            return Rule("argmax")
        return fit_threshold(known, probs, self.objective)

    def _numbers(self, scores: Scores) -> dict[str, float]:
        numbers = averages(scores)
        if class_of_score(self.best_by) is not None:
            numbers[self.best_by] = named_score(scores, self.best_by)
        return numbers

    def _goal(self, scores: Scores) -> float:
        if self.best_by != "loss":
            return goal_of(scores, self.best_by)
        if self.val_loss_ is None:
            raise SettingsError(
                "Choosing the best epoch by its loss needs a model compiled with one. "
                "Received: best_by='loss', loss=None. Choose another score."
            )
        return -self.val_loss_

    def _table(
        self, epoch: float, numbers: dict[str, float | None], before: Scores | None
    ) -> str:
        facts = [f"{k} {v:.4f}" for k, v in numbers.items() if v is not None]
        best = f"{self.best_by} {abs(self.best_goal_ or 0):.4f}"
        facts.append(f"best epoch {epoch_text(self.best_epoch_ or 0)} ({best})")
        if self.scores_.distances is not None:
            told = ("kl", "jensen_shannon", "top_1")
            facts[-1:-1] = [f"{k} {self.scores_.distances[k]:.4f}" for k in told]
        return render_table(
            self.scores_,
            title=f"Epoch {epoch_text(epoch)}: {', '.join(facts)}",
            best=before,
            max_classes=self.max_classes,
            more_in=Path(self.history_csv or HISTORY_FILE).name,
        )
