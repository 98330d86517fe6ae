"""One plane between the rows that have a label and those that have not, per label."""

import warnings
from typing import Any

import numpy as np

from kerascls.data.labels import Task
from kerascls.models.linear.config import LinearLoss
from kerascls.models.linear.tfidf import SparseRows
from kerascls.system.tables import named

# liblinear's own. With scikit-learn's 1e-4 scores are the same and training takes up to
# five times as long (benchmarks/linear.py).
TOLERANCE = 0.1
# Of L-BFGS, on the largest gradient.
SHARES_TOLERANCE = 1e-3
MAX_STEPS = 200


def fit_planes(
    rows: SparseRows,
    num_columns: int,
    targets: np.ndarray,
    task: Task,
    *,
    loss: LinearLoss,
    strength: float,
    balanced: bool,
    seed: int,
    row_weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Fits linear SVMs or logistic regressions, one against the rest.

    Args:
        rows: What is known of each row.
        num_columns: Of `rows`.
        targets: bool `(rows, num_classes)`; a label that is true nowhere is never
            likely. Where labels have weights float32, all labels with some.
        task: What a row's labels mean.
        loss: A row of `LINEAR_LOSSES`.
        strength: C, how much a row on the wrong side costs.
        balanced: Whether rows cost more the rarer their label is.
        seed: Of the order of rows.
        row_weights: float32 `(rows,)`, factors on what rows cost; None for alike.

    Returns:
        float32 `(num_columns, num_classes)` and `(num_classes,)`: coefficients and
        intercept.

    References:
        - [LIBLINEAR](https://www.jmlr.org/papers/v9/fan08a.html)
    """
    from scipy.sparse import csr_matrix
    from sklearn.exceptions import ConvergenceWarning

    shape = (len(rows), num_columns)
    matrix = csr_matrix((rows.values, rows.columns, rows.offsets), shape=shape)
    machine = named(loss.machine)(strength, balanced, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if task.has_weights:
            return _of_shares(machine, matrix, targets)
        every_class = task.has_one_label and targets.any(axis=0).all()
        if every_class and (loss.all_classes or targets.shape[1] == 2):
            _fit(machine, matrix, targets.argmax(axis=1), row_weights)
            return _both_sides(machine.coef_, machine.intercept_)
        planes = [_plane(matrix, truth, machine, row_weights) for truth in targets.T]
    coefficients = np.stack([plane for plane, _ in planes], axis=1)
    return coefficients, np.array([intercept for _, intercept in planes], np.float32)


def support_vector_machine(strength: float, balanced: bool, seed: int) -> Any:
    """Returns a linear SVM with squared hinge loss, not fitted."""
    from sklearn.svm import LinearSVC

    return LinearSVC(
        C=strength,
        class_weight="balanced" if balanced else None,
        tol=TOLERANCE,
        random_state=seed,
    )


def logistic_regression(strength: float, balanced: bool, seed: int) -> Any:
    """Returns a logistic regression, not fitted."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=strength,
        class_weight="balanced" if balanced else None,
        tol=TOLERANCE,
        solver="liblinear",
        dual=True,
        random_state=seed,
    )


def multinomial_regression(strength: float, balanced: bool, seed: int) -> Any:
    """Returns a logistic regression of all labels at once, not fitted."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, tol=SHARES_TOLERANCE, max_iter=MAX_STEPS)


def _of_shares(
    machine: Any, matrix: Any, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fits shares of labels: each row counts once for each label, by its share.

    The sum of such losses is the cross-entropy against the shares.
    """
    rows, labels = np.nonzero(shares)
    machine.fit(matrix[rows], labels, sample_weight=shares[rows, labels])
    planes, intercept = machine.coef_, machine.intercept_
    if len(planes) == 1:  # the log odds of the second, which softmax takes the half of
        planes, intercept = planes / 2, intercept / 2
    return _both_sides(planes, intercept)


def _both_sides(planes: np.ndarray, intercept: np.ndarray) -> tuple[Any, Any]:
    if len(planes) == 1:  # of two labels, each is what the other is not
        planes = np.concatenate([-planes, planes])
        intercept = np.concatenate([-intercept, intercept])
    return (
        np.ascontiguousarray(planes.T, np.float32),
        intercept.astype(np.float32),
    )


def _fit(
    machine: Any, matrix: Any, truth: np.ndarray, weights: np.ndarray | None
) -> None:
    if weights is None:
        machine.fit(matrix, truth)
    else:
        machine.fit(matrix, truth, sample_weight=weights)


def _plane(
    matrix: Any, truth: np.ndarray, machine: Any, weights: np.ndarray | None
) -> tuple[np.ndarray, float]:
    if truth.all() or not truth.any():  # nothing to tell apart
        return np.zeros(matrix.shape[1], np.float32), 1.0 if truth.all() else -1.0
    _fit(machine, matrix, truth, weights)
    return machine.coef_[0].astype(np.float32), float(machine.intercept_[0])
