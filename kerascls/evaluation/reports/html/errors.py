"""The rows with wrong labels that surprise a classifier most, for people to read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
    losses = row_losses(scored)
    rows = surprising_rows(scored, limit).tolist()
    return [_mistake(scored, row, losses[row], max_chars) for row in rows]


def _mistake(
    scored: ScoredRows, row: int, loss: float, max_chars: int
) -> dict[str, Any]:
    texts: Sequence[str] = scored.texts[row] if len(scored.texts) else ()
    target, chosen = scored.targets[row].tolist(), scored.chosen[row].tolist()
    probabilities = scored.probabilities[row].tolist()
    return {
        "line": int(scored.lines[row]),
        "file": Path(scored.files[row]).name if scored.files else "",
        "loss": round(float(loss), 3),
        # Label, whether true, whether chosen, probability.
        "labels": [
            [label, int(target[label]), int(chosen[label]), round(probability, 4)]
            for label, probability in enumerate(probabilities)
            if target[label] or chosen[label]
        ],
        "texts": [text[:max_chars] for text in texts],
        "cut": any(len(text) > max_chars for text in texts),
    }
