"""What the side-by-side measurements share: peers, models, texts, and one run of each.

Every measurement is a process of its own in the environment of its peer (see
peers/make.py), on the same cores, with the same weights and texts.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from random_encoders import random_weights, write_google, write_huggingface
from real_data import append

from kerascls.data.readers import read
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.presets import get_preset
from kerascls.preprocessing.tokenizers.vocabulary import build_vocab
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

ROOT = Path(__file__).resolve().parent.parent
RUNNERS = ROOT / "benchmarks" / "peers"
MODELS = ("albert_small", "electra_small")
# multilingual-e5-small: XLM-R's vocabulary and tokenizer, in the folder of --e5.
E5 = "multilingual_e5_small"
BATCH_SIZE = 32
SEED = 42
Row = dict[str, object]


class PeerFailure(Exception):
    """A peer's process ended with an error."""


@dataclass(frozen=True)
class Peer:
    """One way to do the work.

    Args:
        environment: Its folder under `--envs`; also says which runner.
        options: What its runner is told besides the job.
        models: Those it can read, and is measured with.
        script: Which runner, where its environment does not say.
    """

    environment: str
    options: dict[str, object] = field(default_factory=dict)
    models: tuple[str, ...] = MODELS
    script: str = ""

    @property
    def runner(self) -> Path:
        """The script that runs in its environment."""
        name = "bert4keras" if "bert4keras" in self.environment else self.environment
        return RUNNERS / f"run_{self.script or name}.py"


@dataclass(frozen=True)
class Data:
    """Labelled text, cut to `max_tokens`."""

    folder: str
    max_tokens: int


OURS = "kerascls"
DATA = {
    "headlines": Data("thucnews_headlines", 64),
    "documents": Data("sogou5", 300),
}


@dataclass(frozen=True)
class Place:
    """Where the environments are, where to write, and how many cores to use."""

    envs: Path
    runs: Path
    data: Path
    cores: int
    e5: Path | None = None

    def python(self, peer: Peer) -> str:
        """Returns the peer's interpreter; ours is this one."""
        if peer.environment == OURS:
            return sys.executable
        found = self.envs / peer.environment / "bin" / "python"
        if not found.exists():
            raise SystemExit(
                f"Expected an environment. Received: {found}, which does not exist. "
                f"Make it: python benchmarks/peers/make.py --envs {self.envs}"
            )
        return str(found)


def add_place(parser: argparse.ArgumentParser):
    """Adds the options that say where things are."""
    parser.add_argument("--envs", type=Path, required=True, help="of peers/make.py")
    parser.add_argument("--data", type=Path, required=True, help="folder of data sets")
    parser.add_argument("--runs", type=Path, required=True, help="where to write")
    parser.add_argument("--e5", type=Path, help=f"folder of {E5}'s weights")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument(
        "--results", type=Path, help="another CSV file than that of docs/"
    )


def add_cases(parser: argparse.ArgumentParser, peers: Collection[str]):
    """Adds the options that say what is measured, and how often."""
    parser.add_argument("--repeats", type=int, default=3)
    models = (*MODELS, E5)
    parser.add_argument("--models", nargs="+", choices=models, default=MODELS)
    parser.add_argument("--sets", nargs="+", choices=DATA, default=tuple(DATA))
    parser.add_argument("--peers", nargs="+", choices=peers, default=tuple(peers))


def able(names: Iterable[str], peers: dict[str, Peer], model: str) -> Iterator[str]:
    """Yields the names of the peers that read a model."""
    return (name for name in names if model in peers[name].models)


def place_of(arguments: argparse.Namespace) -> Place:
    """Returns the place that the options name."""
    parts = (arguments.envs, arguments.runs, arguments.data)
    e5 = arguments.e5 and arguments.e5.resolve()
    return Place(*(part.resolve() for part in parts), arguments.cores, e5)


