"""How many rows have to be labelled: those that `suggest` chooses, or any.

    python benchmarks/annotation_loop.py --data DATA --runs RUNS [--sets S ...]
        [--models M ...] [--strategies S ...] [--seeds 3]

The training rows of a set are a pool whose labels nobody knows. Some rows, drawn by
lot, are labelled; a model is trained on them, 15 % of them its validation part; the
next rows are chosen by it, or drawn by lot; and so on, until micro-F1 on the test part
is 95 % of what all rows give, trained in the same way. Rows of all rounds are appended
to results/annotation_loop.csv as soon as they are measured. What is measured is not
measured again, an interrupted loop goes on. Run twice, for other sets, each with a core
of its own (`taskset -c 0 python benchmarks/annotation_loop.py ...`), it is done sooner.
"""

import argparse
import json
import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import tables
from real_data import RESULTS, append
from rich.console import Console

import kerascls
from kerascls.data.readers import read

FILE = RESULTS / "annotation_loop.csv"
SHARE = 0.95
VALID_SHARE = 0.15
MOST_ROUNDS = 40
ALL, RANDOM = "all rows", "random"
# Rows to begin with, and those that each round adds.
SETS = {"event_types_2020": (300, 300), "goemotions": (2000, 2000)}
MODELS = {
    "linear": {},
    # Few rows are few steps: batches are smaller and epochs more than usual.
    "fasttext": {
        "max_tokens": 128,
        "baseline": False,
        "from_scratch": True,
        "batch_size": 32,
        "epochs": 40,
    },
}
# What is trained in a minute or less, so that loops end.
FEW_ROWS = {"fasttext": ("event_types_2020",)}
DEFAULT = "k-center, threshold"  # what `suggest` does
STRATEGIES = {
    RANDOM: None,
    DEFAULT: {},
    "k-center, threshold, no boost": {"rare_boost": 0},
    "k-center": {"uncertainty": "entropy"},
    "k-means++, threshold": {"diversity": "k-means++"},
    "k-means++": {"diversity": "k-means++", "uncertainty": "entropy"},
    "badge": {"diversity": "badge", "uncertainty": "entropy"},
    "no diversity, no boost": {
        "diversity": "none",
        "uncertainty": "entropy",
        "rare_boost": 0,
    },
}
# Stated, so that other defaults would not change what was measured.
OPTIONS = {"uncertainty": "threshold", "diversity": "k-center", "rare_boost": 0.5}
MICRO_F1 = {"objective": "micro_f1", "best_by": "micro_f1"}


@dataclass(frozen=True, eq=False)
class Loop:
    """One pool, one model, one way to choose, one seed."""

    data: Path
    runs: Path
    set: str
    model: str
    strategy: str
    seed: int

    @cached_property
    def pool(self) -> tuple[list[str], list[list[str]]]:
        """All texts and their labels."""
        examples = read(self.data / self.set / "train.csv").examples
        texts = ["\n".join(one.texts) for one in examples]
        return texts, [list(one.labels) for one in examples]

    @property
    def folder(self) -> Path:
        """Where the loop keeps what it has to go on from."""
        strategy = self.strategy.replace(", ", "-").replace(" ", "-")
        name = f"{self.set}-{self.model}-{strategy}-{self.seed}"
        return self.runs / "annotation_loop" / name

    def table(self, rows: np.ndarray) -> tuple[list[str], list[list[str]]]:
        """Returns texts and labels of some rows."""
        return tuple([column[row] for row in rows.tolist()] for column in self.pool)

    def first(self, count: int) -> list[int]:
        """Returns rows drawn by lot, the same for every way to choose."""
        order = np.random.default_rng(self.seed).permutation(len(self.pool[0]))
        return order[:count].tolist()

    def measured(self, rows: int) -> dict[str, str] | None:
        """Returns the results with so many rows, None where there are none yet."""
        wanted = self.key(rows).items()
        return next((row for row in tables.read(FILE) if row.items() >= wanted), None)

    def key(self, rows: int) -> dict[str, str]:
        """Returns what tells a measurement from all others."""
        own = {"set": self.set, "model": self.model, "strategy": self.strategy}
        return own | {"seed": str(self.seed), "rows": str(rows)}

    def measure(self, labelled: np.ndarray, out: Path) -> float:
        """Trains on labelled rows unless it is done; returns micro-F1 on test."""
        if (known := self.measured(len(labelled))) and (out / "bundle").is_dir():
            return float(known["micro_f1"])
        start = time.monotonic()
        order = np.random.default_rng(self.seed).permutation(labelled)
        valid = order[: round(VALID_SHARE * len(order))]
        kerascls.fit(
            train=self.table(order[len(valid) :]),
            valid=self.table(valid),
            task="multilabel",
            model=self.model,
            seed=self.seed,
            out=out,
            overwrite=True,
            console=Console(quiet=True),
            **MICRO_F1,
            **MODELS[self.model],
        )
        scores = kerascls.evaluate(out, self.data / self.set / "test.csv").scores
        chosen = "" if self.strategy == ALL else f" --strategies {self.strategy!r}"
        command = "python benchmarks/annotation_loop.py --data DATA --runs RUNS"
        facts = {
            "micro_f1": round(scores.micro.f1, 5),
            "macro_f1": round(scores.macro.f1, 5),
            "minutes": round((time.monotonic() - start) / 60, 3),
            "command": f"{command} --sets {self.set} --models {self.model}{chosen}",
            "day": time.strftime("%Y-%m-%d"),
        }
        append(FILE, [self.key(len(labelled)) | facts], tuple(self.key(0)))
        return scores.micro.f1

    def more(self, labelled: np.ndarray, count: int, out: Path) -> list[int]:
        """Returns the rows to label next."""
        rest = np.setdiff1d(np.arange(len(self.pool[0])), labelled)
        options, number = STRATEGIES[self.strategy], len(labelled)
        if options is None:
            random = np.random.default_rng([self.seed, number])
            return random.choice(rest, min(count, len(rest)), False).tolist()
        texts = {"text": self.table(rest)[0]}
        how = OPTIONS | options
        found = kerascls.suggest(out, texts, count, seed=self.seed, **how)
        return rest[found.positions].tolist()

    def run(self):
        """Labels rows until they are enough."""
        first, count = SETS[self.set]
        self.folder.mkdir(parents=True, exist_ok=True)
        everything = np.arange(len(self.pool[0]))
        whole = Loop(self.data, self.runs, self.set, self.model, ALL, self.seed)
        whole.folder.mkdir(parents=True, exist_ok=True)
        target = SHARE * whole.measure(everything, whole.folder / "run")
        file = self.folder / "rows.json"
        labelled = json.loads(file.read_text()) if file.is_file() else self.first(first)
        for _ in range(MOST_ROUNDS):
            out = self.folder / f"run-{len(labelled)}"
            score = self.measure(np.array(labelled), out)
            print(f"{self.folder.name}: {len(labelled)} rows, {score:.4f}", flush=True)
            if score >= target or len(labelled) == len(everything):
                break
            labelled += self.more(np.array(labelled), count, out)
            file.write_text(json.dumps(labelled))
            shutil.rmtree(out)


def main():
    """Runs what is not measured yet."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument(
        "--strategies", nargs="+", choices=STRATEGIES, default=[RANDOM, DEFAULT]
    )
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    for model in given.models:
        for name in given.sets:
            if name not in FEW_ROWS.get(model, SETS):
                continue
            for seed in range(given.seeds):
                for strategy in given.strategies:
                    Loop(given.data, given.runs, name, model, strategy, seed).run()


if __name__ == "__main__":
    main()
