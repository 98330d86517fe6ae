"""What several runs say of the same test rows, with their labels matched by name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kerascls.data.labels import LabelSet
from kerascls.errors import BundleError, SettingsError
from kerascls.evaluation.metrics.distributions import row_distances
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, ScoredRows


@dataclass(frozen=True, eq=False)
class SameRows:
    """Test rows with the decisions of several runs.

    Args:
        labels: All labels, those of the first run in front.
        targets: bool `(rows, labels)`, the labels that are true.
        chosen: For each run bool `(rows, labels)`, the labels that it gave. One that it
            was not trained with counts as never given.
        distances: Of distributions, for each run what `row_distances` returns.
    """

    labels: LabelSet
    targets: np.ndarray
    chosen: tuple[np.ndarray, ...]
    distances: tuple[dict[str, np.ndarray], ...] = ()


def same_rows(runs: Sequence[tuple[str, str, ScoredRows]]) -> SameRows:
    """Matches the labels of runs that were scored on the same rows.

    Args:
        runs: What messages call each, its directory, and its rows.

    Raises:
        SettingsError: When one was scored on other rows than the first.
        BundleError: When the true labels differ, which the hash of rows denies.
    """
    first, *others = runs
    labels = LabelSet(first[2].labels)
    for run in others:
        _check_same(first, run)
        labels = labels.extended(run[2].labels)
    targets = _aligned(first[2].targets, first[2].labels, labels)
    for name, folder, scored in others:
        if not np.array_equal(targets, _aligned(scored.targets, scored.labels, labels)):
            raise BundleError(
                f"Expected the same true labels, as the hash says. Received: "
                f"{first[0]}={first[1]!r}, {name}={folder!r}. One {TEST_ROWS_FILE} is "
                f"damaged: evaluate with --report once more."
            )
    chosen = (_aligned(one.chosen, one.labels, labels) for _, _, one in runs)
    distances = tuple(
        row_distances(one.weights, one.probabilities)
        for _, _, one in runs
        if one.weights is not None
    )
    return SameRows(labels, targets, tuple(chosen), distances)


def _check_same(
    first: tuple[str, str, ScoredRows], other: tuple[str, str, ScoredRows]
) -> None:
    (name_a, run_a, a), (name_b, run_b, b) = first, other
    if a.rows_sha256 != b.rows_sha256 or len(a) != len(b):
        raise SettingsError(
            f"Expected runs scored on the same test rows. Received: "
            f"{name_a}={run_a!r} ({len(a):,} rows, hash {a.rows_sha256[:12]}), "
            f"{name_b}={run_b!r} ({len(b):,} rows, hash {b.rows_sha256[:12]}). "
            f"Evaluate both on one file, `kerascls evaluate RUN --test FILE --report "
            f"DIR`, and compare the two directories."
        )


def _aligned(array: np.ndarray, names: tuple[str, ...], labels: LabelSet) -> np.ndarray:
    aligned = np.zeros((len(array), len(labels)), np.bool_)
    aligned[:, [labels.column(name) for name in names]] = array
    return aligned
