"""The loss that belongs to each task, on logits."""

import keras

from kerascls.labels import Task


def loss_for(task: Task) -> keras.losses.Loss:
    """Returns the loss of a task.

    Cross-entropy for `"multiclass"`, the mean over labels of binary cross-entropies
    for `"multilabel"`. Both take logits and float32 targets `(batch, num_classes)`,
    and divide by the sum of the sample weights: rows that only pad a batch to a
    fixed shape have weight 0 and change nothing.

    Args:
        task: What a row's labels mean.
    """
    kind = {
        Task.MULTICLASS: keras.losses.CategoricalCrossentropy,
        Task.MULTILABEL: keras.losses.BinaryCrossentropy,
    }[Task(task)]
    return kind(from_logits=True, reduction="mean_with_sample_weight", name="loss")
