"""Scores a trained run on test under several decisions, each fitted on validation.

    python benchmarks/tuned.py --data DATA --runs RUNS [CASE]

CASE is one of real_data.py, whose run is in RUNS. The model gives its logits once; each
decision is what `kerascls tune` would fit to the validation file. Rows go to
results/tuned.csv, with 95 % bootstrap intervals.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from real_data import CASES, RESULTS, append

from kerascls.data.labels import LabelSet
from kerascls.data.targets import Targets
from kerascls.decision.fit_decision import decide
from kerascls.evaluation import evaluate as evaluation
from kerascls.evaluation.evaluate import read_labelled
from kerascls.evaluation.metrics.bootstrap import bootstrap_intervals
from kerascls.evaluation.metrics.scores import score
from kerascls.inference.bundle import open_bundle
from kerascls.settings.decision import DecisionSettings

DECISIONS = {
    "macro_f1": {},
    "micro_f1": {"objective": "micro_f1"},
    "f1": {"objective": "f1"},
    "f1, shrinkage 50": {"objective": "f1", "shrinkage": 50},
    "f1, shrinkage 0": {"objective": "f1", "shrinkage": 0},
    "macro_f1, not calibrated": {"calibration": "none"},
}


def main():
    """Measures all decisions on one run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("case", nargs="?", default="goemotions", choices=CASES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    arguments = parser.parse_args()
    case = arguments.case
    bundle = open_bundle(arguments.runs / case)
    folder = arguments.data / CASES[case].data
    valid, test = (
        logits_of(bundle, next(folder.glob(f"{part}.*"))) for part in ("dev", "test")
    )
    for name, settings in DECISIONS.items():
        chosen = DecisionSettings(**settings)
        decision = decide(chosen, bundle.task, bundle.label_set.names, *valid)
        row = measured(decision, bundle, *test)
        command = f"python benchmarks/tuned.py --data DATA --runs RUNS {case}"
        row = {"case": case, "decision": name, **row, "command": command}
        append(RESULTS / "tuned.csv", [row | {"day": time.strftime("%Y-%m-%d")}])
        print(row)


def logits_of(bundle, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Returns the true labels of a file, and what the model gives for them."""
    dataset = read_labelled(bundle, path)
    labels = [example.labels for example in dataset.examples]
    unknown = LabelSet.from_labels(labels).names
    if not set(unknown) <= set(bundle.label_set):
        raise SystemExit(f"{path} has labels that training lacked: not for this script")
    truth = Targets.from_labels(labels, bundle.label_set).multi_hot()
    return truth, evaluation.logits_of(bundle, dataset)


def measured(decision, bundle, targets: np.ndarray, logits: np.ndarray) -> dict:
    """Returns scores on test, with intervals."""
    chosen = decision.rule.apply(decision.probabilities(logits, bundle.task))
    scores = score(targets, chosen, bundle.label_set)
    intervals = bootstrap_intervals(targets, chosen).headline
    found = {"macro_f1": scores.macro.f1, "micro_f1": scores.micro.f1}
    row = {}
    for name, value in found.items():
        low, high = intervals[name]
        row |= {name: round(value, 5), f"{name}_low": round(low, 5)}
        row[f"{name}_high"] = round(high, 5)
    return row


if __name__ == "__main__":
    main()
