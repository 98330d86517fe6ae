"""Scores of rows drawn with replacement, for many draws at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

HEADLINE = ("accuracy", "micro_f1", "macro_f1", "weighted_f1")

# Memory: weights of 64 resamples, and the cells of some rows as float32.
_RESAMPLES_AT_ONCE = 64
_CELLS_AT_ONCE = 2**22


@dataclass(frozen=True, eq=False)
class ResampledScores:
    """Scores of one decision in every resample.

    Args:
        scores: float64 `(resamples, 4 + num_classes)`, those of `HEADLINE`, then F1 of
            each class, 0 where it is missing.
        present: bool, same shape: whether a class is true or chosen among the rows
            drawn; always True for the headline.
    """

    scores: np.ndarray
    present: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """The scores, NaN for classes that are missing."""
        return np.where(self.present, self.scores, np.nan)


def resampled_weights(rows: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yields how often each row is drawn in each resample, some resamples at a time.

    Args:
        rows: How many to draw from, and how many to draw.
        resamples: How often.
        seed: Of the generator.

    Yields:
        float32 `(some resamples, rows)`, each row of it multinomial.
    """
    random = np.random.default_rng(seed)
    for start in range(0, resamples, _RESAMPLES_AT_ONCE):
        some = min(_RESAMPLES_AT_ONCE, resamples - start)
        weights = np.empty((some, rows), np.float32)
        for row in weights:
            row[:] = np.bincount(random.integers(rows, size=rows), minlength=rows)
        yield weights


def weighted_scores(
    targets: np.ndarray,
    decisions: Sequence[np.ndarray],
    weights: Iterable[np.ndarray],
) -> list[ResampledScores]:
    """Scores decisions on rows that count as often as their weights say.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        decisions: bool arrays of the same shape, the labels that were chosen.
        weights: Blocks of float32 `(resamples, rows)`, each summing to `rows`.

    Returns:
        For each decision what `score` says of the rows drawn.
    """
    blocks: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in decisions]
    for block in weights:
        support, *counts = _weighted_counts(targets, decisions, block)
        for decision, scored in enumerate(blocks):
            hits, predicted, right = counts[3 * decision : 3 * decision + 3]
            scored.append(_scores(support, hits, predicted, right / len(targets)))
    return [
        ResampledScores(*map(np.concatenate, zip(*scored, strict=True)))
        for scored in blocks
    ]


def _scores(
    support: np.ndarray, hits: np.ndarray, predicted: np.ndarray, accuracy: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns scores and presence as in `ResampledScores`, from weighted counts."""
    both = support + predicted
    present = both > 0
    f1 = 2 * hits / np.maximum(both, 1)
    headline = (
        accuracy,
        2 * hits.sum(axis=1) / np.maximum(both.sum(axis=1), 1),
        f1.sum(axis=1) / np.maximum(present.sum(axis=1), 1),
        (f1 * support).sum(axis=1) / np.maximum(support.sum(axis=1), 1),
    )
    always = np.ones((len(f1), len(HEADLINE)), np.bool_)
    # (resamples, 4 + num_classes), both
    return np.column_stack([*headline, f1]), np.hstack([always, present])


def _weighted_counts(
    targets: np.ndarray, decisions: Sequence[np.ndarray], weights: np.ndarray
) -> list[np.ndarray]:
    """Returns support, then hits, predicted and right rows of each decision, float64.

    Each is `(resamples, num_classes)`, right rows are `(resamples,)`.
    """
    rows, width = targets.shape
    step = max(1, _CELLS_AT_ONCE // width)
    blocks = []
    for start in range(0, rows, step):
        block = slice(start, start + step)
        true = targets[block]
        counted = [true]
        for decision in decisions:
            chosen = decision[block]
            counted += [true & chosen, chosen, (true == chosen).all(axis=1)]  # (block,)
        # Exact: sums of whole numbers below 2**24 in each block, and float64 between.
        sums = [weights[:, block] @ cells.astype(np.float32) for cells in counted]
        blocks.append([counts.astype(np.float64) for counts in sums])
    return [sum(sums) for sums in zip(*blocks, strict=True)]
