"""Probabilities of rows from linear models that have not seen them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kerascls.data.duplicates import group_duplicates
from kerascls.data.examples import Labels, Picked
from kerascls.data.ideographs import mostly_ideographs
from kerascls.data.labels import Task
from kerascls.data.splits import stratified_split
from kerascls.decision.activations import sigmoid
from kerascls.models.linear.tfidf import (
    FEW_TEXTS,
    MIN_TEXTS,
    SparseRows,
    Tfidf,
    learn_tfidf,
)

MAX_FEATURES = 300_000
# Characters that are learned from: their n-grams take half a GiB, of a million
# headlines all.
MAX_CHARS = 25_000_000
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
    learned: np.ndarray | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Predicts every row by a model trained on the other folds.

    The model is a logistic regression for each label on TF-IDF weights: of one and two
    characters where texts are mostly Chinese or Japanese, else of one and two words.
    Which n-grams there are and how rare they are is counted once, over all texts that
    are learned from; it says nothing about labels. Equal texts are in one fold, or one
    would tell the model the wrong label of the other.

    Args:
        texts: One text per row.
        targets: bool `(rows, num_classes)`, the labels as they stand.
        task: For multi-class the probabilities of a row are scaled to sum to 1.
        folds: Models for each label.
        seed: Of the folds and of the order of training.
        learned: int64, which rows are learned from, ascending; all by default.
        on_progress: Called with models done and all models.

    Returns:
        float64 `(rows, num_classes)`. Where the training rows all lack a label or all
        have it, there is no model and the probability is their share, 0 or 1.
    """
    learned = np.arange(len(texts)) if learned is None else learned
    tfidf, rows = _features(Picked(texts, learned))
    matrix = _matrix(rows, len(tfidf.ngrams))
    probabilities = np.zeros(targets.shape)
    held_out = fold_rows(texts, targets, folds, seed)
    done, total = 0, len(held_out) * targets.shape[1]
    for fold in held_out:
        rest = ~np.isin(learned, fold)
        known, truth = matrix[rest], targets[learned[rest]]
        planes = []
        for column in truth.T:
            planes.append(_plane(known, column, seed))
            done += 1
            if on_progress:
                on_progress(done, total)
        if len(fold):
            probabilities[fold] = _predicted(tfidf, planes, Picked(texts, fold))
    if task is Task.MULTICLASS:
        totals = probabilities.sum(axis=1, keepdims=True)  # (rows, 1)
        probabilities /= np.where(totals > 0, totals, 1)
    return probabilities


def affordable_rows(texts: Sequence[str], seed: int) -> np.ndarray:
    """Returns rows drawn by lot, int64 ascending, of `MAX_CHARS` together; or all."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    order = np.random.default_rng(seed).permutation(len(texts))
    number = np.searchsorted(np.cumsum(lengths[order]), MAX_CHARS, side="right")
    return np.sort(order[: max(1, int(number))])


def fold_rows(
    texts: Sequence[str], targets: np.ndarray, folds: int, seed: int
) -> list[np.ndarray]:
    """Returns each fold's rows, int64, stratified by label, equal texts together."""
    first_of = np.arange(len(texts))
    for group in group_duplicates(texts):
        first_of[group] = group[0]
    first, group_of = np.unique(first_of, return_inverse=True)  # (groups,), rows
    packed = np.packbits(targets[first], axis=1)
    _, where, codes = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    kinds = [tuple(map(str, np.flatnonzero(targets[first[row]]))) for row in where]
    labels = Labels(kinds, codes.ravel())
    groups_of_folds = stratified_split(labels, [1 / folds] * folds, seed)
    return [np.flatnonzero(np.isin(group_of, groups)) for groups in groups_of_folds]


def _plane(known: Any, truth: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Returns a weight for each n-gram, and the logit of a text without any."""
    from sklearn.linear_model import SGDClassifier

    if truth.all() or not truth.any() or not known.shape[1]:
        share = float(truth.mean()) if len(truth) else 0.0
        with np.errstate(divide="ignore"):
            logit = np.log(share) - np.log1p(-share)
        return np.zeros(known.shape[1], np.float32), float(logit)
    model = SGDClassifier(**_training(known.shape[0], seed)).fit(known, truth)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _predicted(
    tfidf: Tfidf, planes: Sequence[tuple[np.ndarray, float]], texts: Sequence[str]
) -> np.ndarray:
    """Returns the probability of each plane's label, float64 `(texts, planes)`."""
    weights = np.stack([plane for plane, _ in planes], axis=1)
    logits = [_matrix(some, len(weights)) @ weights for some in tfidf.transform(texts)]
    return sigmoid(np.concatenate(logits) + [logit for _, logit in planes])


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


def _features(texts: Sequence[str]) -> tuple[Tfidf, SparseRows]:
    """Returns the n-grams that count, and the weights of these texts."""
    return learn_tfidf(
        texts,
        "char" if mostly_ideographs(texts) else "word",
        MIN_TEXTS if len(texts) >= FEW_TEXTS else 1,
        MAX_FEATURES,
    )


def _matrix(rows: SparseRows, num_columns: int) -> Any:
    """Returns rows as scipy's sparse matrix, float32 `(rows, num_columns)`."""
    from scipy.sparse import csr_matrix

    values = rows.values.astype(np.float32)
    shape = (len(rows), num_columns)
    return csr_matrix((values, rows.columns, rows.offsets), shape=shape)
