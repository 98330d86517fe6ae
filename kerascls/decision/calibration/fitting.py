"""Fits a calibration on validation rows."""

from typing import Literal

import numpy as np

from kerascls.data.drawing import thinned
from kerascls.data.labels import Task
from kerascls.data.targets import rescaled
from kerascls.decision.activations import check_rows
from kerascls.decision.calibration.calibration import Calibration, Steps
from kerascls.decision.calibration.platt import fit_platt
from kerascls.decision.calibration.temperature import fit_temperature
from kerascls.errors import SettingsError
from kerascls.system.extras import require

# Under cross-validation on six sets (benchmarks/tuning.py) its log loss was within 3 %
# (isotonic: 4 %) of that of the best strength on every set.
SHRINKAGE = 10.0
FITTED_KINDS = ("auto", "none", "temperature", "platt", "isotonic")

# Numbers fitted at once, in float64; and of all labels taken together.
_CHUNK = 2**20
_POOLED = 2**22


def fit_calibration(
    targets: np.ndarray,
    logits: np.ndarray,
    task: Task,
    kind: Literal["auto", "none", "temperature", "platt", "isotonic"] = "auto",
    *,
    shrinkage: float = SHRINKAGE,
) -> Calibration:
    """Fits a calibration on validation rows.

    Labels with few positives are shrunk towards the fit of all labels taken together
    as if they were one ("pooled"): with n positives and s the `shrinkage`, a label's
    slope and intercept are (n x own + s x pooled) / (n + s), which is the weighted
    mean of the two corrected logits. Labels without a positive or without a negative
    have no fit of their own and take the pooled one. Isotonic probabilities are mixed
    with those of this Platt scaling by the same weights.

    Args:
        targets: bool `(rows, num_classes)`, validation rows, never test rows; for
            distributions float32 weights. Multi-class rows without a true label are
            left out, and so are rows without weights; others' are divided by their
            sum.
        logits: float `(rows, num_classes)`.
        task: What a row's labels mean.
        kind: `"auto"` is `"temperature"` where probabilities sum to 1 and `"platt"` for
            multi-label. `"platt"` and `"isotonic"` are for multi-label only.
        shrinkage: s above; 0 leaves each label its own fit.

    Returns:
        A `Calibration`; of kind `"none"` where the rows say nothing: no row, or no
        true label, or (multi-label) no false one.

    Raises:
        SettingsError: When an argument has no meaning, task and kind do not go
            together, or scikit-learn is missing for `"isotonic"`.
        NotFiniteError: When a logit is not a finite number.

    References:
        See `fit_platt` and `fit_temperature`; Zadrozny, Elkan: "Transforming
        classifier scores into accurate multiclass probability estimates" (2002), for
        isotonic regression.
    """
    task = Task(task)
    logits = _checked(targets, logits, task, kind, shrinkage)
    if kind == "auto":
        kind = "temperature" if task.sums_to_one else "platt"
    if task.has_weights:
        targets, logits = _with_weights(targets, logits)
    elif task.has_one_label:
        stated = targets.sum(axis=1) == 1
        targets, logits = targets[stated], logits[stated]
    elif targets.all():
        kind = "none"
    if kind == "none" or not targets.any():
        return Calibration()
    if kind == "temperature":
        number = fit_temperature(targets, logits, task)
        return Calibration("temperature", temperature=number)
    slopes, intercepts, weights = map(tuple, _platt(targets, logits, shrinkage))
    if kind == "platt":
        return Calibration("platt", slopes=slopes, intercepts=intercepts)
    steps = tuple(
        _isotonic(targets[:, column], logits[:, column]) if weight else ((), ())
        for column, weight in enumerate(weights)
    )
    return Calibration(
        "isotonic", slopes=slopes, intercepts=intercepts, weights=weights, steps=steps
    )


def _with_weights(
    targets: np.ndarray, logits: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows that have weights of known labels, which then sum to 1."""
    known = targets.any(axis=1)
    return rescaled(targets[known]), logits[known]


def _platt(
    targets: np.ndarray, logits: np.ndarray, shrinkage: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns shrunk slopes and intercepts, and the weight of each label's own fit."""
    positives = np.count_nonzero(targets, axis=0)
    fittable = np.flatnonzero((positives > 0) & (positives < len(targets)))
    # Of four million numbers, rows drawn by lot say enough of all labels together.
    truth, some = thinned(targets, logits, most=_POOLED)
    if not truth.any() or truth.all():
        truth, some = targets, logits
    pooled = fit_platt(truth.reshape(-1, 1), some.reshape(-1, 1))
    own = np.repeat(np.concatenate(pooled)[:, None], len(positives), axis=1)
    weights = np.zeros(len(positives))
    weights[fittable] = positives[fittable] / (positives[fittable] + shrinkage)
    shared = own.copy()
    width = max(1, _CHUNK // len(targets))
    for start in range(0, len(fittable), width):
        columns = fittable[start : start + width]
        own[:, columns] = fit_platt(targets[:, columns], logits[:, columns])
    slopes, intercepts = weights * own + (1 - weights) * shared
    return slopes, intercepts, weights


def _isotonic(target: np.ndarray, logits: np.ndarray) -> Steps:
    """Returns the rising line of the least squared error for one label."""
    from sklearn.isotonic import IsotonicRegression

    line = IsotonicRegression(y_min=0, y_max=1).fit(logits.astype(np.float64), target)
    return tuple(line.X_thresholds_), tuple(line.y_thresholds_)


def _checked(
    targets: np.ndarray, logits: np.ndarray, task: Task, kind: str, shrinkage: float
) -> np.ndarray:
    dtype = np.float32 if task.has_weights else np.bool_
    logits = check_rows(targets, logits, "logits", dtype)
    if kind not in FITTED_KINDS or not 0 <= shrinkage < np.inf:
        raise SettingsError(
            f"A calibration is of a kind out of {', '.join(FITTED_KINDS)}, with a "
            f"shrinkage from 0 on. Received: kind={kind!r}, shrinkage={shrinkage!r}. "
            "Choose one of them."
        )
    if task.sums_to_one and kind in ("platt", "isotonic"):
        raise SettingsError(
            "Platt scaling and isotonic regression are for multilabel: they would "
            f"change each class by itself. Received: kind={kind!r}, "
            f'task={task.value!r}. Use "temperature".'
        )
    if kind == "isotonic":
        require("calibration=isotonic", "sklearn")
    return logits
