"""The rows with wrong labels that surprise a classifier most, for people to read."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kerascls.evaluation.reports.errors import row_losses, surprising_rows
from kerascls.evaluation.scored_rows import ScoredRows


def worst_mistakes(
    scored: ScoredRows, limit: int, max_chars: int
) -> list[dict[str, Any]]:
    """Returns the most surprising mistakes as JSON types, the worst first.

    Args:
        scored: Rows with their texts, if these were kept.
        limit: How many to return at most.
        max_chars: Longer texts are cut there; `cut` says that one was.
    """
    rows = surprising_rows(scored, limit)
    losses = row_losses(scored)[rows]
    return [
        _mistake(scored, row, loss, max_chars)
        for row, loss in zip(rows.tolist(), losses.tolist(), strict=True)
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
