"""What fewer layers and a pruned vocabulary change: F1, size, speed of prediction.

    python benchmarks/smaller.py --data DATA --runs RUNS [--seeds 1]

The same short training, 2,000 comments of GoEmotions with the pretrained MiniLM (6
layers, 30,522 tokens) in two epochs, with one setting more. A finished training is not
repeated, an interrupted one goes on. Then the bundles predict the same test texts by
turns. Rows are appended to results/smaller.csv, once for each training.
"""

import argparse
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from knobs import SEED, cut
from real_data import RESULTS, append, minilm

from kerascls.data.readers import read
from kerascls.inference.bundle import ENCODER, open_bundle
from kerascls.inference.predictor import Predictor

ROWS = {"train": 2000, "dev": 600, "test": 1500}
MODELS = {
    "all": "",
    "4 layers": "model.num_layers=4",
    "3 layers": "model.num_layers=3",
    "2 layers": "model.num_layers=2",
    "tokens seen": "model.prune_vocab=1",
    "tokens seen 5 times": "model.prune_vocab=5",
    "3 layers, tokens seen": "model.num_layers=3 model.prune_vocab=1",
}
OPTIONS = (
    "--set model.pooling=mean --max-tokens 64 --epochs 2 --batch-size 32 "
    "--learning-rate 2e-4"
)
PREDICTED, TURNS = 500, 7


def main():
    """Trains what is not trained yet, then measures all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    folder = arguments.runs / "data" / "smaller"
    for part, rows in ROWS.items():
        cut(arguments.data / "goemotions" / f"{part}.csv", folder / f"{part}.csv", rows)
    seeds = range(SEED, SEED + arguments.seeds)
    places = {
        (model, seed): arguments.runs / "smaller" / f"{model.replace(', ', '+')}-{seed}"
        for seed in seeds
        for model in MODELS
    }
    for (model, seed), out in places.items():
        train(fit_command(model, seed, folder, minilm()), out)
    rates = texts_per_second(places, folder / "test.csv")
    for (model, seed), out in places.items():
        found = row(model, seed, out, rates)
        if append(RESULTS / "smaller.csv", [found], key=("model", "seed", "minutes")):
            sys.stdout.write(f"{found}\n")


def fit_command(model: str, seed: int, folder: Path, checkpoint: str) -> list[str]:
    """Returns the words of a training's command, but for where it writes."""
    parts = {"train": "train", "valid": "dev", "test": "test"}
    files = [f"--{option}={folder}/{part}.csv" for option, part in parts.items()]
    more = [word for one in MODELS[model].split() for word in ("--set", one)]
    options = [*shlex.split(OPTIONS), *more, "--seed", str(seed)]
    return ["kerascls", "fit", *files, "--checkpoint", checkpoint, *options]


def train(command: list[str], out: Path):
    """Trains in a process of its own, unless it is done; goes on if it was begun."""
    if (out / "report.json").is_file():
        return
    words = ["kerascls", "fit", "--resume"] if (out / "run.json").is_file() else command
    words = [sys.executable, "-m", *words, "--quiet", "--out", str(out)]
    subprocess.run(words, check=True)


def texts_per_second(
    places: dict[tuple[str, int], Path], test: Path
) -> dict[tuple[str, int], np.ndarray]:
    """Returns the rate of every bundle in every turn, the first turn left out."""
    texts = [example.texts[0] for example in read(test).examples[:PREDICTED]]
    predictors = {key: Predictor.load(out) for key, out in places.items()}
    rates: dict[tuple[str, int], list[float]] = {key: [] for key in places}
    for _ in range(1 + TURNS):
        for key, predictor in predictors.items():
            start = time.perf_counter()
            predictor.predict_proba(texts)
            rates[key].append(len(texts) / (time.perf_counter() - start))
    return {key: np.array(found[1:]) for key, found in rates.items()}


def row(
    model: str, seed: int, out: Path, rates: dict[tuple[str, int], np.ndarray]
) -> dict:
    """Returns what a training came to, with speeds relative to the whole model."""
    scores = json.loads((out / "report.json").read_text("utf-8"))["scores"]
    facts = json.loads((out / "run.json").read_text("utf-8"))
    bundle = open_bundle(out)
    config = bundle.read(ENCODER)["config"]
    mebibytes = sum(file.stat().st_size for file in bundle.path.iterdir()) / 2**20
    ours, whole = rates[model, seed], rates["all", seed]
    command = shlex.join(fit_command(model, seed, Path("RUNS/data/smaller"), "MINILM"))
    return {
        "model": model,
        "settings": MODELS[model],
        "seed": seed,
        "num_layers": config["num_layers"],
        "tokens": config["vocab_size"],
        "macro_f1": round(scores["macro"]["f1"], 6),
        "micro_f1": round(scores["micro"]["f1"], 6),
        "bundle_mib": round(mebibytes, 2),
        "texts_per_second": round(float(np.median(ours)), 1),
        "speed": round(float(np.median(ours / whole)), 3),
        "minutes": facts["minutes"],
        "keras": facts["versions"]["keras"],
        "compute": facts["compute"],
        "command": command,
        "day": time.strftime("%Y-%m-%d"),
    }


if __name__ == "__main__":
    main()
