"""Times the fitting of a threshold for each label, beside a grid with scikit-learn.

    python benchmarks/thresholds.py [--rows 100000] [--labels 1000] [--grid-labels 3]

The grid tries the thresholds 0, 0.01, ..., 1 of a label with scikit-learn's `f1_score`.
It is run on a few labels only; its row says how many, and what all would take at that
pace. The peak of memory is that of the process so far, its table included. Rows are
appended to results/thresholds.csv.
"""

import argparse
import csv
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.calibration import fit_calibration
from kerascls.decision.costs import LabelCosts
from kerascls.decision.label_thresholds import fit_rule

RESULTS = Path(__file__).parent / "results" / "thresholds.csv"
SEED = 0
GRID = np.linspace(0, 1, 101)


def main():
    """Makes the table, times each method once and appends a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--labels", type=int, default=1000)
    parser.add_argument("--grid-labels", type=int, default=3)
    arguments = parser.parse_args()
    targets, probs = make_table(arguments.rows, arguments.labels)
    costs = LabelCosts(np.ones(arguments.labels), np.full(arguments.labels, 3.0))
    few = np.linspace(0, arguments.labels - 1, arguments.grid_labels).astype(int)
    methods: list[tuple[str, int, Callable[[], object]]] = [
        ("fit_rule f1", arguments.labels, lambda: fit_rule(targets, probs, "f1")),
        (
            "fit_rule precision@0.95",
            arguments.labels,
            lambda: fit_rule(targets, probs, "precision@0.95"),
        ),
        (
            "fit_rule recall@0.9",
            arguments.labels,
            lambda: fit_rule(targets, probs, "recall@0.9"),
        ),
        ("fit_rule costs", arguments.labels, lambda: fit_rule(targets, probs, costs)),
        (
            "fit_calibration platt",
            arguments.labels,
            lambda: fit_calibration(targets, probs, Task.MULTILABEL, "platt"),
        ),
        (
            "101 points, sklearn f1_score",
            len(few),
            lambda: grid(targets[:, few], probs[:, few]),
        ),
    ]
    for name, measured, method in methods:
        start = time.perf_counter()
        method()
        seconds = time.perf_counter() - start
        append(
            {
                "method": name,
                "rows": arguments.rows,
                "labels": arguments.labels,
                "measured_labels": measured,
                "seconds": round(seconds, 3),
                "seconds_for_all_at_that_pace": round(
                    seconds / measured * arguments.labels, 1
                ),
                "peak_mib_so_far": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                // 1024,
                "seed": SEED,
                "command": " ".join(["python benchmarks/thresholds.py", *sys.argv[1:]]),
                "day": time.strftime("%Y-%m-%d"),
            }
        )


def make_table(rows: int, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns truth and probabilities of labels from frequent to very rare."""
    rng = np.random.default_rng(SEED)
    targets = np.empty((rows, labels), np.bool_)
    probs = np.empty((rows, labels), np.float32)
    for label in range(labels):
        targets[:, label] = rng.random(rows) < 0.3 / (1 + label)
        logits = rng.normal(-3, 1.5, rows) + 4 * targets[:, label]
        probs[:, label] = 1 / (1 + np.exp(-logits))
    return targets, probs


def grid(targets: np.ndarray, probs: np.ndarray) -> list[float]:
    """Returns the best of 101 thresholds for each label."""
    from sklearn.metrics import f1_score

    def best(target: np.ndarray, prob: np.ndarray) -> float:
        return max(GRID, key=lambda t: f1_score(target, prob >= t, zero_division=0))

    return [best(*columns) for columns in zip(targets.T, probs.T, strict=True)]


def append(row: dict[str, object]):
    """Prints a row and appends it to the results."""
    print(row, flush=True)
    new = not RESULTS.is_file()
    with open(RESULTS, "a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
