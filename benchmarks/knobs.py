"""What each knob of training changes: the same short trainings with one setting more.

    python benchmarks/knobs.py --data DATA --runs RUNS [--only DATA_NAME] [KNOB ...]

Two sets: 4,000 rows of GoEmotions with the pretrained MiniLM, and all of Event types
with an encoder of BERT-Tiny's size (2 layers of width 128) from random weights; two
more of its kind for what decides a default. Each training is run with three seeds on
one split. A finished row is not repeated; rows are appended to results/knobs.csv, and
paired with those of the defaults by seed.

With `--again`, the first seed of what is recorded is trained once more. Scores must
come out the same; the shorter time is kept: other work may have disturbed the longer.
"""

import argparse
import csv
import json
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from random_encoders import random_weights, write_huggingface
from real_data import RESULTS, append, minilm

from kerascls.data.readers import read
from kerascls.models.encoder_config import EncoderConfig
from kerascls.preprocessing.tokenizers.vocabulary import build_vocab

SEED, SEEDS = 42, 3
GOEMOTIONS_ROWS = {"train": 4000, "dev": 1000, "test": 3000}
HEADLINES_ROWS = {"train": 12000, "dev": 2000, "test": 9989}
TINY = {"num_layers": 2, "hidden_dim": 128, "intermediate_dim": 512, "num_heads": 2}


@dataclass(frozen=True)
class Knob:
    """One setting, or some that belong together.

    `sets` are those it is tried on: freezing random weights would say nothing.
    """

    settings: str
    sets: tuple[str, ...] = ("goemotions", "event_types")


PRETRAINED = ("goemotions",)
RANDOM = ("event_types", "car_reviews", "headlines")
EVERYWHERE = (*PRETRAINED, *RANDOM)
KNOBS = {
    "defaults": Knob("", EVERYWHERE),
    "layer_decay": Knob("train.layer_decay=0.9", PRETRAINED),
    "freeze_encoder": Knob("train.freeze_encoder=true", PRETRAINED),
    "freeze_encoder, learning_rate, epochs": Knob(
        "train.freeze_encoder=true train.learning_rate=1e-2 train.epochs=20", PRETRAINED
    ),
    "freeze_encoder, mix_layers, mlp_dim": Knob(
        "train.freeze_encoder=true model.mix_layers=4 model.mlp_dim=256", PRETRAINED
    ),
    "freeze_encoder, learning_rate, epochs, mix_layers, mlp_dim": Knob(
        "train.freeze_encoder=true train.learning_rate=1e-2 train.epochs=20"
        " model.mix_layers=4 model.mlp_dim=256",
        PRETRAINED,
    ),
    "freeze_layers": Knob("train.freeze_layers=3", PRETRAINED),
    "ema_momentum": Knob("train.ema_momentum=0.99"),
    "label_smoothing": Knob("train.label_smoothing=0.05"),
    "r_drop": Knob("train.r_drop=1.0"),
    "fgm": Knob("train.fgm=0.5"),
    "accumulate_steps": Knob("train.accumulate_steps=2"),
    "batch_size": Knob("train.batch_size=16"),
    "validate_steps": Knob("train.validate_steps=50", PRETRAINED),
    "pooling=cls": Knob("model.pooling=cls", EVERYWHERE),
    "pooling=max": Knob("model.pooling=max", EVERYWHERE),
    "pooling=attention": Knob("model.pooling=attention", EVERYWHERE),
    "pooling=label_attention": Knob("model.pooling=label_attention"),
    "mix_layers": Knob("model.mix_layers=2"),
    "mlp_dim": Knob("model.mlp_dim=256"),
    "dropout": Knob("model.dropout=0.3"),
}


def main():
    """Runs what is not recorded yet, knob by knob."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="KNOB", help="; ".join(KNOBS))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--only", choices=SETS)
    parser.add_argument("--again", action="store_true")
    arguments = parser.parse_args()
    for name in [arguments.only] if arguments.only else SETS:
        options = SETS[name](arguments.data, arguments.runs / "data" / name)
        for knob in arguments.names or KNOBS:
            out = arguments.runs / name / knob.replace(", ", "+")
            if arguments.again and is_recorded(name, knob):
                run(options, KNOBS[knob], out.with_name(f"{out.name}-again"), seeds=1)
                keep_shorter(name, knob, out.with_name(f"{out.name}-again"))
            elif name in KNOBS[knob].sets and not is_recorded(name, knob):
                run(options, KNOBS[knob], out)
                record(name, knob, options, out, arguments)


def run(options: list[str], knob: Knob, out: Path, seeds: int = SEEDS):
    """Trains with all seeds in one process; goes on with what was interrupted."""
    words = [sys.executable, "-m", "kerascls", "fit", "--quiet"]
    words += ["--seeds", str(seeds)] if seeds > 1 else []
    if out.exists():
        words += ["--resume"]
    else:
        words += [*options, *overrides(knob)]
    subprocess.run([*words, "--out", str(out)], check=True)


def overrides(knob: Knob) -> list[str]:
    """Returns a knob's settings as options."""
    return [word for one in knob.settings.split() for word in ("--set", one)]


