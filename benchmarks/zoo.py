"""How good the classic models are, alone and together, on real data.

    python benchmarks/zoo.py --data DATA --runs RUNS [--sets S ...] [--models M ...]
        [--seeds 3] [--slow-minutes 20]

Every model with its own defaults, on the parts of each set; the data decide only how
long a text may be and which score is looked for. A model whose first training took
longer than `--slow-minutes` is trained once. A finished training is not repeated, an
interrupted one goes on. When a set's models are trained, its runs are made one
classifier: greedy selection on the validation part out of all runs, with and without
the linear model. Rows are appended to results/zoo.csv. Small models hardly use two
cores: started twice, for other sets, each with a core of its own (`taskset -c 0 python
benchmarks/zoo.py ...`), it is done sooner, and minutes are those of one core.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from real_data import RESULTS, SEED, append, files

from kerascls.models.classic.config import CLASSICS

MICRO_F1 = "--set decision.objective=micro_f1 --set train.best_by=micro_f1"
ONE_SPLIT = f"--set data.split_seed={SEED}"  # whatever the seed of a training
SETS = {
    "thucnews_headlines": "--max-tokens 48",
    "event_types_2020": f"--max-tokens 128 {MICRO_F1} {ONE_SPLIT}",
    "reuters21578_r90": f"--max-tokens 256 {MICRO_F1} {ONE_SPLIT}",
    "fewclue_iflytek": "--max-tokens 300",
}
LINEAR = "linear"
MODELS = (LINEAR, *(name for name, row in CLASSICS.items() if not row.reads_pairs))
# What a linear model reads whole, and has no steps for.
NOT_LINEAR = ("--max-tokens",)


def main():
    """Trains what is not trained yet, and records each as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--slow-minutes", type=float, default=20)
    given = parser.parse_args()
    for name in given.sets:
        rows = files(given.data / name)
        for model in given.models:
            for seed in seeds_of(model, given.seeds):
                out = given.runs / "zoo" / name / f"{model}-{seed}"
                minutes = train(fit_command(name, rows, model, seed), out, given)
                if minutes > given.slow_minutes:
                    break
        combine(given.runs / "zoo" / name, name, given)


def seeds_of(model: str, count: int) -> range:
    """Returns the seeds of a model; a linear one does not depend on it."""
    return range(SEED, SEED + (1 if model == LINEAR else count))


def fit_command(name: str, rows: list[str], model: str, seed: int) -> list[str]:
    """Returns the words of a training's command, but for where it writes."""
    options = shlex.split(SETS[name])
    for option in NOT_LINEAR if model == LINEAR else ():
        if option in options:
            place = options.index(option)
            del options[place : place + 2]
    chosen = ["--model", model, "--seed", str(seed)]
    if model != LINEAR:
        chosen += ["--set", "train.baseline=false"]
    return ["kerascls", "fit", *rows, *options, *chosen]


def train(command: list[str], out: Path, given: argparse.Namespace) -> float:
    """Trains in a process of its own, unless it is done, and returns its minutes."""
    if not (out / "report.json").is_file():
        words = command
        if (out / "run.json").is_file():
            words = ["kerascls", "fit", "--resume"]
        words = [sys.executable, "-m", *words, "--quiet", "--out", str(out)]
        subprocess.run(words, check=True)
    return record(out, command, given)


def combine(folder: Path, name: str, given: argparse.Namespace):
    """Makes one classifier of all runs of a set, and of all but the linear model."""
    runs = sorted(p.parent for p in folder.glob("*/report.json"))
    runs = [run for run in runs if run.name.rpartition("-")[0] in MODELS]
    of_classics = [run for run in runs if run.name.rpartition("-")[0] != LINEAR]
    for title, members in {
        "ensemble": of_classics,
        "ensemble with linear": runs,
    }.items():
        if len(members) < 2:
            continue
        score = "micro_f1" if "micro_f1" in SETS[name] else "macro_f1"
        command = ["kerascls", "ensemble", *map(str, members), "--select", "greedy"]
        command += ["--best-by", score]
        if MICRO_F1 in SETS[name]:
            command += ["--objective", "micro_f1"]
        # Another one as soon as there are more runs.
        out = folder / f"{title.replace(' ', '-')}-of-{len(members)}"
        train(command, out, given)


def record(out: Path, command: list[str], given: argparse.Namespace) -> float:
    """Appends a finished run to the results, once, and returns its minutes."""
    report = json.loads((out / "report.json").read_text("utf-8"))
    facts = json.loads((out / "run.json").read_text("utf-8"))
    scores, bundle = report["scores"], out / "bundle"
    told = " ".join(command).replace(str(given.data), "DATA")
    model, _, seed = out.name.rpartition("-")
    minutes = facts.get("minutes") or 0.0
    row = {
        "set": out.parent.name,
        "model": model,
        "seed": seed,
        "accuracy": round(scores["accuracy"], 6),
        "micro_f1": round(scores["micro"]["f1"], 6),
        "macro_f1": round(scores["macro"]["f1"], 6),
        "top_five": report["details"]["ranking"]["top_five"],
        "minutes": minutes,
        "best_epoch": facts.get("best_epoch"),
        "bundle_bytes": sum(p.stat().st_size for p in bundle.rglob("*") if p.is_file()),
        "compute": facts.get("compute"),
        "cores": len(os.sched_getaffinity(0)),
        "command": told.replace(str(given.runs), "RUNS"),
        "day": time.strftime("%Y-%m-%d"),
    }
    if append(RESULTS / "zoo.csv", [row], key=("set", "model", "seed")):
        sys.stdout.write(f"{row}\n")
    return minutes


if __name__ == "__main__":
    main()
