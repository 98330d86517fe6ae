"""What each way to treat skewed labels is worth: a study without confounds.

    python benchmarks/imbalance.py --data DATA --runs RUNS [--cases C ...]
        [--methods M ...]

All methods of a case have the same model, rows, number of steps and rows a step, and
are validated after the same steps; the best of these validations is kept, by macro-F1
on the validation part. The learning rate is chosen from three for each method by that
score with one seed; two more seeds are trained with it. The test part chooses nothing.
Of cases with `best` only so many methods are trained: those with the best validation
scores of another case.

Each row is appended to results/imbalance.csv, the F1 of each label to
results/imbalance_labels.csv. What is recorded is not measured again, an interrupted
training goes on. Started twice with other cases, each with a core of its own
(`taskset -c 0 python benchmarks/imbalance.py ...`), it is done sooner.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from real_data import RESULTS, SEED, append, files
from side_by_side import Row, is_recorded
from tables import read

from kerascls.data.imbalance import BRACKETS
from kerascls.data.labels import Task
from kerascls.evaluation.metrics.resampling import resampled_weights, weighted_scores
from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.csv_markdown_json import REPORT_FILE
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.scored_rows import (
    TEST_ROWS_FILE,
    VALID_ROWS_FILE,
    ScoredRows,
)
from kerascls.settings.imbalance import METHODS

SEEDS = range(SEED, SEED + 3)
SKEWED = "5000,4000,3000,2000,1000,500,400,300,200,100"
# Rows a class that validation has, and the balanced training beside the skewed ones.
FOR_VALIDATION, BALANCED = ",".join(["500"] * 10), ",".join(["5000"] * 10)
LINEAR = "linear"
RESAMPLES = 500
# Half of the preset's width, for half the time.
NARROW = "--set model.embedding_dim=128"
# Beside `--imbalance`: what a method needs to be what its paper says.
EXTRA = {("asymmetric", Task.MULTICLASS): "--set train.label_smoothing=0.1"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Data, a model, and how long it is trained with every method.

    Args:
        data: Folder of the set.
        task: What a row's labels mean.
        model: Of `--model`.
        reading: How the model reads texts, and its size.
        options: More of the command, for the linear model too.
        steps: In all.
        validate_steps: Between validations.
        rates: From which each method's is chosen.
        counts: Rows of each class in train, by code point; None for all there are.
        best: With how many methods, the best of the case `like`; None for all.
        least: Fewest training rows of a label of each bracket, the largest first.
    """

    data: str
    task: Task
    model: str
    reading: str
    options: str = ""
    steps: int
    validate_steps: int
    rates: tuple[float, ...] = (1e-3, 2e-3, 5e-3)
    counts: str | None = None
    best: int | None = None
    like: str = ""
    least: Mapping[str, int] = field(default_factory=lambda: BRACKETS)

    def methods(self) -> list[str]:
        """Returns those that are defined for its task, the linear model first."""
        known = [name for name, row in METHODS.items() if self.task in row.tasks]
        return [LINEAR, *known]


HEADLINES = {
    **{"data": "thucnews_headlines", "task": Task.MULTICLASS},
    "least": {"head": 2000, "middle": 400, "tail": 0},
}
CASES = {
    "headlines": Case(
        **HEADLINES,
        model="textcnn",
        reading=f"--max-tokens 48 {NARROW}",
        steps=2580,  # ten passes over the skewed rows
        validate_steps=258,
        counts=SKEWED,
    ),
    "headlines_balanced": Case(
        **HEADLINES,
        model="textcnn",
        reading=f"--max-tokens 48 {NARROW}",
        steps=2580,
        validate_steps=258,
        counts=BALANCED,
        best=1,
    ),
    "event_types": Case(
        data="event_types_2020",
        task=Task.MULTILABEL,
        model="textcnn",
        reading=f"--max-tokens 128 {NARROW}",
        options=f"--set data.split_seed={SEED}",
        steps=1600,
        validate_steps=160,
    ),
    "reuters": Case(
        data="reuters21578_r90",
        task=Task.MULTILABEL,
        model="textcnn",
        reading=f"--max-tokens 128 {NARROW}",
        options=f"--set data.split_seed={SEED}",
        steps=1040,
        validate_steps=104,
    ),
    "headlines_rnn": Case(
        **HEADLINES,
        model="textrnn_max",
        reading="--max-tokens 48",
        steps=2580,
        validate_steps=258,
        counts=SKEWED,
        best=5,
        like="headlines",
    ),
}


