"""What a peer's runner and the benchmarks say to each other; standard library only.

A runner is started in its peer's own environment as `python run_PEER.py ACTION JOB`,
where JOB is a JSON object, and prints one JSON object as its last line. The actions:

- `fit`: one epoch on `train`, a CSV file with the columns `label` and `text`;
- `predict`: labels for `texts`, a JSON file with a list, one by one and together;
- `hidden`: the last hidden states for `inputs` (.npz), written to `outputs` (.npz).

Times are seconds since `spawned`, when the benchmark started the process.
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

Job = dict
Predict = Callable[[list[str]], Sequence]
WARM_UP = 64  # texts that are labelled before all are timed
SINGLES_AT_MOST_S = 60  # KerasHub traces its preprocessing anew for each call


class StepClock:
    """Notes when each training step ended, and says when it is enough.

    A stop comes at a multiple of `cut` steps only, so that the steps done are a fair
    part of an epoch whose batches are sorted by length in groups of so many.

    Args:
        job: With `spawned`, `max_minutes` (None: no limit) and `cut`.
    """

    def __init__(self, job: Job):
        self.job = job
        self.ends: list[tuple[int, float]] = []

    def __call__(self, steps: int = 1) -> bool:
        """Notes the end of a step, or of several that ran as one.

        Returns:
            Whether to stop now.
        """
        before = self.ends[-1][0] if self.ends else 0
        self.ends.append((before + steps, time.time() - self.job["spawned"]))
        limit, cut = self.job["max_minutes"], self.job["cut"]
        if limit is None or (before + steps) // cut == before // cut:
            return False
        return self.ends[-1][1] - self.ends[0][1] >= 60 * limit


def main(
    fit: Callable[[Job, StepClock], None],
    load: Callable[[Job], Predict],
    hidden: Callable[[Job, dict], "object"],
    packages: Sequence[str],
):
    """Does what the command line says and prints the answer.

    Args:
        fit: Reads, tokenises, builds and trains; calls the clock after each step and
            ends the training when that returns True.
        load: Returns a function from texts to labels.
        hidden: Returns float32 `(batch, tokens, hidden_dim)` for the arrays
            `token_ids`, `segment_ids`, `padding_mask`.
        packages: Whose versions belong to the answer.
    """
    action, job = sys.argv[1], json.loads(sys.argv[2])
    answer: dict[str, object] = {}
    if action == "fit":
        clock = StepClock(job)
        fit(job, clock)
        answer["step_ends"] = clock.ends
    elif action == "predict":
        answer |= timed_prediction(load, job)
    elif action == "hidden":
        import numpy as np

        with np.load(job["inputs"]) as inputs:
            np.savez(job["outputs"], hidden=hidden(job, dict(inputs)))
    else:
        raise SystemExit(f"Expected fit, predict or hidden. Received: {action!r}.")
    answer |= {"peak_mib": peak_mib(), "versions": versions(packages)}
    print("\n" + json.dumps(answer), flush=True)


def timed_prediction(load: Callable[[Job], Predict], job: Job) -> dict[str, object]:
    """Returns the times of the first label, of single texts and of all together."""
    with open(job["texts"], encoding="utf-8") as file:
        texts = json.load(file)
    predict = load(job)
    predict(texts[:1])
    answer: dict[str, object] = {
        "cold_s": time.time() - job["spawned"],
        "cold_mib": peak_mib(),
    }
    answer["single_s"] = []
    for text in texts[: job["singles"]]:
        start = time.perf_counter()
        predict([text])
        answer["single_s"].append(time.perf_counter() - start)
        if sum(answer["single_s"]) > SINGLES_AT_MOST_S:
            break
    predict(texts[:WARM_UP])
    start = time.perf_counter()
    labels = predict(texts)
    answer["batch_s"] = time.perf_counter() - start
    if len(labels) != len(texts):
        raise SystemExit(f"Expected {len(texts)} labels. Received: {len(labels)}.")
    return answer


def read_rows(path: str) -> tuple[list[str], list[int], list[str]]:
    """Returns texts, label numbers and label names of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["label"] for row in rows})
    numbers = {name: number for number, name in enumerate(names)}
    return [row["text"] for row in rows], [numbers[r["label"]] for r in rows], names


def config_of(folder: str) -> dict:
    """Returns the `config.json` of a Hugging Face directory."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        return json.load(file)


def peak_mib() -> int:
    """Returns the largest resident memory of this process so far.

    `ru_maxrss` would be at least that of the process which started this one.
    """
    with open("/proc/self/status", encoding="ascii") as file:
        (line,) = (line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def versions(packages: Sequence[str]) -> str:
    """Returns the versions of some packages that are installed, as one line."""
    found = []
    for name in packages:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue  # the CPU build of TensorFlow has another name
    return ", ".join(found)
