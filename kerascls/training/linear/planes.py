"""One plane between the rows that have a label and those that have not, per label."""

import warnings
from collections.abc import Callable
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
    machine = named(loss.machine)(strength, seed)

    def fit(truth: np.ndarray) -> Any:
        weights = inverse_frequencies(truth) if balanced else None
        machine.set_params(class_weight=weights)
        if row_weights is None:
            return machine.fit(matrix, truth)
        return machine.fit(matrix, truth, sample_weight=row_weights)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if task.has_weights:
            return _of_shares(machine, matrix, targets)
        every_class = task.has_one_label and targets.any(axis=0).all()
        if every_class and (loss.all_classes or targets.shape[1] == 2):
            fit(targets.argmax(axis=1))
            return _both_sides(machine.coef_, machine.intercept_)
        planes = [_plane(truth, num_columns, fit) for truth in targets.T]
    coefficients = np.stack([plane for plane, _ in planes], axis=1)
    return coefficients, np.array([intercept for _, intercept in planes], np.float32)


def support_vector_machine(strength: float, seed: int) -> Any:
    """Returns a linear SVM with squared hinge loss, not fitted."""
    from sklearn.svm import LinearSVC

    return LinearSVC(
        C=strength,
        tol=TOLERANCE,
        random_state=seed,
    )


def logistic_regression(strength: float, seed: int) -> Any:
    """Returns a logistic regression, not fitted."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=strength,
        tol=TOLERANCE,
        solver="liblinear",
        dual=True,
        random_state=seed,
    )


def multinomial_regression(strength: float, seed: int) -> Any:
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


def inverse_frequencies(truth: np.ndarray) -> dict[Any, float]:
    """Returns what a row of each class costs, so that classes cost alike; mean 1.

    What `class_weight="balanced"` says, of rows. As of scikit-learn 1.9.1 that counts
    sample weights here, so that it takes back whatever `row_weights` give to a class.

    Args:
        truth: `(rows,)`, the class of each row.
    """
    classes, counts = np.unique(truth, return_counts=True)
    weights = len(truth) / (len(classes) * counts)
    return dict(zip(classes.tolist(), weights.tolist(), strict=True))


def _both_sides(planes: np.ndarray, intercept: np.ndarray) -> tuple[Any, Any]:
    if len(planes) == 1:  # of two labels, each is what the other is not
        planes = np.concatenate([-planes, planes])
        intercept = np.concatenate([-intercept, intercept])
    return (
        np.ascontiguousarray(planes.T, np.float32),
        intercept.astype(np.float32),
    )


def _plane(
    truth: np.ndarray, num_columns: int, fit: Callable[[np.ndarray], Any]
) -> tuple[np.ndarray, float]:
    if truth.all() or not truth.any():  # nothing to tell apart
        return np.zeros(num_columns, np.float32), 1.0 if truth.all() else -1.0
    machine = fit(truth)
    return machine.coef_[0].astype(np.float32), float(machine.intercept_[0])
