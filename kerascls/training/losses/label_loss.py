"""What all losses on logits have in common."""

from typing import Any

import keras
import numpy as np
from keras import ops

from kerascls.data.labels import Task
from kerascls.data.targets import Targets
from kerascls.errors import SettingsError


class LabelLoss(keras.losses.Loss):
    """A loss on logits `(batch, num_classes)`, computed in float32, summed over rows.

    Give sample weights that sum to 1 over a batch, and it is the batch's mean, see
    `loss_for`. A row whose sample weight is 0 changes nothing, whatever it holds.

    Subclasses say what a row loses in `of_rows`, which gets float32 tensors, and are
    registered with Keras: a model that was compiled with one is loaded with it.

    Args:
        task: What a row's labels mean.
        label_smoothing: Share of a target that is spread evenly, as `loss_for` has it.
    """

    def __init__(self, task: Task, label_smoothing: float = 0.0) -> None:
        super().__init__(name="loss", reduction="sum", dtype="float32")
        self.task = Task(task)
        if self.task.has_weights:
            raise SettingsError(
                f"Expected a loss of labels that are true or not. Received: "
                f"{type(self).__name__}, task={self.task.value!r}. Take `loss_for`."
            )
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of each row, float32 `(batch,)`.

        Args:
            y_true: Targets of 0 and 1, `(batch, num_classes)`.
            y_pred: Logits of the same shape, any float dtype.
        """
        return self.of_rows(ops.cast(y_true, "float32"), ops.cast(y_pred, "float32"))

    def of_rows(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row, float32 `(batch,)`."""
        raise NotImplementedError

    def start(self, shares: np.ndarray) -> np.ndarray:
        """Returns the shares of labels that a model's first logits should say.

        Those of the rows, or where this loss is small before any text is read.

        Args:
            shares: Shares of the training rows that have each label, float64
                `(num_classes,)`, each between 0 and 1.
        """
        return shares

    def effects(self, targets: Targets) -> dict[str, np.ndarray]:
        """Returns what the loss does to each label, for reports.

        Args:
            targets: Labels of the rows that are trained on.

        Returns:
            By name, those of `kerascls.evaluation.reports.label_effects.EFFECTS`,
            float `(num_classes,)`; empty where there are none.
        """
        return {}

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"task": self.task.value, "label_smoothing": self.label_smoothing}

    def smoothed(self, targets: Any) -> Any:
        """Returns targets of which a share is spread evenly."""
        ways = targets.shape[-1] if self.task is Task.MULTICLASS else 2
        return (1 - self.label_smoothing) * targets + self.label_smoothing / ways


class MeanOverLabels(LabelLoss):
    """A loss that for `"multilabel"` is the mean over labels of what each loses.

    Subclasses say that in `of_labels`, and what a row of one label loses in
    `of_classes`.
    """

    def of_rows(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row, `(batch,)`."""
        if self.task is Task.MULTICLASS:
            return self.of_classes(targets, logits)
        return ops.mean(self.of_labels(targets, logits), axis=-1)

    def of_classes(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row that has one label, `(batch,)`."""
        raise NotImplementedError

    def of_labels(self, targets: Any, logits: Any) -> Any:
        """Returns the loss of each row and label, `(batch, num_classes)`."""
        raise NotImplementedError

    def start(self, shares: np.ndarray) -> np.ndarray:
        """Returns for `"multilabel"` the shares that lose least, if nothing is read."""
        if self.task is Task.MULTICLASS:
            return shares
        best, columns = np.zeros(len(shares)), np.arange(len(shares))
        for step in 3 / 10.0 ** np.arange(4):  # from -30 to 30 at first
            logits = best + step * np.arange(-10, 11)[:, None]
            best = logits[np.argmin(self._expected(shares, logits), axis=0), columns]
        return as_shares(best, self.task)

    def _expected(self, shares: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Returns what each label loses with each of some logits, of their shape."""
        tensor = ops.convert_to_tensor(logits, "float32")
        yes, no = (
            ops.convert_to_numpy(self.of_labels(of_all, tensor))
            for of_all in (ops.ones_like(tensor), ops.zeros_like(tensor))
        )
        return shares * yes + (1 - shares) * no


def binary_cross_entropies(targets: Any, logits: Any) -> Any:
    """Returns those of each row and label, `(batch, num_classes)`."""
    return targets * ops.softplus(-logits) + (1 - targets) * ops.softplus(logits)


def softmax_cross_entropy(targets: Any, logits: Any) -> Any:
    """Returns that of each row, `(batch,)`."""
    return -ops.sum(targets * ops.log_softmax(logits), axis=-1)


def log_odds(shares: np.ndarray) -> np.ndarray:
    """Returns the logits whose sigmoids are the shares."""
    return np.log(shares) - np.log1p(-shares)


def as_shares(logits: np.ndarray, task: Task) -> np.ndarray:
    """Returns the shares that logits `(num_classes,)` say, never quite 0 or 1."""
    if task is Task.MULTICLASS:
        logits = logits - np.logaddexp.reduce(logits)
        return np.clip(np.exp(logits), 1e-12, 1.0)
    return np.clip(1 / (1 + np.exp(-logits)), 1e-12, 1 - 1e-12)