def run_peer(place: Place, peer: Peer, action: str, **job: object) -> dict:
    """Runs one action of a peer's runner and returns its answer.

    Raises:
        PeerFailure: When it fails, with the end of what it wrote.
    """
    job |= {"options": peer.options, "batch_size": BATCH_SIZE, "spawned": time.time()}
    words = [place.python(peer), str(peer.runner), action, json.dumps(job)]
    cores = sorted(os.sched_getaffinity(0))[: place.cores]
    environment = our_environment(place)
    if peer.environment != OURS:
        del environment["PYTHONPATH"]
    done = subprocess.run(
        ["taskset", "-c", ",".join(map(str, cores)), *words],
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        raise PeerFailure(f"{peer.environment}, {action}:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def our_environment(place: Place) -> dict[str, str]:
    """Returns the variables under which this repository's package runs."""
    return os.environ | {
        "OMP_NUM_THREADS": str(place.cores),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
        "PYTHONPATH": str(ROOT),
    }


def checkpoint(place: Place, name: str) -> Path:
    """Returns a folder with a model's weights in every layout, made once.

    That of `E5` is given, in Hugging Face's layout alone.
    """
    if name == E5:
        if place.e5 is None:
            raise SystemExit(f"Expected --e5, the folder of {E5}'s weights.")
        return place.e5
    folder = place.runs / "checkpoints" / name
    if (folder / "done").is_file():
        return folder
    vocab = vocabulary(place)
    config = replace(get_preset(name).config, vocab_size=len(vocab))
    write_checkpoint(folder, config, vocab)
    (folder / "done").touch()
    return folder


def vocabulary(place: Place) -> list[str]:
    """Returns as many tokens as BERT's Chinese vocabulary has, from all the texts."""
    path = place.runs / "checkpoints" / "vocab.txt"
    if not path.is_file():
        files = [place.data / data.folder / "train.csv" for data in DATA.values()]
        texts = (row.texts[0] for file in files for row in read(file).examples)
        tokens = build_vocab(texts)
        size = get_preset(MODELS[0]).config.vocab_size
        tokens += [f"[unused{number}]" for number in range(size - len(tokens))]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(tokens) + "\n", "utf-8")
    return path.read_text("utf-8").split("\n")[:-1]


def write_checkpoint(folder: Path, config: EncoderConfig, vocab: list[str]):
    """Writes one set of random weights in the layout of every peer."""
    weights = random_weights(config, SEED, with_pool=config.family != "electra")
    write_huggingface(folder, config, weights)
    write_google(folder / "google", config, weights)
    np.savez(folder / "weights.npz", **weights)
    (folder / "vocab.txt").write_text("\n".join(vocab) + "\n", "utf-8")
    tokenizer = {"tokenizer_class": "BertTokenizer", "do_lower_case": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer), "utf-8")


def training_file(place: Place, name: str, rows: int) -> Path:
    """Returns a CSV file with the first rows of a training part, made once."""
    path = place.runs / "texts" / f"{name}-{rows}.csv"
    if not path.is_file():
        head(place.data / DATA[name].folder / "train.csv", path, rows)
    return path


def head(source: Path, target: Path, rows: int):
    """Copies the labels and texts of the first rows of a CSV file."""
    labels, texts = columns_of(source)
    write_rows(target, list(zip(labels, texts, strict=True))[:rows])


def write_rows(path: Path, rows: list[tuple[str, str]]):
    """Writes labels and texts as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("label", "text"), *rows])


def columns_of(path: Path) -> tuple[list[str], list[str]]:
    """Returns the labels and the texts of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["label"] for row in rows], [row["text"] for row in rows]


def p99_tokens(folder: Path, texts: list[str], max_tokens: int) -> int:
    """Returns the 99th percentile of the texts' tokens, special ones included.

    KerasHub pads to it, which does not read folders without vocab.txt: there it is
    `max_tokens`.
    """
    if not (folder / "vocab.txt").is_file():
        return max_tokens
    tokenizer = Tokenizer(folder / "vocab.txt", do_lower_case=True)
    lengths = [len(ids) + 2 for ids in tokenizer.encode_ids(texts)]
    return min(max_tokens, int(np.ceil(np.percentile(lengths, 99))))


def measure_missing(
    path: Path, cases: Iterable[Row], measure: Callable[[Row], Row], command: str
) -> int:
    """Appends a row for each case that has none yet; goes on after a failure.

    Args:
        path: The CSV file.
        cases: What makes each row the only one of its kind.
        measure: Returns the other columns of a case.
        command: How the measurements were started.

    Returns:
        How many failed.
    """
    failed = 0
    for case in cases:
        if is_recorded(path, case):
            continue
        try:
            row = case | measure(case)
        except PeerFailure as failure:
            failed += 1
            print(f"{case}: {failure}", flush=True)
            continue
        row |= {"command": command, "day": time.strftime("%Y-%m-%d")}
        append(path, [row])
        print(row, flush=True)
    return failed


def is_recorded(path: Path, case: Row) -> bool:
    """Returns whether a row with these values is in a CSV file."""
    if not path.is_file():
        return False
    with open(path, encoding="utf-8", newline="") as file:
        return any(
            all(row[key] == str(value) for key, value in case.items())
            for row in csv.DictReader(file)
        )


def command_line(script: str, place: Place, words: Iterable[str]) -> str:
    """Returns the command with names in place of this machine's folders."""
    line = " ".join([f"python benchmarks/{script}", *words])
    names = {place.envs: "ENVS", place.runs: "RUNS", place.data: "DATA"}
    names |= {place.e5: "E5"} if place.e5 else {}
    for folder in sorted(names, key=lambda path: -len(str(path))):
        line = line.replace(str(folder), names[folder])
    return line
