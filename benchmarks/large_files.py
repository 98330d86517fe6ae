"""Peak memory of every command on a million headlines and on 200,000 documents.

    python benchmarks/large_files.py --data DATA --folder FOLDER
        [--sets headlines multilabel documents] [--models linear neural]
        [--commands fit evaluate predict tune audit] [--share 1.0]

The texts are pieces of real ones (thucnews_headlines and cnews_1000 of DATA), put
together by lot; they go to FOLDER, as do runs. One text of fifty is there twice, one
label of fifty is another's. Every command runs in a process of its own with the file
and with its first 2,000 rows, and the most memory of each process counts, with what it
maps; "above" is the difference: what the rows need beside program and model. The neural
model is one layer of width 32 with random weights that reads 32 tokens. Rows go to
results/large_files.csv. SHARE of the rows is for trying.
"""

import argparse
import csv
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from real_data import RESULTS, append
from safetensors.numpy import save_file

from kerascls.preprocessing.tokenizers.vocabulary import build_vocab

MIB = 2**20
LIMIT_MIB = 1536
TINY_ROWS = 2000
TWICE = NOISE = 0.02
WIDTH, VOCAB_ROWS = 32, 2000


@dataclass(frozen=True)
class Generated:
    """What a file of texts is made of.

    Args:
        source: Folder and file of the texts that pieces are cut out of.
        rows: How many.
        pieces: Least and most of a text.
        chars: Least and most of a piece.
        most_labels: Of a row.
    """

    source: str
    rows: int
    pieces: tuple[int, int]
    chars: tuple[int, int]
    most_labels: int = 1


SETS = {
    "headlines": Generated("thucnews_headlines/train.csv", 1_000_000, (4, 7), (2, 5)),
    "multilabel": Generated(
        "thucnews_headlines/train.csv", 1_000_000, (4, 7), (2, 5), most_labels=3
    ),
    "documents": Generated("cnews_1000/cnews_1000.csv", 200_000, (60, 107), (10, 20)),
}
NEURAL = ["--max-tokens", "32", "--batch-size", "256", "--epochs", "1"]


