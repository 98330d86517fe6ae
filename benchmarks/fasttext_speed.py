"""Times and scores fastText: the original and `kerascls fit --model fasttext`.

    python benchmarks/fasttext_speed.py --envs ENVS --data DATA --runs RUNS
        [--repeats 3] [--epochs 5] [--dim 100] [--batch-size 1024] [--cores 2]

Both train on the whole training part of the headlines, in turn (A B A B), each time in
a process of its own, on the same cores, with the same epochs, width, n-grams and, from
turn to turn, another seed; the original, which has no seed, only with other threads'
luck; width and epochs are the original's defaults. All else is each one's default: rows
of its table, rate. Rows a step are ours alone; the original makes a step of each text.
The linear model beside a training of ours is left out. Words are characters,
lower-cased. A row that is there is not measured again; rows are appended to
results/fasttext_speed.csv.

- `seconds`: the original's from lines of text to its model in memory. Ours from the CSV
  file to the written bundle: reading, vocabulary, ids, training, scores of the
  validation part in every epoch, calibration, files.
- `import_s`: TensorFlow, Keras; part of no other time.
- `accuracy`: on the test part, which nothing was chosen by.
"""

import argparse
import sys
from pathlib import Path

from real_data import RESULTS
from side_by_side import (
    DATA,
    OURS,
    SEED,
    Peer,
    Place,
    Row,
    add_place,
    columns_of,
    command_line,
    measure_missing,
    place_of,
    run_peer,
)

from kerascls.models.presets import get_preset

PEERS = {
    "fastText": Peer("fasttext"),
    "kerascls": Peer(OURS, script="classic"),
}
HEADLINES = DATA["headlines"].folder
PRESET = get_preset("fasttext")


def main():
    """Measures what is not recorded yet, in turn."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_place(parser)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=1024)
    arguments = parser.parse_args()
    place = place_of(arguments)
    same = {
        "batch_size": arguments.batch_size,
        "epochs": arguments.epochs,
        "dim": arguments.dim,
    }
    same |= {"ngrams": PRESET.config.sizes["ngrams"]}
    cases = (
        {"peer": peer, "data": HEADLINES, **same, "repeat": repeat}
        for repeat in range(arguments.repeats)
        for peer in PEERS
    )
    failed = measure_missing(
        arguments.results or RESULTS / "fasttext_speed.csv",
        cases,
        lambda case: measure(place, case),
        command_line("fasttext_speed.py", place, sys.argv[1:]),
    )
    sys.exit(min(failed, 1))


def measure(place: Place, case: Row) -> Row:
    """Returns times and score of one training."""
    seed = SEED + int(case["repeat"])
    job = theirs if case["peer"] == "fastText" else ours
    answer = run_peer(place, PEERS[case["peer"]], "train", **job(place, case, seed))
    return {
        "seconds": round(answer["seconds"], 3),
        "import_s": round(answer["import_s"], 3),
        "accuracy": round(answer["accuracy"], 5),
        "peak_mib": answer["peak_mib"],
        "cores": place.cores,
        "seed": seed,
        "versions": answer["versions"],
    }


def theirs(place: Place, case: Row, seed: int) -> dict:
    """Returns the job of the original, for which texts are written as it reads them."""
    settings = {"dim": case["dim"], "epoch": case["epochs"], "thread": place.cores}
    files = {name: str(lines_of(place, name)) for name in ("train", "test")}
    return files | {"settings": settings | {"wordNgrams": case["ngrams"]}}


def ours(place: Place, case: Row, seed: int) -> dict:
    """Returns our job."""
    files = {"train": "train", "valid": "dev", "test": "test"}
    settings = {
        "model": "fasttext",
        "units": "characters",
        "baseline": False,
        "epochs": case["epochs"],
        "batch_size": case["batch_size"],
        "embedding_dim": case["dim"],
        "seed": seed,
    }
    folder = place.data / HEADLINES
    found = {name: str(folder / f"{file}.csv") for name, file in files.items()}
    return found | {"settings": settings}


def lines_of(place: Place, part: str) -> Path:
    """Returns a file of `__label__LABEL c h a r a c t e r s`, made once."""
    path = place.runs / "texts" / f"{HEADLINES}-{part}.txt"
    if not path.is_file():
        labels, texts = columns_of(place.data / HEADLINES / f"{part}.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            for label, text in zip(labels, texts, strict=True):
                words = " ".join("".join(text.lower().split()))
                file.write(f"__label__{label} {words}\n")
    return path


if __name__ == "__main__":
    main()
