"""Profiles a training step and a batch of prediction, operation by operation.

    python benchmarks/profile_step.py --data DATA --runs RUNS [--tokens 128]
        [--models M ...] [--modes train predict]

Sogou documents cut to `--tokens`, 32 in a batch, go through `kerascls.fit` and
`Predictor` on TensorFlow. Steps are timed first and then profiled, for profiling slows
them down. Beside them stand the multiplications, additions and bytes of the step's
matrix products, computed from the configuration, and how long TensorFlow takes for
these products alone. One row for each model and mode is appended to
results/profile.csv, and one for each operation to results/profile_operations.csv.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from fit_speed import validation_file
from matrix_products import milliseconds_alone, products_of
from predict_speed import exported
from real_data import RESULTS, append
from side_by_side import (
    BATCH_SIZE,
    MODELS,
    OURS,
    Peer,
    Place,
    Row,
    checkpoint,
    columns_of,
    command_line,
    write_rows,
)

SKIPPED, TIMED, PROFILED = 3, 6, 3  # steps
MODES = ("train", "predict")
MATRIX = re.compile("MatMul|Einsum|dot")
# They contain other operations, or run beside the step.
LEFT_OUT = re.compile("PartitionedCall|^While|^If$|PyFunc|Dataset|^Xla|^__inference")


def main():
    """Profiles each model and mode in a process of its own: threads differ."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    arguments = parser.parse_args()
    cases = [(model, mode) for model in arguments.models for mode in arguments.modes]
    if len(cases) == 1:
        profile(arguments, *cases[0])
        return
    for model, mode in cases:
        words = [sys.executable, *sys.argv, "--models", model, "--modes", mode]
        subprocess.run(words, check=True)