def main():
    """Generates what is missing, runs the commands, and appends a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    models = ("linear", "neural")
    parser.add_argument("--models", nargs="+", choices=models, default=models)
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=COMMANDS)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--results", type=Path, default=RESULTS / "large_files.csv")
    given = parser.parse_args()
    for name in given.sets:
        folder = given.folder / f"{name}-{given.share:g}"
        files = generated(SETS[name], given.data, folder, given.share)
        for model in given.models:
            for command in given.commands:
                found = compared(command, model, folder, *files)
                row = {"set": name, "share": given.share, "model": model, **found}
                append(given.results, [row])
                print(row, flush=True)


def generated(kind: Generated, data: Path, folder: Path, share: float) -> list[Path]:
    """Returns the file, and that of its first rows; written where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "all.csv", folder / "tiny.csv"]
    if all(file.is_file() for file in files):
        return files
    texts = pieces_of(kind, data / kind.source)
    lot, names, previous = random.Random(0), list(texts), ("", "")
    column = "label" if kind.most_labels == 1 else "labels"
    rows = [(column, "text")]
    for _ in range(int(kind.rows * share)):
        labels = lot.sample(names, lot.randint(1, kind.most_labels))
        count = lot.randint(*kind.pieces)
        text = "".join(lot.choice(texts[lot.choice(labels)]) for _ in range(count))
        if lot.random() < NOISE:
            labels = [lot.choice(names)]
        row = previous if lot.random() < TWICE else ("|".join(labels), text)
        rows.append(previous := row)
    for file, some in zip(files, (rows, rows[: 1 + TINY_ROWS]), strict=True):
        with open(file, "w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(some)
    write_checkpoint(folder / "checkpoint", [text for _, text in rows[1:VOCAB_ROWS]])
    return files


def pieces_of(kind: Generated, source: Path) -> dict[str, list[str]]:
    """Returns pieces of the texts of each label."""
    lot, found = random.Random(0), {}
    with open(source, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            text, start = row["text"].replace("\n", ""), 0
            while start < len(text):
                end = start + lot.randint(*kind.chars)
                found.setdefault(row["label"], []).append(text[start:end])
                start = end
    return found


def write_checkpoint(folder: Path, texts: list[str]):
    """Writes a BERT of one layer as Hugging Face's tools do, weights by lot."""
    folder.mkdir(exist_ok=True)
    vocab = build_vocab(texts)
    (folder / "vocab.txt").write_text("\n".join(vocab) + "\n", "utf-8")
    config = {
        "model_type": "bert",
        "vocab_size": len(vocab),
        "hidden_size": WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 2 * WIDTH,
        "hidden_act": "gelu",
        "max_position_embeddings": 64,
        "type_vocab_size": 2,
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    lot = np.random.default_rng(0)
    save_file(
        {
            name: np.ones(shape, np.float32)
            if name.endswith("LayerNorm.weight")
            else lot.normal(0, 0.02, shape).astype(np.float32)
            for name, shape in shapes(len(vocab)).items()
        },
        folder / "model.safetensors",
    )


def shapes(vocab_size: int) -> dict[str, tuple[int, ...]]:
    """Returns the shape of each weight, by its name."""
    embeddings, layer = "embeddings", "encoder.layer.0"
    dense = {
        f"{layer}.attention.self.query": (WIDTH, WIDTH),
        f"{layer}.attention.self.key": (WIDTH, WIDTH),
        f"{layer}.attention.self.value": (WIDTH, WIDTH),
        f"{layer}.attention.output.dense": (WIDTH, WIDTH),
        f"{layer}.intermediate.dense": (2 * WIDTH, WIDTH),
        f"{layer}.output.dense": (WIDTH, 2 * WIDTH),
        "pooler.dense": (WIDTH, WIDTH),
    }
    norms = (embeddings, f"{layer}.attention.output", f"{layer}.output")
    return {
        f"{embeddings}.word_embeddings.weight": (vocab_size, WIDTH),
        f"{embeddings}.position_embeddings.weight": (64, WIDTH),
        f"{embeddings}.token_type_embeddings.weight": (2, WIDTH),
        **{f"{name}.weight": shape for name, shape in dense.items()},
        **{f"{name}.bias": shape[:1] for name, shape in dense.items()},
        **{f"{name}.LayerNorm.weight": (WIDTH,) for name in norms},
        **{f"{name}.LayerNorm.bias": (WIDTH,) for name in norms},
    }


COMMANDS = ("fit", "evaluate", "predict", "tune", "audit")


def words(command: str, model: str, folder: Path, file: Path) -> list[str]:
    """Returns a command; what it writes is thrown away but for the run of `fit`."""
    run, out = str(folder / f"run-{model}"), str(folder / "out")
    start = ["--checkpoint", str(folder / "checkpoint"), *NEURAL]
    if file.name == "tiny.csv" and command == "fit":
        run = out
    options = {
        "fit": ["--train", str(file), "--out", run, "--overwrite"]
        + (["--model", "linear"] if model == "linear" else start),
        "evaluate": [run, "--test", str(file), "--report", out],
        "predict": [run, "--input", str(file), "--output", f"{out}.csv"],
        "tune": [run, str(file)],
        "audit": [str(file), "--bundle", run, "--out", out],
    }
    return [command, *options[command]]


def compared(
    command: str, model: str, folder: Path, large: Path, tiny: Path
) -> dict[str, object]:
    """Returns what a command needs of memory with either file, and its minutes."""
    peaks, minutes = [], []
    for file in (tiny, large):
        for rest in (folder / "out", folder / "out.csv", folder / "cache"):
            shutil.rmtree(rest) if rest.is_dir() else rest.unlink(missing_ok=True)
        spoken = words(command, model, folder, file)
        peak, seconds = measured(spoken, folder)
        peaks.append(peak)
        minutes.append(seconds / 60)
    above = peaks[1] - peaks[0]
    place = str(folder.parent)
    return {
        "command": command,
        "peak_mib": round(peaks[1]),
        "tiny_peak_mib": round(peaks[0]),
        "above_mib": round(above),
        "limit_mib": LIMIT_MIB,
        "within": above <= LIMIT_MIB,
        "minutes": round(minutes[1], 2),
        "words": shlex.join(["kerascls", *spoken]).replace(place, "FOLDER"),
        "day": time.strftime("%Y-%m-%d"),
    }


def measured(spoken: list[str], folder: Path) -> tuple[float, float]:
    """Runs a command; returns the most memory it had, in MiB, and its seconds."""
    log = folder / f"{spoken[0]}.log"
    environment = os.environ | {"KERASCLS_CACHE": str(folder / "cache")}
    started_s = time.monotonic()
    with open(log, "wb") as handle:
        process = subprocess.Popen(
            [sys.executable, "-m", "kerascls", *spoken],
            stdout=handle,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{shlex.join(spoken)}: {log.read_text('utf-8')[-2000:]}")
    return used.ru_maxrss * 1024 / MIB, time.monotonic() - started_s


if __name__ == "__main__":
    main()
