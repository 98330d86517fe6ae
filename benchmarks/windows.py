"""What windows over long texts are worth, against one sequence of each text.

    python benchmarks/windows.py --data DATA --runs RUNS [--seeds 1]

Sogou's news in full, with an encoder of one layer, 128 wide, from random weights, the
same for all: each training reads 300 or 512 tokens of each text, of its head, its tail
or both, or up to 5 windows of 300. A finished training is not repeated, an interrupted
one goes on. Rows are appended to results/windows.csv, once for each training.
"""

import argparse
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

from random_encoders import random_weights, write_huggingface
from real_data import RESULTS, SEED, append, files

from kerascls.data.readers import read
from kerascls.models.encoder_config import EncoderConfig
from kerascls.preprocessing.tokenizers.vocabulary import build_vocab

DATA_SET = "sogou5"
SIZES = {
    "embedding_dim": 128,
    "hidden_dim": 128,
    "intermediate_dim": 512,
    "num_layers": 1,
    "num_heads": 4,
}
OPTIONS = (
    "--set model.pooling=mean --learning-rate 1e-3 --epochs 5 --batch-size 16"
    " --set train.baseline=false"
)
WINDOWS = "--max-tokens 300 --max-windows 5 --set model.window_pooling={pooling}"
CASES = {
    **{
        f"{tokens} {end}": f"--max-tokens {tokens} --truncate {end}"
        for tokens in (300, 512)
        for end in ("head", "tail", "both")
    },
    **{
        f"windows {pooling}": WINDOWS.format(pooling=pooling)
        for pooling in ("mean", "max", "attention")
    },
}
# What is compared first is trained first.
ORDER = (
    *("300 head", "windows mean", "512 head", "windows max", "512 both"),
    *("windows attention", "300 both", "300 tail", "512 tail"),
)


def main():
    """Trains what is not trained yet, and records each as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    data, runs = arguments.data, arguments.runs / "windows"
    encoder = runs / "encoder"
    write_encoder(encoder, data / DATA_SET / "train.csv")
    for seed in range(SEED, SEED + arguments.seeds):
        for case in ORDER:
            out = runs / f"{case.replace(' ', '-')}-{seed}"
            command = fit_command(case, seed, data, encoder)
            train(command, out)
            told = " ".join(command).replace(str(data), "DATA")
            found = row(case, seed, out, told.replace(str(runs), "RUNS/windows"))
            if append(RESULTS / "windows.csv", [found], key=("case", "seed")):
                sys.stdout.write(f"{found}\n")


def write_encoder(folder: Path, train: Path):
    """Writes random weights, and the vocabulary of the training text, once."""
    if (folder / "model.safetensors").is_file():
        return
    vocab = build_vocab(example.texts[0] for example in read(train).examples)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in vocab), "utf-8")
    config = EncoderConfig(family="bert", vocab_size=len(vocab), **SIZES)
    write_huggingface(folder, config, random_weights(config, SEED))


def fit_command(case: str, seed: int, data: Path, encoder: Path) -> list[str]:
    """Returns the words of a training's command, but for where it writes."""
    options = shlex.split(f"{OPTIONS} {CASES[case]} --seed {seed}")
    start = ["--checkpoint", str(encoder)]
    return ["kerascls", "fit", *files(data / DATA_SET), *start, *options]


def train(command: list[str], out: Path):
    """Trains in a process of its own, unless it is done; goes on if it was begun."""
    if (out / "report.json").is_file():
        return
    words = ["kerascls", "fit", "--resume"] if (out / "run.json").is_file() else command
    words = [sys.executable, "-m", *words, "--quiet", "--out", str(out)]
    subprocess.run(words, check=True)


def row(case: str, seed: int, out: Path, command: str) -> dict:
    """Returns what a training came to."""
    scores = json.loads((out / "report.json").read_text("utf-8"))["scores"]
    facts = json.loads((out / "run.json").read_text("utf-8"))
    text = json.loads((out / "bundle" / "text.json").read_text("utf-8"))
    windows = text.get("max_windows", 1)
    step = text["max_tokens"] - 2 - text.get("window_overlap", 0)
    return {
        "case": case,
        "seed": seed,
        "max_tokens": text["max_tokens"],
        "max_windows": windows,
        "tokens_read": text["max_tokens"] - 2 + (windows - 1) * step,
        "accuracy": round(scores["accuracy"], 6),
        "macro_f1": round(scores["macro"]["f1"], 6),
        "minutes": facts["minutes"],
        "best_epoch": facts["best_epoch"],
        "compute": facts["compute"],
        "command": command,
        "day": time.strftime("%Y-%m-%d"),
    }


if __name__ == "__main__":
    main()
