"""The rows with wrong labels that surprise a classifier most, for people to read."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kerascls.labels import Task
from kerascls.scored_rows import ScoredRows

_SMALLEST = 1e-7


def surprise(scored: ScoredRows, rows: np.ndarray) -> np.ndarray:
    """Returns the loss of rows: how unlikely their true labels were.

    This is cross-entropy, for multi-label summed over the labels. Labels that
    training lacked do not count.

    Args:
        scored: The rows.
        rows: int `(n,)`, which of them.

    Returns:
        float64 `(n,)`, not negative.
    """
    targets = scored.targets[rows, : scored.known]
    found = scored.probabilities[rows, : scored.known].astype(np.float64)
    found = np.clip(found, _SMALLEST, 1 - _SMALLEST)
    if scored.task is Task.MULTICLASS:
        return -np.log(np.where(targets, found, 1)).sum(axis=1)
    return -np.log(np.where(targets, found, 1 - found)).sum(axis=1)


def worst_mistakes(
    scored: ScoredRows, limit: int, max_chars: int
) -> list[dict[str, Any]]:
    """Returns the most surprising mistakes as JSON types, the worst first.

    Args:
        scored: Rows with their texts, if these were kept.
        limit: How many to return at most.
        max_chars: Longer texts are cut there; `cut` says that one was.
    """
    wrong = np.flatnonzero(scored.wrong)
    losses = surprise(scored, wrong)
    order = np.argsort(-losses, kind="stable")[:limit]
    return [
        _mistake(scored, row, loss, max_chars)
        for row, loss in zip(wrong[order].tolist(), losses[order].tolist(), strict=True)
    ]


def _mistake(
    scored: ScoredRows, row: int, loss: float, max_chars: int
) -> dict[str, Any]:
    texts: Sequence[str] = scored.texts[row] if len(scored.texts) else ()
    target, chosen = scored.targets[row], scored.chosen[row]
    shown = np.flatnonzero(target | chosen)
    return {
        "line": int(scored.lines[row]),
        "loss": round(loss, 3),
        # Label, whether true, whether given, probability.
        "labels": [
            [
                int(label),
                int(target[label]),
                int(chosen[label]),
                round(float(scored.probabilities[row, label]), 4),
            ]
            for label in shown
        ],
        "texts": [text[:max_chars] for text in texts],
        "cut": any(len(text) > max_chars for text in texts),
    }