def main():
    """Trains what is not recorded yet, case after case."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--methods", nargs="+", choices=(LINEAR, *METHODS))
    given = parser.parse_args()
    for name in given.cases:
        for method in given.methods or methods_of(name):
            study(given, name, method)
    for task in Task:
        if found := default_of(task):
            sys.stdout.write(f"auto for {task}: {found[0]}, {found[1]:+.4f}\n")


def methods_of(name: str) -> list[str]:
    """Returns the methods of a case; some only when another is done."""
    case = CASES[name]
    if case.best is None:
        return case.methods()
    if not case.like:
        return ["none"]
    found = {m: validation(case.like, m) for m in case.methods() if m != LINEAR}
    ranked = sorted((m for m in found if found[m]), key=lambda m: -mean(found[m]))
    return ranked[: case.best]


def default_of(task: Task) -> tuple[str, float] | None:
    """Returns the method that `--imbalance auto` should be, and what it gains.

    Of the methods that all cases of a task have at their rates, the one whose macro-F1
    on validation rows is highest above that of `"none"`, as a mean over cases and
    seeds. None while a case is not done. `"none"` itself where no method gains.
    """
    cases = [n for n, c in CASES.items() if c.task is task and c.best is None]
    gains = {}
    for method in (m for m, row in METHODS.items() if task in row.tasks):
        scores = [validation(case, method) for case in cases]
        plain = [validation(case, "none") for case in cases]
        if not all(len(some) == len(SEEDS) for some in (*scores, *plain)):
            return None
        pairs = zip(scores, plain, strict=True)
        gains[method] = mean(mean(some) - mean(none) for some, none in pairs)
    best = max(gains, key=gains.__getitem__)
    return best, gains[best]


def validation(name: str, method: str) -> list[float]:
    """Returns the validation scores of a method at its rate, one for each seed."""
    rate = chosen_rate(name, method)
    return [float(row["val_macro_f1"]) for row in recorded(name, method, rate)]


def recorded(name: str, method: str, rate: str | None = None) -> list[dict[str, str]]:
    """Returns the rows of a method in a case, of all rates or of one."""
    return [
        row
        for row in read(RESULTS / "imbalance.csv")
        if (row["case"], row["method"]) == (name, method)
        and rate in (None, row["learning_rate"])
    ]


def chosen_rate(name: str, method: str) -> str | None:
    """Returns the rate with the best validation score of the first seed."""
    first = [row for row in recorded(name, method) if row["seed"] == str(SEED)]
    best = max(first, key=lambda row: float(row["val_macro_f1"]), default=None)
    return best and best["learning_rate"]


def study(given: argparse.Namespace, name: str, method: str):
    """Chooses the rate of a method, and trains the other seeds with it."""
    if method == LINEAR:
        measure(given, name, method, "", SEED)
        return
    for rate in CASES[name].rates:
        measure(given, name, method, str(rate), SEED)
    for seed in SEEDS[1:]:
        measure(given, name, method, chosen_rate(name, method), seed)


def measure(given: argparse.Namespace, name: str, method: str, rate: str, seed: int):
    """Trains once and appends what came of it, unless that is recorded."""
    case = {"case": name, "method": method, "learning_rate": rate, "seed": seed}
    if is_recorded(RESULTS / "imbalance.csv", case):
        return
    out = given.runs / "imbalance" / name / f"{method}-{rate}-{seed}"
    command = ["kerascls", *fit_words(given, CASES[name], method, rate, seed)]
    words = command
    if (out / "run.json").is_file():
        words = ["kerascls", "fit", "--resume"]
    words = [sys.executable, "-m", *words, "--quiet", "--out", str(out)]
    subprocess.run(words, check=True)
    facts = json.loads((out / "run.json").read_text("utf-8"))
    told = " ".join(command).replace(str(given.data), "DATA")
    row = case | {
        **scores_of(out, CASES[name].least),
        "minutes": facts["minutes"],
        "cores": len(os.sched_getaffinity(0)),
        "best_epoch": facts["best_epoch"],
        "command": told.replace(str(given.runs), "RUNS"),
        "day": time.strftime("%Y-%m-%d"),
    }
    of_labels = [case | found for found in label_rows(out)]
    append(RESULTS / "imbalance_labels.csv", of_labels, key=(*case, "label"))
    append(RESULTS / "imbalance.csv", [row])
    sys.stdout.write(f"{row}\n")
    shutil.rmtree(out)


def fit_words(
    given: argparse.Namespace, case: Case, method: str, rate: str, seed: int
) -> list[str]:
    """Returns the words of a training's command, but for where it writes."""
    rows = files(given.data / case.data)
    if case.counts is not None:
        rows = skewed(given, case)
    words = ["fit", *rows, "--seed", str(seed)]
    words += shlex.split(case.options)
    if method == LINEAR:
        return [*words, "--model", LINEAR]
    words += ["--model", case.model, *shlex.split(case.reading)]
    words += ["--imbalance", method]
    words += ["--learning-rate", rate, "--epochs", "100000"]
    settings = {
        "train.max_steps": case.steps,
        "train.validate_steps": case.validate_steps,
        "train.patience_epochs": 100000,
        "train.baseline": "false",
    }
    words += [w for key, value in settings.items() for w in ("--set", f"{key}={value}")]
    return words + shlex.split(EXTRA.get((method, case.task), ""))


