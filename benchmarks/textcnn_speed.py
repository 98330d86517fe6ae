"""Times an epoch of TextCNN: a plain Keras model against ours, on the same cores.

    python benchmarks/textcnn_speed.py --envs ENVS --data DATA --runs RUNS
        [--repeats 3] [--epochs 3] [--batch-size 64] [--cores 2]

Both train on the whole training part of the headlines, in turn (A B C A B C), each time
in a process of its own: the same layers, sizes, rows a step and characters. The plain
model pads every text to one length: that of the preset, or of the longest text. A row
that is there is not measured again; rows are appended to results/textcnn_speed.csv.

- `epoch_s`: the fastest epoch from its first step to its last, validation not counted;
  the first one, which traces, is left out;
- `seconds`: from the file to the end, ours with validation and the written bundle;
- `import_s`: TensorFlow, Keras; part of no other time;
- `accuracy`: on the test part, after the last epoch, ours after the best.
"""

import argparse
import sys

from fasttext_speed import HEADLINES
from real_data import RESULTS
from side_by_side import (
    OURS,
    SEED,
    Peer,
    Place,
    Row,
    add_place,
    command_line,
    measure_missing,
    place_of,
    run_peer,
)

from kerascls.models.presets import get_preset

MODEL = "textcnn"
PRESET = get_preset(MODEL)
PLAIN = Peer(OURS, script="plain_textcnn")
PEERS = {
    "Keras, longest": PLAIN,
    "Keras, preset": PLAIN,
    "kerascls": Peer(OURS, script="classic"),
}


def main():
    """Measures what is not recorded yet, in turn."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_place(parser)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=tuple(PEERS))
    arguments = parser.parse_args()
    place = place_of(arguments)
    same = {"epochs": arguments.epochs, "batch_size": arguments.batch_size}
    cases = (
        {"peer": peer, "data": HEADLINES, **same, "repeat": repeat}
        for repeat in range(arguments.repeats)
        for peer in arguments.peers
    )
    failed = measure_missing(
        arguments.results or RESULTS / "textcnn_speed.csv",
        cases,
        lambda case: measure(place, case),
        command_line("textcnn_speed.py", place, sys.argv[1:]),
    )
    sys.exit(min(failed, 1))


def measure(place: Place, case: Row) -> Row:
    """Returns times and score of one training."""
    folder, seed = place.data / HEADLINES, SEED + int(case["repeat"])
    files = {"train": "train", "valid": "dev", "test": "test"}
    settings = {"epochs": case["epochs"], "batch_size": case["batch_size"]}
    if case["peer"] == "kerascls":
        settings |= {"model": MODEL, "units": "characters"}
    else:
        settings |= {
            "length": PRESET.max_tokens if "preset" in case["peer"] else None,
            "embedding_dim": PRESET.config.embedding_dim,
            "learning_rate": PRESET.learning_rate,
        }
    answer = run_peer(
        place,
        PEERS[case["peer"]],
        "train",
        settings=settings | {"seed": seed},
        **{name: str(folder / f"{file}.csv") for name, file in files.items()},
    )
    return {
        "epoch_s": round(min(answer["epoch_s"][1:]), 3),
        "seconds": round(answer["seconds"], 3),
        "import_s": round(answer["import_s"], 3),
        "accuracy": round(answer["accuracy"], 5),
        "peak_mib": answer["peak_mib"],
        "cores": place.cores,
        "seed": seed,
        "versions": answer["versions"],
    }


if __name__ == "__main__":
    main()
