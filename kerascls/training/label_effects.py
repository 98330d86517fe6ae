"""What the method for skewed labels does to each label, for people and reports."""

from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.targets import Targets
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.settings.imbalance import OF_MULTILABEL, method_of

if TYPE_CHECKING:
    import keras

    from kerascls.training.job import Job


def label_effects(job: "Job", loss: "keras.losses.Loss") -> LabelEffects | None:
    """Returns what a training does about skewed labels; None where nothing.

    Args:
        job: The training.
        loss: What it makes small.
    """
    from kerascls.training.losses.label_loss import LabelLoss

    settings = _settings(job)
    if job.settings.imbalance.method == "none" and not settings:
        return None
    rows = job.training_rows
    effects = loss.effects(rows.targets) if isinstance(loss, LabelLoss) else {}
    weights = effects.get("weight", effects.get("positive_weight"))
    drawn = np.arange(len(rows.targets))
    if rows.sampler is not None:
        drawn = rows.sampler.rows(0)
    return LabelEffects(
        method=job.settings.imbalance.method,
        settings=settings,
        labels=tuple(job.data.label_set),
        rows=LabelCounts.of(job.data.targets("train")).positives,
        effective_rows=effective_counts(rows.targets, drawn, job.row_weights, weights),
        effects={name: of.astype(np.float64) for name, of in effects.items()},
    )


def effective_counts(
    targets: Targets,
    drawn: np.ndarray,
    row_weights: np.ndarray | None = None,
    label_weights: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the rows of each label in an epoch, each by how much it counts.

    Args:
        targets: Labels of all rows to draw of.
        drawn: int64, those that the epoch has, one or several times.
        row_weights: How much each of all rows counts, float `(rows,)`; alike by
            default.
        label_weights: How much having each label counts, float `(num_classes,)`;
            alike by default.

    Returns:
        float64 `(num_classes,)`.
    """
    taken = targets.take(drawn)
    weights = np.ones(len(taken.columns))
    if row_weights is not None:
        weights *= np.repeat(row_weights[drawn], np.diff(taken.offsets))
    counts = np.bincount(taken.columns, weights, minlength=targets.num_classes)
    return counts if label_weights is None else counts * label_weights


def _settings(job: "Job") -> dict[str, Any]:
    """Returns what decides what is done about skewed labels, by name."""
    imbalance, train = job.settings.imbalance, job.settings.train
    names = list(method_of(imbalance).parameters)
    if job.data.task.has_one_label:
        names = [name for name in names if name not in OF_MULTILABEL]
    if imbalance.augment_below is not None:
        names += [name for name in type(imbalance).model_fields if "augment" in name]
    found = {name: getattr(imbalance, name) for name in names}
    if train.label_weights:
        found["label_weights"] = dict(train.label_weights)
    return {name: value for name, value in found.items() if value is not None}