def profile(arguments: argparse.Namespace, model: str, mode: str):
    """Profiles one model in one mode, prints the table and appends the rows."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    place = Place(*(arguments.runs.resolve(),) * 2, arguments.data.resolve(), 2)
    texts = documents(place, arguments.tokens)
    run = {"train": profiled_training, "predict": profiled_prediction}[mode]
    step_ms, operations = run(place, model, texts, arguments.tokens)
    summary = summary_of(model, mode, arguments.tokens, step_ms, operations)
    made = {
        "command": command_line("profile_step.py", place, sys.argv[1:]),
        "day": time.strftime("%Y-%m-%d"),
    }
    case = {"model": model, "mode": mode, "tokens": arguments.tokens}
    rows = [case | row for row in operation_rows(operations)]
    append(arguments.results / "profile.csv", [summary | made])
    append(arguments.results / "profile_operations.csv", [r | made for r in rows])
    print(table(summary, rows), flush=True)


def documents(place: Place, tokens: int) -> Path:
    """Writes documents that all fill a sequence; returns the CSV file."""
    path = place.runs / "texts" / f"full-{tokens}.csv"
    pairs = zip(*columns_of(place.data / "sogou5" / "train.csv"), strict=True)
    full = [(label, text) for label, text in pairs if len(text) > 2 * tokens]
    needed = BATCH_SIZE * (SKIPPED + TIMED + PROFILED + 1)
    write_rows(path, full[:needed])
    return path


def profiled_training(
    place: Place, model: str, texts: Path, tokens: int
) -> tuple[float, dict[str, list[float]]]:
    """Returns a training step's milliseconds, and those of its operations."""
    import keras

    import kerascls

    class Steps(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.begins, self.trace = [], None

        def on_train_batch_begin(self, batch, logs=None):
            self.begins.append(time.perf_counter())
            if batch == SKIPPED + TIMED:
                self.trace = Trace()
            if batch == SKIPPED + TIMED + PROFILED:
                self.operations = self.trace.operations()

    steps = Steps()
    with tempfile.TemporaryDirectory() as out:
        kerascls.fit(
            train=texts,
            valid=validation_file(place, "documents"),
            checkpoint=checkpoint(place, model),
            max_tokens=tokens,
            batch_size=BATCH_SIZE,
            epochs=1,
            out=out,
            cache=False,
            quiet=True,
            callbacks=[steps],
        )
    timed = steps.begins[SKIPPED : SKIPPED + TIMED + 1]
    pairs = zip(timed, timed[1:], strict=False)
    return 1000 * median(end - begin for begin, end in pairs), steps.operations


def profiled_prediction(
    place: Place, model: str, texts: Path, tokens: int
) -> tuple[float, dict[str, list[float]]]:
    """Returns a batch's milliseconds from strings on, and those of its operations."""
    from kerascls import Predictor

    valid = validation_file(place, "documents")
    job = {"folder": checkpoint(place, model), "train": valid, "valid": valid}
    job["max_tokens"] = tokens
    case = {"model": model, "data": f"full-{tokens}"}
    predictor = Predictor.load(exported(place, case, job, Peer(OURS), ""))
    _, strings = columns_of(texts)
    batch = strings[:BATCH_SIZE]
    times = []
    for _ in range(SKIPPED + TIMED):
        start = time.perf_counter()
        predictor.predict_proba(batch)
        times.append(1000 * (time.perf_counter() - start))
    trace = Trace()
    for _ in range(PROFILED):
        predictor.predict_proba(batch)
    return median(times[SKIPPED:]), trace.operations()


class Trace:
    """TensorFlow's profiler, from its making to the call of `operations`."""

    def __init__(self):
        import tensorflow as tf

        self.profiler = tf.profiler.experimental
        self.folder = tempfile.TemporaryDirectory()
        options = self.profiler.ProfilerOptions(host_tracer_level=2)
        self.profiler.start(self.folder.name, options)

    def operations(self) -> dict[str, list[float]]:
        """Returns the milliseconds of every call, by kind of operation."""
        from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

        self.profiler.stop()
        (path,) = Path(self.folder.name).rglob("*.xplane.pb")
        space = XSpace.FromString(path.read_bytes())
        self.folder.cleanup()
        found = defaultdict(list)
        (host,) = (plane for plane in space.planes if plane.name == "/host:CPU")
        for line in host.lines:
            for event in line.events:
                kind = kind_of(host, event)
                if kind and not LEFT_OUT.search(kind):
                    found[kind].append(event.duration_ps / 1e9)
        return dict(found)


def kind_of(plane, event) -> str:
    """Returns what a traced event computes, `""` for anything but an operation.

    TensorFlow calls an operation `name:Kind`; one that XLA compiled is `kind.number`.
    """
    about = plane.event_metadata[event.metadata_id]
    if about.display_name and ":" in about.name:
        return about.display_name
    facts = {plane.stat_metadata[stat.metadata_id].name for stat in event.stats}
    return re.sub(r"[.\d]+$", "", about.name) if "hlo_op" in facts else ""


def summary_of(
    model: str, mode: str, tokens: int, step_ms: float, operations: dict
) -> Row:
    """Returns a step's time beside what its matrix products cost alone."""
    products = products_of(model, mode, BATCH_SIZE, tokens)
    gflop = sum(product.flop for product in products) / 1e9
    alone_ms = milliseconds_alone(model, mode, BATCH_SIZE, tokens)
    matrix = [k for k in operations if MATRIX.search(k)]
    in_matrix = sum(sum(operations[kind]) for kind in matrix) / PROFILED
    in_all = sum(map(sum, operations.values())) / PROFILED
    return {
        "model": model,
        "mode": mode,
        "rows": BATCH_SIZE,
        "tokens": tokens,
        "step_ms": round(step_ms, 1),
        "profiled_ms": round(in_all, 1),
        "profiled_matrix_ms": round(in_matrix, 1),
        "matrix_gflop": round(gflop, 2),
        "matrix_mib": round(sum(p.num_bytes for p in products) / 2**20, 1),
        "matrix_alone_ms": round(alone_ms, 1),
        "alone_gflop_per_s": round(1000 * gflop / alone_ms, 1),
        "reached_gflop_per_s": round(1000 * gflop / step_ms, 1),
        "share_of_rate": round(alone_ms / step_ms, 3),
    }


def operation_rows(operations: dict[str, list[float]]) -> list[Row]:
    """Returns a row for each kind of operation, the longest first."""
    totals = {kind: sum(times) / PROFILED for kind, times in operations.items()}
    whole = sum(totals.values())
    return [
        {
            "operation": kind,
            "calls": round(len(operations[kind]) / PROFILED, 1),
            "ms": round(totals[kind], 3),
            "share": round(totals[kind] / whole, 4),
        }
        for kind in sorted(totals, key=totals.__getitem__, reverse=True)
    ]


def table(summary: Row, rows: list[Row], most: int = 15) -> str:
    """Returns the summary and the operations that take longest, as text."""
    lines = [f"{name:>22} {value}" for name, value in summary.items()]
    lines.append(f"{'operation':>32} {'calls':>7} {'ms':>9} {'share':>7}")
    for row in rows[:most]:
        cells = (row["operation"], row["calls"], row["ms"], row["share"])
        lines.append("{:>32} {:>7} {:>9} {:>7.1%}".format(*cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
