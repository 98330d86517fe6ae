"""Probabilities of rows from linear models that have not seen them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kerascls.data.ideographs import mostly_ideographs
from kerascls.data.labels import Task
from kerascls.data.splits import stratified_split

MAX_FEATURES = 300_000
# The inverse strength of the L2 penalty, as C of scikit-learn's LogisticRegression.
STRENGTH = 10
MIN_EPOCHS, MAX_EPOCHS, WANTED_STEPS = 10, 100, 100_000


def out_of_sample_probabilities(
    texts: Sequence[str],
    targets: np.ndarray,
    task: Task,
    *,
    folds: int = 5,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Predicts every row by a model trained on the other folds.

    The model is a logistic regression for each label on TF-IDF weights: of one and two
    characters where texts are mostly Chinese or Japanese, else of one and two words.
    Which n-grams there are and how rare they are is counted once, over all texts; it
    says nothing about labels. Equal texts are in one fold, or one would tell the
    model the wrong label of the other.

    Args:
        texts: One text per row.
        targets: bool `(rows, num_classes)`, the labels as they stand.
        task: For multi-class the probabilities of a row are scaled to sum to 1.
        folds: Models for each label.
        seed: Of the folds and of the order of training.
        on_progress: Called with models done and all models.

    Returns:
        float64 `(rows, num_classes)`. Where the training rows all lack a label or all
        have it, there is no model and the probability is their share, 0 or 1.
    """
    from sklearn.linear_model import SGDClassifier

    features = _features(texts)
    probabilities = np.zeros(targets.shape)
    held_out = fold_rows(texts, targets, folds, seed)
    done = 0
    for fold in held_out:
        rest = np.setdiff1d(np.arange(len(texts)), fold)
        known, unknown = features[rest], features[fold]
        options = _training(len(rest), seed)
        for column in range(targets.shape[1]):
            truth = targets[rest, column]
            if truth.all() or not truth.any():
                probabilities[fold, column] = truth.mean()
            elif len(fold):
                model = SGDClassifier(**options).fit(known, truth)
                probabilities[fold, column] = model.predict_proba(unknown)[:, 1]
            done += 1
            if on_progress:
                on_progress(done, len(held_out) * targets.shape[1])
    if task is Task.MULTICLASS:
        totals = probabilities.sum(axis=1, keepdims=True)  # (rows, 1)
        probabilities /= np.where(totals > 0, totals, 1)
    return probabilities


def fold_rows(
    texts: Sequence[str], targets: np.ndarray, folds: int, seed: int
) -> list[np.ndarray]:
    """Returns each fold's rows, int64, stratified by label, equal texts together."""
    numbers: dict[str, int] = {}
    group_of = np.array([numbers.setdefault(t, len(numbers)) for t in texts], np.int64)
    first = np.unique(group_of, return_index=True)[1]  # (groups,), rows
    labels = [tuple(map(str, np.flatnonzero(targets[row]))) for row in first]
    groups_of_folds = stratified_split(labels, [1 / folds] * folds, seed)
    return [np.flatnonzero(np.isin(group_of, groups)) for groups in groups_of_folds]


def _training(num_rows: int, seed: int) -> dict[str, Any]:
    epochs = -(-WANTED_STEPS // max(num_rows, 1))
    return {
        "loss": "log_loss",
        "alpha": 1 / (STRENGTH * max(num_rows, 1)),
        "max_iter": min(max(MIN_EPOCHS, epochs), MAX_EPOCHS),
        "tol": None,
        "average": True,
        "random_state": seed,
    }


def _features(texts: Sequence[str]) -> Any:
    """Returns TF-IDF weights, float32 `(texts, n-grams)` in a scipy sparse matrix."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        analyzer="char" if mostly_ideographs(texts) else "word",
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2 if len(texts) >= 100 else 1,  # in few texts no n-gram is there twice
        max_features=MAX_FEATURES,
        dtype=np.float32,
    ).fit_transform(texts)
