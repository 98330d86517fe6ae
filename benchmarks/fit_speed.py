"""Times one epoch of every peer, from the file to the end of the last step.

    python benchmarks/fit_speed.py --envs ENVS --data DATA --runs RUNS
        [--rows 20000] [--max-minutes 2] [--repeats 3] [--models M ...] [--sets S ...]
        [--peers P ...]
    python benchmarks/fit_speed.py ... --models multilingual_e5_small --e5 E5
        --sets headlines

Each peer trains by its own default recipe, in a fresh process, in turn with the others
(A B C A B C), each turn with another seed. `--rows` takes the first rows of the
training part. With `--max-minutes` an epoch is ended after about so long, at a point
that is fair to sorted batches; all rows are still read, and what is missing is added at
the pace of the steps done: `rows_timed` says how many rows those had. A row that is
there is not measured again; rows are appended to results/fit_speed.csv. With
multilingual-e5-small, of which most weights are word embeddings, ours trains once more
with a vocabulary pruned to the texts: how long are steps without the other rows?

- `prepare_s`: imports, reading, tokenising, building, first step with its tracing;
- `steady_s`: all steps of an epoch at the mean pace of those behind the first;
- `wall_s`: from the start of the process to the end of the epoch.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from real_data import RESULTS
from side_by_side import (
    BATCH_SIZE,
    DATA,
    E5,
    MODELS,
    OURS,
    SEED,
    Peer,
    PeerFailure,
    Place,
    Row,
    able,
    add_cases,
    add_place,
    checkpoint,
    columns_of,
    command_line,
    head,
    measure_missing,
    p99_tokens,
    place_of,
    run_peer,
    training_file,
)

PEERS = {
    "kerascls": Peer(OURS, models=(*MODELS, E5)),
    "kerascls, pruned": Peer(OURS, {"prune_vocab": 1}, models=(E5,)),
    "bert4keras": Peer("bert4keras"),
    "KerasHub": Peer("keras_hub"),
    "transformers": Peer("transformers", models=(*MODELS, E5)),
    "transformers, grouped": Peer(
        "transformers", {"group_by_length": True}, models=(*MODELS, E5)
    ),
}
VALID_ROWS = 64  # ours validates after the epoch, which is not timed
# Peers with sorted batches sort groups of so many, or of a quarter of the epoch.
MEGA_BATCHES = 50


def main():
    """Measures what is not recorded yet, peer after peer, turn after turn."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_place(parser)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--max-minutes", type=float)
    add_cases(parser, PEERS)
    arguments = parser.parse_args()
    place = place_of(arguments)
    failed = measure_missing(
        arguments.results or RESULTS / "fit_speed.csv",
        cases(arguments),
        lambda case: measure(place, case, arguments.max_minutes),
        command_line("fit_speed.py", place, sys.argv[1:]),
    )
    sys.exit(min(failed, 1))


def cases(arguments: argparse.Namespace) -> Iterator[Row]:
    """Yields what is measured: a peer never twice in a row, turn after turn."""
    for repeat in range(arguments.repeats):
        for data in arguments.sets:
            for model in arguments.models:
                for peer in able(arguments.peers, PEERS, model):
                    case = {"peer": peer, "model": model, "data": data}
                    yield case | {"max_rows": arguments.rows, "repeat": repeat}


def measure(place: Place, case: Row, max_minutes: float | None) -> Row:
    """Returns the times of one epoch of one peer."""
    job = job_of(place, case["model"], case["data"], case["max_rows"])
    rows = job.pop("rows")
    seed = SEED + case["repeat"]
    limit = {"max_minutes": max_minutes, "cut": fair_cut(rows)}
    answer = run_peer(place, PEERS[case["peer"]], "fit", seed=seed, **limit, **job)
    return {
        "rows": rows,
        "rows_timed": min(rows, answer["step_ends"][-1][0] * BATCH_SIZE),
        **epoch_times(answer["step_ends"], num_steps(rows)),
        "peak_mib": answer["peak_mib"],
        "cores": place.cores,
        "seed": seed,
        "versions": answer["versions"],
    }


def job_of(place: Place, model: str, data: str, max_rows: int) -> dict:
    """Returns the part of a job that all peers share."""
    folder, train = checkpoint(place, model), training_file(place, data, max_rows)
    _, texts = columns_of(train)
    max_tokens = DATA[data].max_tokens
    return {
        "folder": str(folder),
        "train": str(train),
        "valid": str(validation_file(place, data)),
        "rows": len(texts),
        "max_tokens": max_tokens,
        "p99_tokens": p99_tokens(folder, texts, max_tokens),
    }


def validation_file(place: Place, data: str) -> Path:
    """Returns a CSV file with few rows of a validation part, made once."""
    path = place.runs / "texts" / f"{data}-valid.csv"
    if not path.is_file():
        head(place.data / DATA[data].folder / "dev.csv", path, VALID_ROWS)
    return path


def num_steps(rows: int) -> int:
    """Returns the steps of an epoch."""
    return -(-rows // BATCH_SIZE)


def fair_cut(rows: int) -> int:
    """Returns a number of steps of which every multiple has all lengths in it."""
    return max(1, min(rows // (BATCH_SIZE * 4), MEGA_BATCHES))


def epoch_times(step_ends: list[tuple[int, float]], steps: int) -> dict[str, float]:
    """Returns the times of an epoch from when its steps ended.

    Args:
        step_ends: How many steps were done, and the seconds since the start of the
            process, each time some had ended.
        steps: Steps of the whole epoch.

    Raises:
        PeerFailure: When there is no pace, or more steps than an epoch has.
    """
    (first, begin), (done, end) = step_ends[0], step_ends[-1]
    if not first < done <= steps:
        raise PeerFailure(f"Expected 2 to {steps} steps. Received: {done}.")
    pace = (end - begin) / (done - first)
    return {
        "prepare_s": round(begin, 3),
        "steady_s": round(pace * steps, 3),
        "wall_s": round(end + pace * (steps - done), 3),
    }


if __name__ == "__main__":
    main()