def goemotions(data: Path, folder: Path) -> list[str]:
    """Writes a part of the rows; returns the options of a training on them."""
    for part, rows in GOEMOTIONS_ROWS.items():
        cut(data / "goemotions" / f"{part}.csv", folder / f"{part}.csv", rows)
    files = [f"--train={folder}/train.csv", f"--valid={folder}/dev.csv"]
    return [
        *(*files, f"--test={folder}/test.csv", "--checkpoint", minilm()),
        *shlex.split("--set model.pooling=mean --max-tokens 64 --epochs 3"),
        *shlex.split(f"--batch-size 32 --learning-rate 2e-4 --seed {SEED}"),
    ]


def event_types(data: Path, folder: Path) -> list[str]:
    """Returns the options of a training on news sentences with 65 labels."""
    source = data / "event_types_2020"
    return from_random_weights(folder, source, ("train", "test"))


def car_reviews(data: Path, folder: Path) -> list[str]:
    """Returns the options of a training on car reviews with 10 labels."""
    return from_random_weights(folder, data / "bdci_car_2018", ("train", "dev", "test"))


def headlines(data: Path, folder: Path) -> list[str]:
    """Writes a part of the rows; returns the options of a training on ten classes."""
    for part, rows in HEADLINES_ROWS.items():
        cut(data / "thucnews_headlines" / f"{part}.csv", folder / f"{part}.csv", rows)
    return from_random_weights(folder, folder, HEADLINES_ROWS)


def from_random_weights(folder: Path, source: Path, parts: Iterable[str]) -> list[str]:
    """Writes a small random encoder; returns the options of a training with it."""
    write_random_encoder(folder / "tiny", source / "train.csv")
    return [
        *(f"--{OPTION_OF[part]}={source}/{part}.csv" for part in parts),
        *("--checkpoint", str(folder / "tiny")),
        *shlex.split("--set model.pooling=mean --max-tokens 128 --epochs 6"),
        *shlex.split(f"--batch-size 32 --learning-rate 1e-3 --seed {SEED}"),
    ]


OPTION_OF = {"train": "train", "dev": "valid", "test": "test"}
SETS = {
    "goemotions": goemotions,
    "event_types": event_types,
    "car_reviews": car_reviews,
    "headlines": headlines,
}


def cut(source: Path, target: Path, rows: int):
    """Copies the header and so many rows, chosen at random but always the same."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(source, encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    kept = random.Random(SEED).sample(lines, rows)
    with open(target, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *kept])


def write_random_encoder(folder: Path, texts: Path):
    """Writes a BERT of BERT-Tiny's size as a Hugging Face directory, always the same.

    Its vocabulary is made from the texts.
    """
    vocab = build_vocab(row.texts[0] for row in read(texts).examples)
    sizes = {"vocab_size": len(vocab), "embedding_dim": TINY["hidden_dim"], **TINY}
    config = EncoderConfig(family="bert", **sizes)
    write_huggingface(folder, config, random_weights(config, SEED))
    (folder / "vocab.txt").write_text("\n".join(vocab) + "\n", "utf-8")


def is_recorded(name: str, knob: str) -> bool:
    """Returns whether all seeds of a knob have their row."""
    path = RESULTS / "knobs.csv"
    if not path.is_file():
        return False
    with open(path, encoding="utf-8", newline="") as file:
        return any((r["data"], r["knob"]) == (name, knob) for r in csv.DictReader(file))


def record(name: str, knob: str, options: list[str], out: Path, arguments):
    """Appends a row for each seed."""
    words = ["kerascls", "fit", "--seeds", str(SEEDS), *options]
    command = shlex.join([*words, *overrides(KNOBS[knob])])
    places = {minilm(): "MINILM", arguments.data: "DATA", arguments.runs: "RUNS"}
    for place, word in places.items():
        command = command.replace(str(place), word)
    rows = []
    for seed in range(SEED, SEED + SEEDS):
        rows.append(
            {
                "data": name,
                "knob": knob,
                "settings": KNOBS[knob].settings,
                "seed": seed,
                **measured(out / f"seed-{seed}"),
                "command": command,
                "day": time.strftime("%Y-%m-%d"),
            }
        )
    append(RESULTS / "knobs.csv", rows)


def measured(run: Path) -> dict[str, float]:
    """Returns the scores on test of one training, its best epoch and its minutes."""
    scores = json.loads((run / "report.json").read_text("utf-8"))["scores"]
    facts = json.loads((run / "run.json").read_text("utf-8"))
    return {
        "macro_f1": round(scores["macro"]["f1"], 6),
        "micro_f1": round(scores["micro"]["f1"], 6),
        "best_epoch": facts["best_epoch"],
        "minutes": facts["minutes"],
    }


def keep_shorter(name: str, knob: str, out: Path):
    """Replaces the minutes of the first seed if the new ones are fewer."""
    path = RESULTS / "knobs.csv"
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    now = measured(out)
    for row in rows:
        if (row["data"], row["knob"], row["seed"]) != (name, knob, str(SEED)):
            continue
        if float(row["macro_f1"]) != now["macro_f1"]:
            sys.exit(f"{name}, {knob}: {now} is not what was recorded: {row}")
        row["minutes"] = min(float(row["minutes"]), now["minutes"])
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
