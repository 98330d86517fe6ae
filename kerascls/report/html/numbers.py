"""Numbers beside precision, recall and F1: intervals, rankings, calibration."""
# interim; switched over to kerascls.metrics when it has them

from typing import NamedTuple

import numpy as np


def average_precision(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    from sklearn.metrics import average_precision_score

    out = np.full(targets.shape[1], np.nan)
    for c in np.flatnonzero(targets.any(0)):
        out[c] = average_precision_score(targets[:, c], probabilities[:, c])
    return out


def roc_auc(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    from sklearn.metrics import roc_auc_score

    out = np.full(targets.shape[1], np.nan)
    for c in np.flatnonzero(targets.any(0) & ~targets.all(0)):
        out[c] = roc_auc_score(targets[:, c], probabilities[:, c])
    return out


class Reliability(NamedTuple):
    confidence: np.ndarray
    frequency: np.ndarray
    counts: np.ndarray

    @property
    def error(self) -> float:
        distance = np.abs(np.nan_to_num(self.confidence - self.frequency))
        return float(distance @ self.counts / self.counts.sum())


def reliability(targets, probabilities, bins: int = 15, *, task="multilabel"):
    if task == "multiclass":
        top = probabilities.argmax(axis=1)[:, None]
        targets = np.take_along_axis(targets, top, axis=1)
        probabilities = np.take_along_axis(probabilities, top, axis=1)
    target, probability = targets.ravel(), probabilities.ravel().astype(np.float64)
    place = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], probability)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, probability, minlength=bins) / counts
        frequency = np.bincount(place, target, minlength=bins) / counts
    return Reliability(confidence, frequency, counts)


def bootstrap_intervals(targets, chosen, resamples=200, level=0.95, seed=0):
    rng = np.random.default_rng(seed)
    hits, sup, giv = targets & chosen, targets, chosen
    right = (targets == chosen).all(1)
    n = len(targets)
    values = {"accuracy": [], "micro": [], "macro": [], "weighted": []}
    per = []
    for _ in range(resamples):
        w = np.bincount(rng.integers(n, size=n), minlength=n).astype(np.float32)
        h, s, g = w @ hits, w @ sup, w @ giv
        f1 = 2 * h / np.maximum(s + g, 1)
        values["accuracy"].append(w @ right / n)
        values["micro"].append(2 * h.sum() / max((s + g).sum(), 1))
        values["macro"].append(f1[(s + g) > 0].mean())
        values["weighted"].append((f1 * s).sum() / max(s.sum(), 1))
        per.append(f1)
    ends = [(1 - level) / 2, (1 + level) / 2]
    found = {k: np.quantile(v, ends) for k, v in values.items()}
    return found, np.quantile(per, ends, axis=0)
