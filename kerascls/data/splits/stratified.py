"""Rows of one file into parts that resemble each other."""

import logging
import math
from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from kerascls.data.splits.rebalancing import Dealt, even_out, fill_empty_parts
from kerascls.errors import SettingsError
from kerascls.system.extras import require

_log = logging.getLogger(__name__)

MAX_ITERATIVE_ROWS = 1_000_000
# Iterative stratification looks at rows x labels once for each label. On one core
# 10**10 such looks take about 5 s, and 10**6 rows about 15 s.
MAX_ITERATIVE_LOOKS = 4 * 10**10

Labels = Sequence[tuple[str, ...]]


class SplitMethod(StrEnum):
    """How rows are dealt out.

    `CLASSES` deals out each class by itself. `ITERATIVE` is for rows with any number
    of labels. `RANDOM` leaves the labels aside, where there are too many rows.
    """

    CLASSES = "classes"
    ITERATIVE = "iterative"
    RANDOM = "random"


def split_method(labels: Labels) -> SplitMethod:
    """Returns how `stratified_split` deals out these rows."""
    if all(len(row) == 1 for row in labels):
        return SplitMethod.CLASSES
    num_labels = len({name for row in labels for name in row})
    looks = len(labels) * num_labels**2
    if len(labels) > MAX_ITERATIVE_ROWS or looks > MAX_ITERATIVE_LOOKS:
        return SplitMethod.RANDOM
    return SplitMethod.ITERATIVE


def stratified_split(
    labels: Labels, fractions: Sequence[float], seed: int
) -> list[np.ndarray]:
    """Deals out rows so that every part has about the same share of each label.

    With one label per row, every class is dealt out in proportion, and what is left
    over goes where rows are missing most. With any number of labels, rows are dealt
    out by iterative stratification, rarest label first, and those that matter least
    are moved until every part is less than a row away from its share, or labels would
    leave the first part; above a million rows (or fewer with thousands of labels) they
    are dealt out at random, which is logged.

    Every label has a row in the first part. No part stays empty where there are as
    many rows as parts: it gets one of the first part, if need be the only one of its
    label, which is then unknown to the first part.

    Args:
        labels: The labels of each row, possibly none.
        fractions: The share of each part, the first being for training.
        seed: The same seed gives the same parts.

    Returns:
        int64 row indices for each part, sorted; together every row exactly once.

    Raises:
        SettingsError: When a fraction is not above 0, they do not sum to 1, or rows
            have any number of labels and iterative-stratification is not installed.

    References:
        [Sechidis et al., 2011](https://doi.org/10.1007/978-3-642-23808-6_10)
    """
    shares = _checked(fractions)
    order = np.random.default_rng(seed).permutation(len(labels))
    shuffled = [labels[row] for row in order.tolist()]
    method = split_method(labels)
    if method is SplitMethod.CLASSES:
        part_of = _by_class(shuffled, shares)
    elif method is SplitMethod.ITERATIVE:
        part_of = _iteratively(shuffled, shares, seed)
    else:
        _log.warning(
            "%d rows are split at random: with this many rows or labels, iterative "
            "stratification takes too long",
            len(labels),
        )
        ends = np.rint(np.cumsum(shares) * len(labels))
        part_of = np.searchsorted(ends, np.arange(len(labels)), side="right")
    _bring_every_label_to_the_first_part(shuffled, part_of)
    dealt = Dealt(shuffled, part_of, shares)
    if method is SplitMethod.ITERATIVE:
        even_out(dealt)
    fill_empty_parts(dealt)
    return [np.sort(order[part_of == part]) for part in range(len(shares))]


def _checked(fractions: Sequence[float]) -> np.ndarray:
    shares = np.asarray(fractions, np.float64)
    if not len(shares) or not (shares > 0).all() or not math.isclose(shares.sum(), 1):
        raise SettingsError(
            f"Expected fractions above 0 that sum to 1. Received: "
            f"fractions={list(fractions)}. Give one per part, such as .7, .15, .15."
        )
    return shares


def _by_class(labels: Labels, shares: np.ndarray) -> np.ndarray:
    """Returns each row's part: largest remainder, carried from class to class."""
    rows_of: dict[str, list[int]] = {}
    for row, (name,) in enumerate(labels):
        rows_of.setdefault(name, []).append(row)
    part_of = np.zeros(len(labels), np.int64)
    missing = np.zeros(len(shares))
    for name in sorted(rows_of, key=lambda name: (-len(rows_of[name]), name)):
        rows = rows_of[name]
        wanted = shares * len(rows)
        counts = np.floor(wanted + 1e-9).astype(np.int64)
        missing += wanted - counts
        behind = np.argsort(-missing, kind="stable")
        extra = behind[: len(rows) - counts.sum()]
        if not counts[0] and len(extra) and 0 not in extra:
            extra[-1] = 0
        counts[extra] += 1
        missing[extra] -= 1
        part_of[rows] = np.repeat(np.arange(len(shares)), counts)
    return part_of


def _iteratively(labels: Labels, shares: np.ndarray, seed: int) -> np.ndarray:
    require("A split of rows with any number of labels", "iterstrat")
    from iterstrat.ml_stratifiers import IterativeStratification

    names = sorted({name for row in labels for name in row})
    columns = {name: column for column, name in enumerate(names)}
    table = np.zeros((len(labels), len(names)), bool)
    for row, row_labels in enumerate(labels):
        table[row, [columns[name] for name in row_labels]] = True
    return IterativeStratification(table, shares, np.random.RandomState(seed))


def _bring_every_label_to_the_first_part(labels: Labels, part_of: np.ndarray) -> None:
    """Moves a row for each label that training would not know otherwise."""
    first = np.flatnonzero(part_of == 0).tolist()
    known = {name for row in first for name in labels[row]}
    for row in np.flatnonzero(part_of).tolist():
        if not known.issuperset(labels[row]):
            part_of[row] = 0
            known.update(labels[row])
