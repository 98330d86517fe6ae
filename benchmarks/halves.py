"""Times steps on whole batches and on both halves at the same time, in turn.

    python benchmarks/halves.py [--tokens 20 300] [--rounds 6]

Training steps and predictions of 32 rows on TensorFlow, with random weights and ids, in
two processes that take turns: one with `Compute.in_halves` and its threads, one with
whole batches, whose operations run one by one on all cores. The median ratio of the
fastest steps of a turn is appended to results/halves.csv.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from itertools import product
from statistics import median

import numpy as np
from real_data import RESULTS, append
from side_by_side import BATCH_SIZE, MODELS, ROOT

STEPS = 3  # of a turn, of which the fastest counts
MODES = ("train", "predict")
CLASSES, VOCAB = 10, 21128


def main():
    """Measures every case and appends a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tokens", type=int, nargs="+", default=[20, 300])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        return work(**json.loads(arguments.worker))
    for model, tokens, mode in product(arguments.models, arguments.tokens, MODES):
        case = {"model": model, "mode": mode, "rows": BATCH_SIZE, "tokens": tokens}
        found = case | measure(case, arguments.rounds)
        found["command"] = " ".join(["python benchmarks/halves.py", *sys.argv[1:]])
        append(RESULTS / "halves.csv", [found | {"day": time.strftime("%Y-%m-%d")}])
        print(found, flush=True)


def measure(case: dict, rounds: int) -> dict:
    """Returns the milliseconds of both ways, and their ratio."""
    workers = [start(case | {"in_halves": in_halves}) for in_halves in (False, True)]
    turns = [[seconds_of(worker) for worker in workers] for _ in range(rounds)]
    for worker in workers:
        worker.communicate()
    whole, halves = zip(*turns, strict=True)
    return {
        "whole_ms": round(1000 * median(whole), 1),
        "halves_ms": round(1000 * median(halves), 1),
        "ratio": round(median(b / a for a, b in turns), 3),
        "rounds": rounds,
        "cores": len(os.sched_getaffinity(0)),
    }


def start(job: dict) -> subprocess.Popen:
    """Returns a process that has taken its first steps."""
    environment = os.environ | {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
    }
    for name in ("TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, __file__, "--worker", json.dumps(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    seconds_of(process)
    return process


def seconds_of(process: subprocess.Popen) -> float:
    """Returns the seconds of the fastest step of a turn."""
    process.stdin.write("\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def work(model: str, mode: str, rows: int, tokens: int, in_halves: bool):
    """Takes a turn for every line that comes in."""
    from kerascls.models.backend.compute import Compute, choose_compute, limit_threads

    if not in_halves:
        Compute.in_halves = False
    limit_threads(choose_compute())
    ids = np.random.default_rng(0).integers(100, VOCAB, (rows, tokens)).astype(np.int32)
    inputs = {"token_ids": ids, "segment_ids": 0 * ids, "padding_mask": 0 * ids + 1}
    step = {"train": training_step, "predict": prediction_step}[mode]
    run = step(classifier(model, in_halves), inputs)
    for _ in sys.stdin:
        taken = []
        for _ in range(STEPS):
            begin = time.perf_counter()
            run()
            taken.append(time.perf_counter() - begin)
        print(min(taken), flush=True)


def classifier(model: str, in_halves: bool):
    """Returns a classifier with random weights."""
    from dataclasses import replace

    from kerascls.models.encoder import Encoder
    from kerascls.models.presets import get_preset
    from kerascls.models.transformer import TransformerClassifier

    config = replace(get_preset(model).config, vocab_size=VOCAB)
    found = TransformerClassifier(Encoder(config, dtype="float32"), CLASSES)
    found.in_halves = in_halves
    return found


def training_step(model, inputs: dict):
    """Returns a function that takes one compiled step."""
    import tensorflow as tf

    from kerascls.training.losses.cross_entropy import loss_for
    from kerascls.training.optimizers.fine_tuning import adamw

    optimizer = adamw(model.trainable_variables, 1e-4, 1000)
    model.compile(
        optimizer, loss_for("multiclass"), jit_compile=False, auto_scale_loss=False
    )
    rows = len(inputs["token_ids"])
    targets = np.eye(CLASSES, dtype=np.float32)[np.arange(rows) % CLASSES]
    weights = np.full(rows, 1 / rows, np.float32)
    batch = (inputs, targets, weights)
    batches = iter(tf.data.Dataset.from_tensors(batch).repeat())
    model.make_train_function()
    return lambda: model.train_function(batches)


def prediction_step(model, inputs: dict):
    """Returns a function that predicts once."""
    from kerascls.models.backend.forward import forward

    run = forward(model)
    return lambda: run(inputs)


if __name__ == "__main__":
    main()
