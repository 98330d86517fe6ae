"""One pass of a model over labelled data: what it gives, what is true, the loss."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerascls.data.labels import Task
from kerascls.data.targets import rescaled
from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.scores import pad_columns


@dataclass(frozen=True, eq=False)
class Outcome:
    """What `validation_pass` returns, rows in the order of the batches.

    Args:
        outputs: float32 `(rows, num_classes)`, as the model gave them.
        targets: bool `(rows, num_labels)`, the labels that are true; for distributions
            float32 shares.
        loss: Mean of the loss over rows, without penalties on weights; None when none
            was given and the model was compiled without one, or with several.
    """

    outputs: np.ndarray
    targets: np.ndarray
    loss: float | None


def validation_pass(
    model: keras.Model,
    data: tuple[Any, Any] | Iterable,
    *,
    num_labels: int,
    task: Task,
    batch_size: int = 32,
    loss: keras.losses.Loss | None = None,
) -> Outcome:
    """Runs a model over data batch by batch, and computes its loss on the way.

    Rows whose sample weight is 0 are left out. Labels that the model has no output
    for are no part of the loss; in multi-class, neither are their rows. The shares of
    others in a distribution are divided by their sum.

    Args:
        model: Gives `(batch, num_classes)` for a batch.
        data: A tuple of arrays `(x, y)`, or an iterable of batches `(x, y)` or
            `(x, y, sample_weight)`.
        num_labels: Columns of the targets, at least `num_classes`.
        task: What a row's labels mean.
        batch_size: Rows per batch, for arrays.
        loss: What is computed on the way; by default what the model was compiled with.

    Raises:
        SettingsError: When the data can be iterated over only once, hold no row, or
            fit neither the model nor the number of labels.
    """
    function = _loss_function(model, loss)
    outputs, targets, losses = [], [], []
    for x, y, weights in _batches(data, batch_size):
        if keras.backend.backend() != "tensorflow":
            x = keras.tree.map_structure(np.asarray, x)
        kept = slice(None) if weights is None else np.asarray(weights) != 0
        y = np.asarray(y)
        # `predict` builds a pipeline each time it is called, and memory grows. Under
        # tf.distribute every device gives the whole batch, one behind the other.
        logits = _checked(model.predict_on_batch(x), num_labels)[: len(y)][kept]
        y = y[kept]
        outputs.append(logits)
        targets.append(_as_targets(y, logits.shape[1], num_labels, task))
        losses.append(_loss(function, y, logits, task))
    if not sum(map(len, outputs)):
        raise SettingsError(
            "Validation needs at least one row of weight above 0. Received: "
            f"{len(outputs)} batches without any. Give it some data."
        )
    rows = sum(count for _, count in losses)
    mean_loss = sum(mean * count for mean, count in losses) / rows if rows else None
    return Outcome(np.concatenate(outputs), np.concatenate(targets), mean_loss)


def _batches(data: Any, batch_size: int) -> Iterator[tuple[Any, Any, Any]]:
    if isinstance(data, tuple):
        data = _slices(data, batch_size)
    elif isinstance(data, keras.utils.PyDataset):
        data = map(data.__getitem__, range(data.num_batches))
    elif isinstance(data, Iterator):
        raise SettingsError(
            "Validation data are read once per epoch. Received: validation_data="
            f"{type(data).__name__}, which ends after the first. Give arrays, a "
            "list of batches, or an object whose `__iter__` starts anew."
        )
    yield from map(keras.utils.unpack_x_y_sample_weight, data)


def _slices(arrays: tuple, batch_size: int) -> Iterator[tuple]:
    lengths = {len(array) for array in keras.tree.flatten(arrays) if array is not None}
    if len(lengths) != 1 or len(arrays) not in (2, 3):
        raise SettingsError(
            "A tuple of validation data is `(x, y)` or `(x, y, sample_weight)` with "
            f"one length. Received: {len(arrays)} arrays, lengths={sorted(lengths)}. "
            "Give batches as a list."
        )
    for start in range(0, lengths.pop(), batch_size):
        rows = slice(start, start + batch_size)
        yield tuple(
            None if a is None else keras.tree.map_structure(lambda v, r=rows: v[r], a)
            for a in arrays
        )


def _checked(outputs: Any, num_labels: int) -> np.ndarray:
    shape = getattr(outputs, "shape", None)
    if shape is None or len(shape) != 2 or shape[1] > num_labels:
        raise SettingsError(
            f"A model to be scored gives one array of (rows, up to {num_labels} "
            f"labels). Received: {type(outputs).__name__}, shape={shape}. Give a "
            "name for every output, in order."
        )
    return np.asarray(outputs, np.float32)


def _as_targets(y: np.ndarray, known: int, num_labels: int, task: Task) -> np.ndarray:
    ids = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if task.has_one_label and ids.ndim == 1 and num_labels > 1:
        if len(ids) and not 0 <= ids.min() <= ids.max() < num_labels:
            raise _misfit(f"ids from {ids.min()} to {ids.max()}", num_labels)
        return np.eye(num_labels, dtype=np.bool_)[ids.astype(np.int64)]
    if y.ndim != 2 or not known <= y.shape[1] <= num_labels:
        raise _misfit(f"y.shape={y.shape}", num_labels)
    if task.has_weights:
        return pad_columns(np.asarray(y, np.float32), num_labels)
    targets = y > 0.5
    if task.has_one_label and (targets.sum(axis=1) > 1).any():
        raise _misfit("rows with several labels for a multiclass task", num_labels)
    return pad_columns(targets, num_labels)


def _misfit(received: str, num_labels: int) -> SettingsError:
    return SettingsError(
        f"Targets are zeros and ones (rows, {num_labels}), or for multi-class whole "
        f"numbers below {num_labels}. Received: {received}. Check `labels` and `task`."
    )


def _loss_function(
    model: keras.Model, stated: keras.losses.Loss | None
) -> Callable | None:
    # Not `model.compute_loss`: on TensorFlow it also reads penalties that layers
    # added inside the compiled prediction, where their values cannot leave.
    losses = keras.tree.flatten(stated or getattr(model, "loss", None) or [])
    function = keras.losses.get(losses[0]) if len(losses) == 1 else None
    # Row by row: a loss may reduce a batch in a way that suits training alone.
    return getattr(function, "call", function)


def _loss_of_shares(
    function: Callable | None, y: np.ndarray, outputs: np.ndarray
) -> tuple[float, int]:
    rows = y.any(axis=1)
    if function is None or not rows.any():
        return 0.0, 0
    known = rescaled(y[rows]).astype(np.float32)
    tensors = map(keras.ops.convert_to_tensor, (known, outputs[rows]))
    return float(keras.ops.mean(function(*tensors))), int(rows.sum())


def _loss(
    function: Callable | None, y: np.ndarray, outputs: np.ndarray, task: Task
) -> tuple[float, int]:
    """Returns the mean loss of the rows that have one, and how many these are."""
    known = outputs.shape[1]
    if y.ndim == 2 and y.shape[1] > 1:
        if task.has_weights:
            return _loss_of_shares(function, y[:, :known], outputs)
        if task.has_one_label:
            rows = ~(y[:, known:] > 0.5).any(axis=1)
            y, outputs = y[rows], outputs[rows]
        y = y[:, :known]
    elif known > 1:
        rows = y.reshape(-1) < known
        y, outputs = y[rows], outputs[rows]
    if function is None or not len(y):
        return 0.0, 0
    y = y.astype(np.float32) if y.dtype == np.bool_ else y
    y, outputs = map(keras.ops.convert_to_tensor, (y, outputs))
    return float(keras.ops.mean(function(y, outputs))), len(y)