def skewed(given: argparse.Namespace, case: Case) -> list[str]:
    """Returns the options that name a case's files; draws them once."""
    folder, made = given.data / case.data, given.runs / "imbalance" / "data"
    made.mkdir(parents=True, exist_ok=True)
    found = ["--test", str(folder / "test.csv")]
    parts = {"train": ("train", case.counts), "valid": ("dev", FOR_VALIDATION)}
    for option, (part, counts) in parts.items():
        first, *_, last = counts.split(",")
        path = made / f"{part}-{first}-{last}.csv"
        if not path.is_file():
            words = [sys.executable, "-m", "kerascls", "data", "imbalance"]
            words += [str(folder / f"{part}.csv"), "--counts", counts]
            subprocess.run([*words, "--out", str(path)], check=True)
        found += [f"--{option}", str(path)]
    return found


def scores_of(out: Path, least: Mapping[str, int]) -> Row:
    """Returns the scores of a finished run, and those of its brackets of labels."""
    valid, test = (ScoredRows.load(out / n) for n in (VALID_ROWS_FILE, TEST_ROWS_FILE))
    chosen_on = score(valid.targets, valid.chosen, valid.labels)
    scores = score(test.targets, test.chosen, test.labels)
    row: Row = {
        "val_macro_f1": round(chosen_on.macro.f1, 6),
        "accuracy": round(scores.accuracy, 6),
        "micro_f1": round(scores.micro.f1, 6),
        "macro_f1": round(scores.macro.f1, 6),
        "macro_f1_at_half": "",
    }
    if test.task is Task.MULTILABEL:  # before calibration, which is fitted
        report = Report.from_dict(read_report(out))
        half = report.at_half or report.scores
        row["macro_f1_at_half"] = round(half.macro.f1, 6)
    return row | bracket_scores(test, support(out, test.labels), least)


def bracket_scores(test: ScoredRows, rows: np.ndarray, least: Mapping[str, int]) -> Row:
    """Returns the mean F1 of the labels of each bracket, with its 95 % interval.

    Labels that no test row has, and that none was given, have no F1. The interval is
    that of the bootstrap over test rows.
    """
    weights = [np.ones((1, len(test)), np.float32)]
    weights += resampled_weights(len(test), RESAMPLES, SEED)
    (found,) = weighted_scores(test.targets, [test.chosen], weights)
    of_labels = found.values[:, -len(test.labels) :]  # (1 + resamples, labels)
    row: Row = {}
    bounds = [np.inf, *least.values()]
    for number, name in enumerate(least):
        members = (rows >= bounds[number + 1]) & (rows < bounds[number])
        means = np.nanmean(of_labels[:, members], axis=1)
        low, high = np.quantile(means[1:], (0.025, 0.975))
        row |= {f"{name}_labels": int(members.sum()), f"{name}_f1": round(means[0], 6)}
        row |= {f"{name}_low": round(low, 6), f"{name}_high": round(high, 6)}
    return row


def label_rows(out: Path) -> list[Row]:
    """Returns rows in train and F1 on test of each label."""
    test = ScoredRows.load(out / TEST_ROWS_FILE)
    scores = score(test.targets, test.chosen, test.labels)
    return [
        {"label": label, "train_rows": int(rows), "f1": round(f1, 6)}
        for label, f1, rows in zip(
            test.labels, scores.f1, support(out, test.labels), strict=True
        )
    ]


def support(out: Path, labels: tuple[str, ...]) -> np.ndarray:
    """Returns the training rows of each label, int64 `(labels,)`."""
    found = read_report(out)["train_support"]
    return np.array([found.get(label, 0) for label in labels])


def read_report(out: Path) -> dict[str, Any]:
    """Returns the report of a finished run as plain JSON types."""
    return json.loads((out / REPORT_FILE).read_text("utf-8"))


if __name__ == "__main__":
    main()
