"""The loss that belongs to each task, on logits.

Of distributions, a squared error of probabilities would be the natural mistake: its
gradient vanishes where softmax saturates, and plain gradient descent, at the rate at
which cross-entropy learns, then stays at the mean of the training rows, whatever is
read. There is no such loss here.
"""

import keras

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.settings.imbalance import ImbalanceSettings


def loss_for(task: Task, label_smoothing: float = 0.0) -> keras.losses.Loss:
    """Returns the loss of a task.

    Cross-entropy for `"multiclass"`, the mean over labels of binary cross-entropies
    for `"multilabel"`. For `"distribution"` it is the cross-entropy against the shares
    of the labels, of which the Kullback-Leibler divergence is what exceeds the entropy
    of these, a constant: both have the same gradient. All take logits and float32
    targets `(batch, num_classes)`, and sum over rows: give sample weights that sum to 1
    over a batch, and the loss is its mean, in however many pieces or on however many
    devices it is computed. Rows that only pad a batch to a fixed shape have weight 0
    and change nothing.

    Args:
        task: What a row's labels mean.
        label_smoothing: Share of a target that is spread evenly: over yes and no of
            each label for `"multilabel"`, else over all labels.

    References:
        - [Rethinking the Inception Architecture](https://arxiv.org/abs/1512.00567),
          section 7
    """
    kind = keras.losses.BinaryCrossentropy
    if Task(task).sums_to_one:
        kind = keras.losses.CategoricalCrossentropy
    options = {"label_smoothing": label_smoothing, "reduction": "sum", "name": "loss"}
    return kind(from_logits=True, **options)


def plain_loss(
    task: Task,
    counts: LabelCounts,
    settings: ImbalanceSettings,
    label_smoothing: float = 0.0,
) -> keras.losses.Loss:
    """Returns the loss of a task, whatever the labels; see `loss_for`."""
    return loss_for(task, label_smoothing)
