"""How well labels are ordered by their probabilities, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.checks import check_probabilities

_CELLS_AT_ONCE = 2**22
TOP_FIVE = 5


@dataclass(frozen=True)
class RankingScores:
    """What `ranking_scores` returns.

    Args:
        p_at: For each k, the share of true labels among the first k, over all rows.
        r_at: For each k, the share of a row's true labels that are among the first
            k, over the rows that have a label; NaN when none has.
        ndcg_at: For each k, normalised discounted cumulative gain, over all rows; a
            row without label counts 0.
        lrap: Label-ranking average precision; a row without label, or with all,
            counts 1.
        top_five: P R / (P + R), where P is the sum over ranks i = 0..4 of (hits at
            rank i / rows) / ln(i + 2), and R the share of all true labels that are in
            the top five of their rows; 0 without hits. It may be above 1. Of five
            labels or fewer all are in the top five, so it says little; reports leave
            it out.
    """

    p_at: dict[int, float]
    r_at: dict[int, float]
    ndcg_at: dict[int, float]
    lrap: float
    top_five: float

    def to_dict(self) -> dict[str, Any]:
        """Returns the scores as plain JSON types, but for NaN."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RankingScores":
        """Returns the scores that `to_dict` wrote, through JSON or not."""
        by_k = {
            name: {int(k): value for k, value in values[name].items()}
            for name in ("p_at", "r_at", "ndcg_at")
        }
        return cls(**by_k, lrap=values["lrap"], top_five=values["top_five"])


def ranking_scores(
    targets: np.ndarray, probabilities: np.ndarray, ks: Sequence[int] = (1, 3, 5)
) -> RankingScores:
    """Scores the order in which each row's probabilities put the labels.

    Labels with equal probabilities stand in no order: at each of their ranks counts
    the share of them that is true, which is the mean over all orders, and what
    scikit-learn does for nDCG.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        probabilities: float `(rows, num_classes)`.
        ks: How many labels to look at.

    Raises:
        SettingsError: When the arrays do not fit each other, or a k is below 1.
        NotFiniteError: When a probability is not a finite number.

    References:
        Järvelin and Kekäläinen 2002, Cumulated gain-based evaluation of IR
        techniques. The top-five score is that of the Zhihu challenge of 2017.

    Example:
        >>> ranking_scores(targets, probabilities).p_at[3]
    """
    check_probabilities(targets, probabilities)
    ks = tuple(int(k) for k in ks)
    if min(ks, default=1) < 1:
        raise SettingsError(
            f"Expected ks from 1 on. Received: ks={ks}. Use 1, 3 and 5."
        )
    rows, width = targets.shape
    step = max(1, _CELLS_AT_ONCE // width)
    blocks = [slice(start, start + step) for start in range(0, rows, step)]
    sums = [_row_sums(targets[block], probabilities[block], ks) for block in blocks]
    p, r, ndcg, lrap, at_rank, labels, labelled = (
        sum(values) for values in zip(*sums, strict=True)
    )
    recall = r / labelled if labelled else np.full(len(ks), np.nan)
    return RankingScores(
        p_at=dict(zip(ks, (p / rows).tolist(), strict=True)),
        r_at=dict(zip(ks, recall.tolist(), strict=True)),
        ndcg_at=dict(zip(ks, (ndcg / rows).tolist(), strict=True)),
        lrap=float(lrap / rows),
        top_five=_top_five(at_rank, rows, labels),
    )


def _row_sums(
    targets: np.ndarray, probabilities: np.ndarray, ks: tuple[int, ...]
) -> tuple[Any, ...]:
    """Returns sums over some rows of everything the scores are made of."""
    gains, rank, hits = _ranked(targets, probabilities)
    counts = np.count_nonzero(targets, axis=1)
    discount = 1 / np.log2(np.arange(gains.shape[1]) + 2)
    cumulated = np.cumsum(gains, axis=1)
    dcg = np.cumsum(gains * discount, axis=1)
    ideal = np.append(0.0, np.cumsum(discount))
    p, r, ndcg = np.zeros((3, len(ks)))
    for index, k in enumerate(ks):
        last = min(k, gains.shape[1]) - 1
        p[index] = cumulated[:, last].sum() / k
        r[index] = (cumulated[:, last] / np.maximum(counts, 1)).sum()
        # A row without label has no gain, and an ideal one of 0.
        best = np.where(counts > 0, ideal[np.minimum(counts, k)], 1.0)
        ndcg[index] = (dcg[:, last] / best).sum()
    # Labels that share a rank all have the last of their ranks.
    precision = (gains * (hits / rank)).sum(axis=1) / np.maximum(counts, 1)
    lrap = np.where(counts > 0, precision, 1.0).sum()
    labelled = np.count_nonzero(counts)
    at_rank = np.zeros(TOP_FIVE)
    at_rank[: gains.shape[1]] = gains[:, :TOP_FIVE].sum(axis=0)
    return p, r, ndcg, lrap, at_rank, counts.sum(), labelled


def _ranked(
    targets: np.ndarray, probabilities: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns, for each row and rank, three float64 arrays `(rows, num_classes)`.

    They are the share of true labels among those that tie for the rank, the last rank
    of these, counted from 1, and the true labels up to there.
    """
    # (rows, num_classes), like all that follows
    order = np.argsort(-probabilities, axis=1)
    values = np.take_along_axis(probabilities, order, axis=1)
    true = np.take_along_axis(targets, order, axis=1)
    width = values.shape[1]
    ends = np.ones(values.shape, np.bool_)
    ends[:, :-1] = values[:, :-1] != values[:, 1:]
    ranks = np.arange(1, width + 1)
    # The last of the ranks that tie, by the least end from the right.
    reverse = np.where(ends, ranks, width)[:, ::-1]
    last = np.minimum.accumulate(reverse, axis=1)[:, ::-1]
    # The number of ranks before the first of those that tie.
    starts = np.ones(values.shape, np.bool_)
    starts[:, 1:] = ends[:, :-1]
    before = np.maximum.accumulate(np.where(starts, ranks - 1, 0), axis=1)
    cumulated = np.zeros((len(values), width + 1))
    np.cumsum(true, axis=1, out=cumulated[:, 1:])
    hits = np.take_along_axis(cumulated, last, axis=1)
    gains = (hits - np.take_along_axis(cumulated, before, axis=1)) / (last - before)
    return gains, last.astype(np.float64), hits


def _top_five(at_rank: np.ndarray, rows: int, labels: int) -> float:
    if not at_rank.any():
        return 0.0
    precision = (at_rank / rows / np.log(np.arange(TOP_FIVE) + 2)).sum()
    recall = at_rank.sum() / labels
    return float(precision * recall / (precision + recall))
