"""Times every peer from Python strings to labels.

    python benchmarks/predict_speed.py --envs ENVS --data DATA --runs RUNS
        [--headlines 5000] [--documents 500] [--singles 200] [--repeats 3]
        [--models M ...] [--sets S ...] [--peers P ...] [--export-options WORDS]

In a fresh process each peer labels one text (`cold_s`, from the start of the process;
`cold_mib`, the most memory until then), then texts one by one (`p50_ms`, `p99_ms`),
then all of them (`texts_per_s`, `peak_mib`). One by one at most a minute: how many
texts it was is in `singles_timed`. Peers predict as their users write it:
transformers with `pipeline("text-classification", batch_size=32)`, KerasHub with
`classifier.predict`, bert4keras with its generator; ours with `Predictor`, on the Keras
runtime and on ONNX exports. Headlines are those of the test part, documents those of
the training part, in full. Peers take turns. A row that is there is not measured again;
rows are appended to results/predict_speed.csv. Classifiers and exports are made once,
in RUNS/bundles: after a change of what writes them, remove that folder.
"""

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fit_speed import job_of
from real_data import RESULTS
from side_by_side import (
    DATA,
    E5,
    MODELS,
    OURS,
    Peer,
    PeerFailure,
    Place,
    Row,
    able,
    add_cases,
    add_place,
    columns_of,
    command_line,
    measure_missing,
    our_environment,
    place_of,
    run_peer,
)

ONNX = {"runtime": "onnx"}
ANY = "--max-changed 1 --max-f1-drop 1"  # labels by random weights mean nothing
PEERS = {
    "kerascls": Peer(OURS, models=(*MODELS, E5)),
    "kerascls, ONNX": Peer(OURS, ONNX | {"export": ""}, models=(*MODELS, E5)),
    "kerascls, ONNX int8": Peer(
        OURS, ONNX | {"export": f"--int8 {ANY}"}, models=(*MODELS, E5)
    ),
    "bert4keras": Peer("bert4keras"),
    "KerasHub": Peer("keras_hub"),
    "transformers": Peer("transformers", models=(*MODELS, E5)),
}
PARTS = {"headlines": "test", "documents": "train"}
BUNDLE_ROWS = 256  # of a training that is there for its bundle only


def main():
    """Measures what is not recorded yet, peer after peer, turn after turn."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_place(parser)
    parser.add_argument("--headlines", type=int, default=5000)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--singles", type=int, default=200)
    add_cases(parser, PEERS)
    parser.add_argument("--export-options", default="", help="of `kerascls export`")
    arguments = parser.parse_args()
    place = place_of(arguments)
    failed = measure_missing(
        arguments.results or RESULTS / "predict_speed.csv",
        cases(arguments),
        lambda case: measure(place, case, arguments.export_options),
        command_line("predict_speed.py", place, sys.argv[1:]),
    )
    sys.exit(min(failed, 1))


def cases(arguments: argparse.Namespace) -> Iterator[Row]:
    """Yields what is measured: a peer never twice in a row, turn after turn."""
    for repeat in range(arguments.repeats):
        for data in arguments.sets:
            for model in arguments.models:
                for peer in able(arguments.peers, PEERS, model):
                    case = {"peer": peer, "model": model, "data": data}
                    case |= {"texts": getattr(arguments, data)}
                    yield case | {"singles": arguments.singles, "repeat": repeat}


def measure(place: Place, case: Row, export_options: str) -> Row:
    """Returns the times of one peer on one set of texts."""
    peer, data = PEERS[case["peer"]], case["data"]
    job = job_of(place, case["model"], data, BUNDLE_ROWS)
    texts = place.runs / "texts" / f"{data}-{case['texts']}.json"
    source = next((place.data / DATA[data].folder).glob(f"{PARTS[data]}.*"))
    labels, rows = columns_of(source)
    texts.write_text(json.dumps(rows[: case["texts"]]), "utf-8")
    job |= {"texts": str(texts), "num_labels": len(set(labels))}
    job |= {"singles": case["singles"]}
    if peer.environment == OURS:
        job["bundle"] = str(exported(place, case, job, peer, export_options))
    answer = run_peer(place, peer, "predict", **job)
    return {
        **prediction_times(answer, min(case["texts"], len(rows))),
        "cold_mib": answer["cold_mib"],
        "peak_mib": answer["peak_mib"],
        "cores": place.cores,
        "versions": answer["versions"],
    }


def prediction_times(answer: dict, texts: int) -> dict[str, float]:
    """Returns what the times of single labels and of all say in a row."""
    milliseconds = 1000 * np.array(answer["single_s"])
    return {
        "texts_per_s": round(texts / answer["batch_s"], 2),
        "p50_ms": round(float(np.quantile(milliseconds, 0.5)), 3),
        "p99_ms": round(float(np.quantile(milliseconds, 0.99)), 3),
        "singles_timed": len(milliseconds),
        "cold_s": round(answer["cold_s"], 3),
    }


def exported(place: Place, case: Row, job: Row, peer: Peer, options: str) -> Path:
    """Returns a run directory with the file that the peer's runtime needs, made once.

    Args:
        place: Where to write.
        case: With `model` and `data`.
        job: With `folder`, `train`, `valid` and `max_tokens`.
        peer: Whether and how to export.
        options: More options of `kerascls export`.
    """
    folder = place.runs / "bundles" / f"{case['model']}-{case['data']}"
    plain = folder / "keras"
    if not (plain / "bundle").is_dir():
        ours(place, "fit", *fit_words(job), "--out", str(plain), "--overwrite")
    if "export" not in peer.options:
        return plain
    extra = peer.options["export"]
    out = folder / "-".join(["onnx", *re.findall("--(int8)", extra)])
    if not out.is_dir():
        copy = folder / "unfinished"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(plain, copy)
        words = shlex.split(f"--format onnx {extra} {options}")
        ours(place, "export", str(copy), "--input", str(job["valid"]), *words)
        copy.rename(out)
    return out


def fit_words(job: Row) -> list[str]:
    """Returns the options of a short training that leaves the weights as they are."""
    values = {
        "--train": job["train"],
        "--valid": job["valid"],
        "--checkpoint": job["folder"],
        "--max-tokens": job["max_tokens"],
        "--batch-size": 32,
        "--epochs": 1,
        "--learning-rate": 1e-6,
    }
    return [str(word) for pair in values.items() for word in pair] + ["--quiet"]


def ours(place: Place, *words: str):
    """Runs a command of ours.

    Raises:
        PeerFailure: When it fails, with what it wrote.
    """
    command = [sys.executable, "-m", "kerascls", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, env=our_environment(place)
    )
    if done.returncode:
        raise PeerFailure(f"{' '.join(words)}\n{done.stdout}{done.stderr[-3000:]}")


if __name__ == "__main__":
    main()
