"""Two runs on the same test rows: which is better, by how much, and how surely."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.evaluation.metrics.bootstrap import (
    Difference,
    PairedBootstrap,
    paired_bootstrap,
)
from kerascls.evaluation.metrics.distributions import compared_means
from kerascls.evaluation.same_rows import SameRows, same_rows
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, ScoredRows
from kerascls.inference.bundle.files import BUNDLE_FOLDER, MANIFEST
from kerascls.system.keywords import checked_keywords


@dataclass(frozen=True, eq=False, kw_only=True)
class RunDifference:
    """What `diff` returns.

    Args:
        run_a: The first run, as it was named.
        run_b: The second.
        rows: Test rows.
        labels: All labels, those of the first run in front.
        support: int64 `(labels,)`, rows that truly have the label.
        bootstrap: The scores of both, and how they differ, class by class too.
        only_a: Rows whose set of labels only the first got right.
        only_b: Rows that only the second got right.
        lacked_by_a: Labels that the second run was trained with, the first not.
        lacked_by_b: The other way round.
        tuned_since: Runs that have another decision by now than when these rows were
            scored.
    """

    run_a: str
    run_b: str
    rows: int
    labels: tuple[str, ...]
    support: np.ndarray
    bootstrap: PairedBootstrap
    only_a: int
    only_b: int
    lacked_by_a: tuple[str, ...] = ()
    lacked_by_b: tuple[str, ...] = ()
    tuned_since: tuple[str, ...] = ()

    def moved(self, limit: int | None = None) -> list[tuple[str, int, Difference]]:
        """Returns label, support and difference of classes that moved, most first.

        Args:
            limit: How many at most.
        """
        moved = [row for row in self._classes() if abs(row[2].difference) > 0]
        return sorted(moved, key=lambda row: -abs(row[2].difference))[:limit]

    def _classes(self) -> Iterator[tuple[str, int, Difference]]:
        return zip(
            self.labels, self.support.tolist(), self.bootstrap.classes, strict=True
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types; None where a score is undefined."""
        return {
            "run_a": self.run_a,
            "run_b": self.run_b,
            "rows": self.rows,
            "only_a_right": self.only_a,
            "only_b_right": self.only_b,
            "level": self.bootstrap.level,
            "resamples": self.bootstrap.resamples,
            "seed": self.bootstrap.seed,
            "scores": {n: _plain(d) for n, d in self.bootstrap.headline.items()},
            "classes": {
                name: {"support": support, **_plain(f1)}
                for name, support, f1 in self._classes()
            },
            "lacked_by_a": list(self.lacked_by_a),
            "lacked_by_b": list(self.lacked_by_b),
            "tuned_since": list(self.tuned_since),
        }


@checked_keywords()
def diff(
    run_a: str | Path,
    run_b: str | Path,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> RunDifference:
    """Tests with the paired bootstrap whether two runs differ on the same test rows.

    Labels are matched by name; one that a run was not trained with counts as never
    chosen by it.

    Args:
        run_a: Run directory, or one written by `evaluate(..., out=...)`.
        run_b: The other one; differences are its scores less those of the first.
        resamples: How often rows are drawn.
        level: Of the intervals.
        seed: Of the drawing.

    Raises:
        BundleError: When a directory has no scored rows, or damaged ones.
        SettingsError: When the runs were not scored on the same rows.

    References:
        Koehn 2004, Statistical significance tests for machine translation evaluation;
        see `metrics.paired_bootstrap`.

    Example:
        >>> diff("runs/small", "runs/large").bootstrap.headline["macro_f1"].p
    """
    a, b = (ScoredRows.load(Path(run) / TEST_ROWS_FILE) for run in (run_a, run_b))
    same = same_rows([("run_a", str(run_a), a), ("run_b", str(run_b), b)])
    known_a, known_b = a.labels[: a.known], b.labels[: b.known]
    return RunDifference(
        run_a=str(run_a),
        run_b=str(run_b),
        rows=len(same.targets),
        labels=same.labels.names,
        support=np.count_nonzero(same.targets, axis=0),
        bootstrap=_bootstrap(same, resamples=resamples, level=level, seed=seed),
        only_a=int(np.count_nonzero(~a.wrong & b.wrong)),
        only_b=int(np.count_nonzero(a.wrong & ~b.wrong)),
        lacked_by_a=tuple(name for name in known_b if name not in set(known_a)),
        lacked_by_b=tuple(name for name in known_a if name not in set(known_b)),
        tuned_since=tuple(
            str(run) for run, rows in ((run_a, a), (run_b, b)) if tuned_since(run, rows)
        ),
    )


def _bootstrap(same: SameRows, **options: Any) -> PairedBootstrap:
    bootstrap = paired_bootstrap(same.targets, *same.chosen, **options)
    if not same.distances:
        return bootstrap
    means = compared_means(*same.distances, **options)
    return replace(bootstrap, headline=means | bootstrap.headline)


def tuned_since(run: str | Path, scored: ScoredRows) -> bool:
    """Returns whether a run has another decision by now than that of scored rows."""
    try:
        manifest = json.loads((Path(run) / BUNDLE_FOLDER / MANIFEST).read_bytes())
        now = manifest["files"][manifest["decision"]]["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False  # no bundle beside the rows, or an early or damaged one
    return bool(scored.decision_sha256) and now != scored.decision_sha256


def _plain(score: Difference) -> dict[str, float | None]:
    return {name: None if isnan(x) else x for name, x in asdict(score).items()}
